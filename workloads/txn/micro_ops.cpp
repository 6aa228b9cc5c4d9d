#include "txn/micro_ops.hpp"

#include <algorithm>

namespace mznode::txn {
namespace {

/// The text between the brackets, from the first element on; empty when there is none.
std::string_view elements_of(const Json& list) {
  if (list.is_null()) return {};
  const std::string_view text = list.text();
  const std::string_view inside = text.substr(1, text.size() - 2);
  const auto first = inside.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : inside.substr(first);
}

}  // namespace

void demand_known_functions(const MicroOps& txn) {
  for (const auto& [function, key, value] : txn) {
    if (function == "r" || function == "append" || function == "w") continue;
    throw Error(
        ErrorCode::malformed_request,
        "a micro-operation is [\"r\", key, null], [\"append\", key, element] or [\"w\", key, value]; there is no \"" +
            function + "\"");
  }
}

bool is_read_only(const MicroOps& txn) {
  return std::all_of(txn.begin(), txn.end(), [](const MicroOp& micro_op) { return std::get<0>(micro_op) == "r"; });
}

bool is_list(const Json& value) {
  return value.is_null() || value.kind() == Json::Kind::array;
}

void demand_list(const Json& key, const Json& value) {
  if (is_list(value)) return;
  throw Error(ErrorCode::malformed_request,
              "only a list can be appended to, and key " + key.text() + " has the value " + value.text());
}

Json list_of(const Json& element) {
  return Json::from_valid("[" + element.text() + "]");
}

Json joined(const Json& list, const Json& more) {
  const std::string_view first = elements_of(list);
  const std::string_view second = elements_of(more);
  std::string text = "[";
  text.append(first);
  if (!first.empty() && !second.empty()) text += ',';
  text.append(second).append("]");
  return Json::from_valid(std::move(text));
}

void extend(Json& list, const Json& more) {
  if (elements_of(list).empty()) {
    list = joined(list, more);
    return;
  }
  const std::string_view added = elements_of(more);
  if (added.empty()) return;
  std::string text = std::move(list).release();
  text.back() = ',';
  text.append(added).append("]");
  list = Json::from_valid(std::move(text));
}

}  // namespace mznode::txn
