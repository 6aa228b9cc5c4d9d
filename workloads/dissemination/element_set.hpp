#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/json.hpp"
#include "core/text_buffer.hpp"

namespace mznode::dissemination {

/// A grow-only set of JSON values in the order in which they came. It keeps its own text as a JSON array, so that
/// reading ten thousand elements costs one copy.
class ElementSet {
 public:
  /// Returns false when an equal value was there already.
  bool insert(const Json& element) {
    if (!known_.insert(element).second) return false;
    if (!known_.empty() && text_.size() > 1) text_ += ',';
    text_ += element.text();
    return true;
  }
  bool contains(const Json& element) const { return known_.contains(element); }
  std::size_t size() const { return known_.size(); }

  /// The elements as a JSON array.
  Json to_json() const {
    std::string text;
    text.reserve(text_.size() + 1);
    text.append(text_.view()).append("]");
    return Json::from_valid(std::move(text));
  }

 private:
  // Only for membership: nothing ever walks through it, because its order differs between machines.
  std::unordered_set<Json> known_;
  TextBuffer text_ = opened();

  static TextBuffer opened() {
    TextBuffer text;
    text += '[';
    return text;
  }
};

}  // namespace mznode::dissemination
