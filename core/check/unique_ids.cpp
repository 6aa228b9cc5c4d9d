#include "unique_ids.hpp"

#include <algorithm>

#include "value_order.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;

/// How many duplicates the details name, as upstream.
constexpr std::size_t named_duplicates = 48;

struct Duplicate {
  OrderedValue id;
  std::size_t count;
};

/// The runs of equal ids, in ascending order of the ids.
std::vector<Duplicate> find_duplicates(const std::vector<OrderedValue>& sorted) {
  std::vector<Duplicate> duplicates;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t next = i + 1;
    while (next < sorted.size() && sorted[next] == sorted[i]) ++next;
    if (next - i > 1) duplicates.push_back({sorted[i], next - i});
    i = next;
  }
  return duplicates;
}

ordered_json name_most_frequent(std::vector<Duplicate> duplicates) {
  if (duplicates.size() > named_duplicates) {
    std::sort(duplicates.begin(), duplicates.end(), [](const Duplicate& a, const Duplicate& b) {
      return a.count != b.count ? a.count > b.count : a.id > b.id;  // of equally frequent ids the highest, as upstream
    });
    duplicates.erase(duplicates.begin() + named_duplicates, duplicates.end());
    std::sort(duplicates.begin(), duplicates.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  }
  ordered_json named = ordered_json::object();
  for (const Duplicate& duplicate : duplicates) named[details_key(duplicate.id.value())] = duplicate.count;
  return named;
}

}  // namespace

Verdict check_unique_ids(const History& history, const CheckOptions& options) {
  std::size_t attempted = 0;
  std::vector<OrderedValue> ids;
  for (const Operation& operation : history) {
    if (operation.f != "generate" || !operation.is_client()) continue;
    if (operation.type == Type::invoke) ++attempted;
    if (operation.type == Type::ok) ids.emplace_back(operation.value);
  }
  std::sort(ids.begin(), ids.end());
  const std::vector<Duplicate> duplicates = find_duplicates(ids);
  const bool judged = !ids.empty() || options.compat_jepsen;
  Verdict verdict(!duplicates.empty() ? Valid::no : judged ? Valid::yes : Valid::unknown);
  if (!judged) verdict.details["error"] = "no id was given out";
  verdict.details["attempted-count"] = attempted;
  verdict.details["acknowledged-count"] = ids.size();
  verdict.details["duplicated-count"] = duplicates.size();
  verdict.details["duplicated"] = name_most_frequent(duplicates);
  ordered_json range = ordered_json::array({nullptr, nullptr});
  if (!ids.empty()) range = ordered_json::array({to_details(ids.front().value()), to_details(ids.back().value())});
  verdict.details["range"] = std::move(range);
  return verdict;
}

}  // namespace mznode::check
