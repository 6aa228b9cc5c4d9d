#pragma once

#include <cstddef>

#include "clock.hpp"
#include "entropy.hpp"
#include "mznode/trace/traced_process.hpp"

namespace mznode::trace {

/// Decides which thread runs next, for how long, and whether one stands still.
class Scheduler {
 public:
  Scheduler(Schedule schedule, std::uint64_t seed);

  /// Which of so many threads, the one that waited longest first.
  std::size_t pick(std::size_t count);
  /// After how many stops the next one has its turn.
  unsigned turn();
  /// Asked when a thread is about to write: how long it stands still first, on its own clock; 0 for not at all.
  std::int64_t stall(LocalTime now);

 private:
  Schedule schedule_;
  Entropy draws_;
  std::int64_t longest_stall_ = 0;
  LocalTime next_stall_ = 0;
};

}  // namespace mznode::trace
