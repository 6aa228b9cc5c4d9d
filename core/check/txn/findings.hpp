#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "mznode/check/txn/models.hpp"

namespace mznode::check::txn {

/// The anomalies that were found in a history, by name, with some examples of each.
class Findings {
 public:
  /// Notes an anomaly. `describe` makes its description and is asked only for the first few of a name.
  template <class Describe>
  void add(std::string_view anomaly, Describe&& describe) {
    Entry& entry = entries_[anomaly];
    ++entry.count;
    if (entry.examples.size() < max_examples) entry.examples.push_back(describe());
  }
  void remove(std::string_view anomaly) { entries_.erase(anomaly); }

  Names names() const {
    Names names;
    for (const auto& [name, entry] : entries_) names.insert(name);
    return names;
  }
  std::size_t count(std::string_view anomaly) const { return entries_.at(anomaly).count; }
  const nlohmann::ordered_json& examples(std::string_view anomaly) const { return entries_.at(anomaly).examples; }

 private:
  static constexpr std::size_t max_examples = 8;

  struct Entry {
    std::size_t count = 0;
    nlohmann::ordered_json examples = nlohmann::ordered_json::array();
  };
  std::map<std::string_view, Entry> entries_;
};

}  // namespace mznode::check::txn
