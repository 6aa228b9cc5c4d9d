#include "scheduler.hpp"

namespace mznode::trace {

Scheduler::Scheduler(Schedule schedule, std::uint64_t seed) : schedule_(schedule), draws_(seed) {
  // What a node does at 10 requests a second is as far apart as 100 ms, at 1,000 a second 1 ms: which of these matters
  // is drawn, so that among some seeds there is one that fits.
  constexpr std::int64_t stalls_ns[] = {2'000'000, 20'000'000, 200'000'000, 600'000'000};
  longest_stall_ = stalls_ns[draws_.below(std::size(stalls_ns))];
}

std::size_t Scheduler::pick(std::size_t count) {
  return schedule_ == Schedule::plain || count < 2 ? 0 : static_cast<std::size_t>(draws_.below(count));
}

unsigned Scheduler::turn() {
  constexpr unsigned plain_turn = 40;
  constexpr unsigned longest = 12;
  return schedule_ == Schedule::plain ? plain_turn : 1 + static_cast<unsigned>(draws_.below(longest));
}

std::int64_t Scheduler::stall(LocalTime now) {
  if (schedule_ != Schedule::adversarial || now < next_stall_) return 0;
  // Not always at the first of several writes, lest what comes between the later ones never overlap with anything.
  if (draws_.below(2) == 0) return 0;
  // Standing still for a part of the time only, so that a node gets on.
  const auto longest = static_cast<std::uint64_t>(longest_stall_);
  const auto length = static_cast<std::int64_t>(draws_.below(longest));
  next_stall_ = later(now, length + static_cast<std::int64_t>(draws_.below(2 * longest)));
  return length;
}

}  // namespace mznode::trace
