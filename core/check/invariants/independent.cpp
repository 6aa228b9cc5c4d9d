#include "invariants/independent.hpp"

#include <string>

#include "history/integers.hpp"
#include "history/parts.hpp"

namespace mznode::check {

Independent::Independent(const History& history) {
  for (const Operation& operation : history) {
    if (!operation.is_client() || operation.type != Type::invoke || operation.value.is_null()) continue;
    has_keys_ = pair_of(operation.value.text()).has_value();
    if (!has_keys_) return;
  }
}

Independent::Part Independent::part(const Operation& operation) const {
  if (!has_keys_) return {.key = Json(), .value = operation.value.text()};
  const auto pair = pair_of(operation.value.text());
  if (!pair) refuse(operation, "expected [key, value] as the value of " + operation.f + ", as others have");
  return {.key = json_of(pair->first), .value = pair->second};
}

}  // namespace mznode::check
