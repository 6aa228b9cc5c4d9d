#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "mznode/sim/excerpt.hpp"
#include "report/value_data.hpp"

namespace mznode::app {

/// The values in the order in which they first occur, and their places.
class Values {
 public:
  explicit Values(ValueColumns& columns) : columns_(columns) {}

  std::size_t add(const std::string& text) {
    constexpr std::size_t longest = 60;
    const auto [found, is_new] = places_.try_emplace(text, columns_.value.size());
    if (is_new) {
      columns_.value.push_back(sim::excerpt(text, longest));
      columns_.messages.emplace_back();
      columns_.operations.emplace_back();
    }
    return found->second;
  }
  std::size_t size() const { return columns_.value.size(); }
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t find(const std::string& text) const {
    const auto found = places_.find(text);
    return found == places_.end() ? none : found->second;
  }

 private:
  ValueColumns& columns_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// What became of the elements of a set.
struct Elements {
  /// When each was begun to be added, in microseconds, and known, in nanoseconds: from the end of its add, or of the
  /// first read that shows it.
  std::vector<std::int64_t> begun;
  std::vector<std::int64_t> known;
  /// Of each node (or process), the read that began last, and what it showed.
  struct LastRead {
    const check::Operation* asked = nullptr;
    const check::Operation* answered = nullptr;
    std::vector<std::size_t> shown;
  };
  std::vector<LastRead> last;

  void make_room(std::size_t values) {
    begun.resize(std::max(begun.size(), values), INT64_MAX);
    known.resize(std::max(known.size(), values), INT64_MAX);
  }
};

/// Follows the elements through the operations: those that add them, and the reads with which a node begins to show or
/// to miss them.
Elements follow_elements(const check::History& history, const Clients& clients, const OperationPlaces& places,
                         Values& values, ValueColumns& columns);
/// What each node's last read lacks of what was known when it began.
FinalReads final_reads(const Elements& elements, const Clients& clients, const OperationPlaces& places);

}  // namespace mznode::app
