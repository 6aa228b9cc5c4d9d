#pragma once

#include <string>
#include <unordered_set>
#include <utility>

#include "mznode/json/json.hpp"

namespace mznode::dissemination {

/// A grow-only set of JSON values in the order in which they came. It keeps its own text as a JSON array, so that
/// reading ten thousand elements costs one copy, into the reply.
class ElementSet {
 public:
  /// Returns false when an equal value was there already.
  bool insert(const Json& element) {
    if (!known_.insert(element).second) return false;
    std::string text = std::move(array_).release();
    if (known_.size() == 1) {
      text.pop_back();
    } else {
      text.back() = ',';
    }
    text.append(element.text()).append("]");
    array_ = Json::from_valid(std::move(text));
    return true;
  }
  std::size_t size() const { return known_.size(); }

  /// The elements as a JSON array. A reply that refers to it instead of copying it must be written before the next
  /// insert.
  const Json& to_json() const { return array_; }

 private:
  // Only for membership: nothing ever walks through it, because its order differs between machines.
  std::unordered_set<Json> known_;
  Json array_ = Json::from_valid("[]");
};

}  // namespace mznode::dissemination
