#include "clock.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace mznode::trace {
namespace {

/// Noon of an arbitrary day, as for nodes that are objects (SimHost).
constexpr std::int64_t wall_epoch_ns = 1'767'268'800'000'000'000;
/// What the monotonic clock shows at the beginning of a run. Programs take it for the time since the machine started,
/// and some believe that it is never 0.
constexpr LocalTime uptime_ns = 1'000'000'000'000;
/// About what reading a clock takes.
constexpr std::int64_t tick_ns = 50;
constexpr std::int64_t longest_tick_ns = 1'000'000;
/// Reads within one instant after which the loop that does them is waiting for time to pass.
constexpr std::int64_t patient_reads = 20'000;

}  // namespace

Clock::Clock(Time now) : local_base_(uptime_ns + now.time_since_epoch().count()), run_base_(now) {
  file_ = Descriptor(::memfd_create("mznode-clock", MFD_CLOEXEC));
  if (!file_.is_open() || ::ftruncate(file_.get(), page_bytes) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a clock page");
  }
  void* page = ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (page == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot map a clock page");
  page_ = static_cast<ClockPage*>(page);
  *page_ = {.mono_ns = local_base_, .wall_offset_ns = wall_epoch_ns - uptime_ns, .tick_ns = tick_ns, .reads = 0};
}

Clock::~Clock() {
  ::munmap(page_, page_bytes);
}

LocalTime Clock::read() {
  return page_->mono_ns = later(page_->mono_ns, page_->tick_ns);
}

void Clock::pass(std::int64_t ns) {
  page_->mono_ns = later(page_->mono_ns, ns);
}

void Clock::follow(Time run_time) {
  page_->mono_ns = std::max(page_->mono_ns, local_of(run_time));
  page_->reads = 0;
  page_->tick_ns = tick_ns;
}

void Clock::spin() {
  if (page_->reads < patient_reads || page_->reads / reads_a_yield % 4 != 0) return;
  page_->tick_ns = std::min(page_->tick_ns * 2, longest_tick_ns);
}

void Clock::skew(int drift_permille, Duration wall_offset, Time run_time) {
  local_base_ = std::max(page_->mono_ns, local_of(run_time));
  run_base_ = run_time;
  speed_permille_ = 1000 + drift_permille;
  // The calendar is told by the same crystal, so only the step is the skew's.
  page_->wall_offset_ns = wall_epoch_ns - uptime_ns + wall_offset.count();
}

LocalTime Clock::local_of(Time run_time) const {  // the product is taken apart, lest it overflow
  const std::int64_t passed = (run_time - run_base_).count();
  return local_base_ + passed / 1000 * speed_permille_ + passed % 1000 * speed_permille_ / 1000;
}

Time Clock::run_time_of(LocalTime local) const {
  if (local == never) return Time::max();
  constexpr std::int64_t longest = never / 4;  // keeps the sums below in range
  const std::int64_t ahead = std::clamp(local - local_base_, std::int64_t{0}, longest);
  const std::int64_t rest = (ahead % speed_permille_ * 1000 + speed_permille_ - 1) / speed_permille_;
  return time_after(run_base_, Duration(ahead / speed_permille_ * 1000 + rest));
}

}  // namespace mznode::trace
