#pragma once

#include "txn/txn.hpp"

namespace mznode::txn {

/// Throws Error malformed_request unless every function is "r", "append" or "w".
void demand_known_functions(const MicroOps& txn);

bool is_read_only(const MicroOps& txn);

/// Carries micro-operations out in their order and returns them with what was read. The state has read(key), which
/// returns null for a key without a value, write(key, value) and append(key, element).
template <class State>
MicroOps carry_out(MicroOps txn, State& state) {
  for (auto& [function, key, value] : txn) {
    if (function == "r") {
      value = state.read(key);
    } else if (function == "w") {
      state.write(key, value);
    } else {
      state.append(key, value);
    }
  }
  return txn;
}

/// What can be appended to: a list, or null for one that has no elements yet.
bool is_list(const Json& value);
/// Throws Error malformed_request when nothing can be appended to the value of this key.
void demand_list(const Json& key, const Json& value);

Json list_of(const Json& element);
/// The elements of the first list and then those of the second one; null is a list without elements.
Json joined(const Json& list, const Json& more);
/// Puts the elements of the second list behind those of the first one, at the cost of the former alone.
void extend(Json& list, const Json& more);

}  // namespace mznode::txn
