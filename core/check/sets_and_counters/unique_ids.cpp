#include "mznode/check/unique_ids.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compat/upstream.hpp"
#include "history/value_order.hpp"

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

std::vector<std::pair<Json, std::size_t>> most_frequent(std::vector<Duplicate> duplicates) {
  if (duplicates.size() > named_duplicates) {
    std::sort(duplicates.begin(), duplicates.end(), [](const Duplicate& a, const Duplicate& b) {
      return a.count != b.count ? a.count > b.count : a.id > b.id;  // of equally frequent ids the highest, as upstream
    });
    duplicates.erase(duplicates.begin() + named_duplicates, duplicates.end());
    std::sort(duplicates.begin(), duplicates.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  }
  std::vector<std::pair<Json, std::size_t>> named;
  for (const Duplicate& duplicate : duplicates) named.emplace_back(duplicate.id.value(), duplicate.count);
  return named;
}

}  // namespace

void UniqueIdsFinding::write_to(ordered_json& details) const {
  details["attempted-count"] = attempted_count;
  details["acknowledged-count"] = acknowledged_count;
  details["duplicated-count"] = duplicated_count;
  details["duplicated"] = to_details(duplicated);
  details["range"] = ordered_json::array({to_details(lowest), to_details(highest)});
}

std::string UniqueIdsFinding::reason() const {
  std::vector<Json> ids;
  for (const auto& [id, count] : duplicated) ids.push_back(id);
  return ids.empty() ? std::string() : "duplicated " + few_of(ids);
}

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
  const bool judged = !ids.empty() || Upstream(options).accepts_nothing();
  Verdict verdict(!duplicates.empty() ? Valid::no : judged ? Valid::yes : Valid::unknown);
  if (!judged) verdict.error = "no id was given out";
  const bool has_null = std::any_of(ids.begin(), ids.end(), [](const auto& id) { return id.value().is_null(); });
  if (verdict.valid == Valid::yes && has_null && !Upstream(options).accepts_nothing()) {
    verdict = Verdict::unknown("null was given out, which is no id");
  }
  UniqueIdsFinding finding;
  finding.attempted_count = attempted;
  finding.acknowledged_count = ids.size();
  finding.duplicated_count = duplicates.size();
  finding.duplicated = most_frequent(duplicates);
  if (!ids.empty()) {
    finding.lowest = ids.front().value();
    finding.highest = ids.back().value();
  }
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
