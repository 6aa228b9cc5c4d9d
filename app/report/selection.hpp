#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mznode::app {

/// Spans of time that a page shows in full, the rest being left out; in order and apart. Empty when nothing is left
/// out.
using Spans = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Which of many events a page keeps when it cannot keep all: those that are nearest to a moment of interest.
class Selection {
 public:
  /// `times` in any order; about `limit` of them are kept. `moments` may not be empty.
  Selection(const std::vector<std::int64_t>& times, std::vector<std::int64_t> moments, std::size_t limit);

  bool keeps(std::int64_t time) const { return keeps_all_ || distance(time) <= reach_; }
  bool keeps_all() const { return keeps_all_; }
  /// The spans around the moments whose events are kept.
  Spans spans() const;

 private:
  std::int64_t distance(std::int64_t time) const;

  std::vector<std::int64_t> moments_;  // sorted
  bool keeps_all_;
  std::int64_t reach_ = 0;
};

}  // namespace mznode::app
