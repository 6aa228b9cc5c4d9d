#include <map>
#include <optional>
#include <string>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/independent.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

/// jepsen.tests.causal's CausalRegister.
struct CausalRegister {
  Json value = Json(0);
  std::int64_t counter = 0;
  Json last_position = {};
  const Operation* last = nullptr;
  /// Nothing that comes behind a fault is judged.
  bool is_broken = false;

  /// Takes one more operation, and says why that cannot have been.
  std::optional<std::string> step(const Operation& operation, const Json& shown_value) {
    const Json link = field(operation, "link");
    if (link != Json("init") && link != last_position) {
      return "cannot link " + link.text() + " to last-seen position " + last_position.text();
    }
    const std::int64_t next = counter + 1;
    if (operation.f == "write") {
      if (shown_value != Json(next)) {
        return "expected value " + std::to_string(next) + " attempting to write " + shown_value.text() + " instead";
      }
      value = shown_value;
      counter = next;
    } else if (operation.f == "read-init" && counter == 0 && shown_value != Json(0)) {
      return "expected init value 0, read " + shown_value.text();
    } else if (!shown_value.is_null() && shown_value != value) {
      return "can't read " + shown_value.text() + " from register " + value.text();
    }
    last_position = field(operation, "position");
    last = &operation;
    return std::nullopt;
  }

  static Json field(const Operation& operation, std::string_view name) {
    for (const auto& [known, value] : operation.other_fields) {
      if (known == name) return value;
    }
    return {};
  }
};

}  // namespace

Verdict check_causal(const History& history, const CheckOptions& options) {
  const Independent independent(history);
  std::map<Json, CausalRegister> registers;
  Violations violations;
  std::size_t judged = 0;
  for (const Operation& operation : history) {
    if (!operation.is_client() || operation.type != Type::ok) continue;
    const Independent::Part part = independent.part(operation);
    CausalRegister& each = registers[part.key];
    if (each.is_broken) continue;
    ++judged;
    const Operation* const before = each.last;
    const auto problem = each.step(operation, json_of(part.value));
    if (!problem) continue;
    each.is_broken = true;
    std::vector<Operation> operations = {operation};
    if (before != nullptr) operations.push_back(*before);
    violations.add(
        "inconsistent", std::move(operations),
        named(operation) + (part.key.is_null() ? "" : " on key " + shown(part.key.text())) + ": " + *problem);
  }
  violations.count("op-count", judged);
  const bool is_judged = judged > 0 || Upstream(options).accepts_nothing();
  return std::move(violations).verdict(is_judged ? "" : "no operation was answered");
}

}  // namespace mznode::check
