#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cmake/lint/mznode_lint.hpp"

/// What classes may be, and be called. A class is read from its text, as clang-format lays it out; what is counted is
/// what a person would count.
namespace mznode::style {

/// A class, struct or alias as it is declared.
struct Declaration {
  std::string name;
  std::size_t line = 0;
  /// The namespaces and classes around it; an unnamed namespace has the name "".
  std::vector<std::string> scopes = {};
  bool is_nested = false;  // in a class
  /// Without static ones.
  std::size_t data_members = 0;
  /// Without deleted ones. Each overload counts.
  std::size_t public_functions = 0;
  /// What stands above it.
  std::string comment = {};
};

/// All classes of a file, and the aliases at the level of a namespace.
std::vector<Declaration> declarations(std::string_view text);

/// Classes with more than 12 data members or 30 public functions whose comment does not say that they have "more than
/// 12 members because …", or "a member for each …" if they are values, or "more than 30 public functions because …".
std::vector<lint::Finding> check_classes(std::string_view text);

/// Where a name is declared: the namespace, and the file.
using Places = std::map<std::string, std::string>;

/// Names that are declared in more than one namespace, by headers: `texts` has them by path. One that is nested in a
/// class is read with that class's name.
std::map<std::string, Places> twins(const std::map<std::string, std::string>& texts);

}  // namespace mznode::style
