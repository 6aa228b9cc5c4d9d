#pragma once

#include <cstdint>
#include <limits>

#include "mznode/node/descriptor.hpp"
#include "mznode/node/runtime.hpp"

namespace mznode::trace {

/// A moment or a length on a node's own clock, in nanoseconds.
using LocalTime = std::int64_t;
inline constexpr LocalTime never = std::numeric_limits<LocalTime>::max();

/// The sum, at most `never`.
inline LocalTime later(LocalTime time, std::int64_t by) {
  return by > never - time ? never : time + by;
}

/// What the code in a node's memory reads instead of the machine's clocks. One page, shared by all processes of a node
/// and its supervisor. The code (clock_code_x86_64.cpp) knows the offsets.
struct ClockPage {
  std::int64_t mono_ns;
  /// What the calendar clock shows beyond that.
  std::int64_t wall_offset_ns;
  /// By how much a clock goes on when it is read: a loop that waits for time to pass ends.
  std::int64_t tick_ns;
  /// Reads since the node was last let run.
  std::int64_t reads;
};

/// A node's clock: it follows the time of the run, bent by its skew, and is ahead of it by what the node has read.
class Clock {
 public:
  /// Throws std::system_error when there is no memory for its page.
  explicit Clock(Time now);
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  ~Clock();

  /// The file that the page is; the node maps it.
  int file() const { return file_.get(); }
  static constexpr std::size_t page_bytes = 4096;

  LocalTime now() const { return page_->mono_ns; }
  /// Reads the clock as a node does: it goes on.
  LocalTime read();
  std::int64_t wall_offset() const { return page_->wall_offset_ns; }

  /// Lets so much pass.
  void pass(std::int64_t ns);
  /// Sets the clock to what the run's time makes of it, unless it is ahead already.
  void follow(Time run_time);
  /// For a loop that reads the clock all the time: told every `reads_a_yield` reads, makes the ticks longer when there
  /// were many since the node began to run.
  void spin();
  static constexpr int reads_a_yield = 1024;

  void skew(int drift_permille, Duration wall_offset, Time run_time);
  /// The first moment of the run at which this clock shows `local` or more.
  Time run_time_of(LocalTime local) const;

 private:
  LocalTime local_of(Time run_time) const;

  Descriptor file_;
  ClockPage* page_ = nullptr;
  LocalTime local_base_;
  Time run_base_;
  std::int64_t speed_permille_ = 1000;
};

}  // namespace mznode::trace
