#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/txn/models.hpp"

namespace mznode::check::txn {

/// The anomalies that were found in a history, by name, with some examples of each.
class AnomalyList {
 public:
  /// Notes an anomaly. `describe` makes its example and is asked only for the first few of a name.
  template <class Describe>
  void add(std::string_view anomaly, Describe&& describe) {
    Entry& entry = entries_[anomaly];
    ++entry.count;
    if (entry.examples.size() < max_examples) entry.examples.emplace_back(describe());
  }
  bool contains(std::string_view anomaly) const { return entries_.contains(anomaly); }
  void remove(std::string_view anomaly) { entries_.erase(anomaly); }

  Names names() const {
    Names names;
    for (const auto& [name, entry] : entries_) names.insert(name);
    return names;
  }
  Anomaly at(std::string_view anomaly) const {
    const Entry& entry = entries_.at(anomaly);
    return {.name = std::string(anomaly), .count = entry.count, .examples = entry.examples};
  }

 private:
  static constexpr std::size_t max_examples = 8;

  struct Entry {
    std::size_t count = 0;
    std::vector<AnomalyExample> examples = {};
  };
  std::map<std::string_view, Entry> entries_;
};

}  // namespace mznode::check::txn
