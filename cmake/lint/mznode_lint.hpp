#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Finds, in C++ source text, the coroutine forms that g++ 12 miscompiles and those that leave dangling references. It
/// reads tokens, not types, and has no dependencies.
namespace mznode::lint {

struct Finding {
  std::size_t line;
  std::string text;
};

/// The rules:
/// - a statement that awaits is `co_await f(a);`, `auto x = co_await f(a);` or `co_return co_await f(a);`; an argument
/// is a
///   name, `std::move(name)`, a literal or the result of a call (no braces, no `?:`, no lambda, no other operators);
/// - no `if`, `while`, `for` or `switch` awaits in its condition;
/// - a coroutine takes its parameters by value (or by pointer), because a reference may not live as long as its frame;
/// - a lambda that captures is no coroutine, because its captures die with it and not with the frame.
std::vector<Finding> check_coroutines(std::string_view source);

/// The source with comments and the contents of literals blanked out; lines keep their numbers.
std::string without_comments_and_literals(std::string_view source);

}  // namespace mznode::lint
