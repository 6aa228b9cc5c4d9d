#pragma once

#include <cstdint>
#include <initializer_list>

namespace mznode {

namespace detail {

[[noreturn]] void end_for_broken_invariant(const char* what, std::initializer_list<std::uint64_t> values,
                                           const char* file, int line);

}  // namespace detail

/// Ends the process, with a line on standard error and SIGABRT, unless something holds that must always be so: `what`
/// says it, and `values` are shown beside it. In every build, so it is for checks that cost next to nothing.
///
/// Where an invariant is broken the program itself is wrong, and whoever goes on would answer wrongly or spoil what is
/// stored. What others say is not held to invariants but checked before it is believed (demand() in
/// peer_message.hpp): nobody's words may end a node.
inline void invariant(bool holds, const char* what, std::initializer_list<std::uint64_t> values = {},
                      const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!holds) [[unlikely]]
    detail::end_for_broken_invariant(what, values, file, line);
}

}  // namespace mznode
