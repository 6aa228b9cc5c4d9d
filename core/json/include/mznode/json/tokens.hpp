#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mznode {

/// The characters between the quotes of a string that is written without escapes; any other token as it is.
inline std::string_view unquoted(std::string_view token) {
  return token.size() >= 2 && token.front() == '"' ? token.substr(1, token.size() - 2) : token;
}

/// Goes through the text of a JSON value, from token to token, and knows where each one stands. It takes no more memory
/// than the value is deep, and no recursion.
class Tokens {
 public:
  /// `text` must be one valid JSON value.
  explicit Tokens(std::string_view text) : text_(text) {}

  /// Goes to the next scalar, or the next name of a member; false at the end.
  bool next();

  /// As it is written: a name or a string with its quotes.
  std::string_view text() const { return token_; }
  bool is_name() const { return is_name_; }
  /// How many lists and objects it is in.
  std::size_t depth() const { return frames_.size(); }
  bool is_in_list() const { return !frames_.empty() && !frames_.back().is_object; }
  /// Of one in a list: its place.
  std::size_t place() const { return frames_.back().place; }
  /// The first of the list that it is in, where that is a scalar; of a name, of the list that its object is in.
  std::string_view first() const;
  /// The name of the member of which it is the value, or of which the list is that it is in, with its quotes; a name
  /// stands under that of its object. Empty at the top.
  std::string_view under() const;
  /// A number for where it stands: for the names around it, whatever the places in lists; of a name, for its object.
  std::uint64_t path() const;

 private:
  struct Frame {
    bool is_object = false;
    std::string_view name = {};
    std::string_view first = {};
    std::size_t place = 0;
  };
  std::string_view take_string();

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Frame> frames_;
  std::string_view token_;
  bool is_name_ = false;
  bool expects_name_ = false;
  /// path() of where it stands; not known again when that changes.
  mutable std::optional<std::uint64_t> path_ = {};
};

}  // namespace mznode
