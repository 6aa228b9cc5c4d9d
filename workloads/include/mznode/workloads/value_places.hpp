#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "mznode/json/tokens.hpp"

namespace mznode {

/// Where messages of each type carry elements. Nodes may call their fields as they like, so that it is learnt: what
/// stands there is nearly always an element that somebody had begun to add.
class ValuePlaces {
 public:
  /// Whether a text is an element that somebody had begun to add when the message was sent.
  using IsElement = std::function<bool(std::string_view text)>;

  /// Learns from a message. `type` is a number for its type. Of very many, the first are enough, and then some.
  void learn(std::uint64_t type, std::string_view body, const IsElement& is_element);
  /// All is learnt.
  void conclude();

  /// Whether a token of a message stands where elements do.
  bool carries(std::uint64_t type, const Tokens& token) const {
    return can_carry(token) && chosen_.contains(key(type, token));
  }
  /// Whether there is any such place.
  bool found_any() const { return !chosen_.empty(); }
  /// The characters of an element: a member's name can only be a string.
  static std::string_view element(const Tokens& token) {
    return token.is_name() ? unquoted(token.text()) : token.text();
  }

 private:
  struct Path {
    std::uint64_t type = 0;
    std::size_t tokens = 0;
    std::size_t elements = 0;
    bool is_list = false;
    bool is_named = false;
    /// Whether it is called as Maelstrom calls elements, and as nothing else is called.
    bool is_called_element = false;
    /// Whether the tokens differ, and the first of them.
    bool is_varied = false;
    std::uint64_t first = 0;
    bool carries() const { return elements > 0 && 20 * elements >= 19 * tokens; }
  };
  static bool can_carry(const Tokens& token);
  static std::uint64_t key(std::uint64_t type, const Tokens& token) {
    return token.path() + 0x9e3779b97f4a7c15U * (type + 1);
  }

  /// What has been learnt from messages of a type, and how many have come since there was enough of it.
  struct Known {
    std::size_t bytes = 0;
    std::size_t messages = 0;
  };

  std::size_t bytes_ = 0;
  std::unordered_map<std::uint64_t, Known> types_;
  std::unordered_map<std::uint64_t, Path> paths_;
  std::unordered_set<std::uint64_t> chosen_;
};

}  // namespace mznode
