#include <map>
#include <string>
#include <vector>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {

Verdict check_adya(const History& history, const CheckOptions& options) {
  std::map<Json, std::vector<Operation>> inserts;
  for (const Operation& operation : history) {
    if (!operation.is_client() || operation.f != "insert") continue;
    const auto value = pair_of(operation.value.text());
    if (!value) refuse(operation, "expected [key, [a, b]] as the value of an insert");
    std::vector<Operation>& known = inserts[json_of(value->first)];
    if (operation.type == Type::ok) known.push_back(operation);
  }
  Violations violations;
  std::size_t legal = 0;
  for (auto& [key, acknowledged] : inserts) {
    legal += acknowledged.size() == 1;
    if (acknowledged.size() < 2) continue;
    std::string text = "key " + shown(key.text()) + ": " + named(acknowledged.front());
    for (std::size_t i = 1; i < acknowledged.size(); ++i) text += " and " + named(acknowledged[i]);
    violations.add("G2", std::move(acknowledged), text + " all succeeded");
  }
  violations.count("key-count", inserts.size());
  violations.count("legal-count", legal);
  const bool is_judged = legal > 0 || Upstream(options).accepts_nothing();
  return std::move(violations).verdict(is_judged ? "" : "no insert succeeded");
}

}  // namespace mznode::check
