#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// What a history tells about one element of a set; all are positions in the history.
struct SetElement {
  static constexpr std::int64_t never = -1;

  Json value;
  bool attempted = false;
  /// The completion of the add, or of the first read that shows the element.
  std::int64_t known = never;
  /// Of the reads that show it and that miss it, the invocation that came last.
  std::int64_t last_present = never;
  std::int64_t last_absent = never;
  /// The highest number of times that one read shows it.
  std::size_t multiplicity = 0;
  /// The completion of the first read that shows it before anybody has begun to add it.
  std::int64_t unexpected = never;
};

/// The elements of a set in the order of their first appearance, from one pass over the history.
class SetTimeline {
 public:
  /// Throws HistoryError for a read whose value is neither a list nor null.
  explicit SetTimeline(const History& history);

  const std::vector<SetElement>& elements() const { return elements_; }

 private:
  void add(const Operation& operation, std::size_t position);
  void read(const Operation& completion, std::size_t position, std::size_t invocation);
  std::size_t number_of(std::string_view raw);
  std::size_t number_of_other(std::string_view raw);
  std::size_t append(std::string_view raw);
  void show(std::size_t number, std::size_t position);

  std::vector<SetElement> elements_;
  std::vector<std::size_t> shown_;                  // how often the current read shows an element
  std::vector<std::size_t> by_integer_;             // the numbers of elements that are small integers, plus one
  std::unordered_map<Json, std::size_t> by_value_;  // of all others; never iterated
};

}  // namespace mznode::check
