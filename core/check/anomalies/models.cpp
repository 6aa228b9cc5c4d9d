#include "mznode/check/txn/models.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "anomalies/model_tables.hpp"
#include "mznode/check/isolation.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/json/trimmed.hpp"

namespace mznode::check {
namespace txn {
namespace {

enum class Direction { along, against };

/// All names that can be reached from `names`, those included. The tables are small, so they are searched as they
/// stand.
template <std::size_t size>
Names closure(const std::array<Implication, size>& table, Names names, Direction direction) {
  std::vector<std::string_view> open(names.begin(), names.end());
  while (!open.empty()) {
    const std::string_view name = open.back();
    open.pop_back();
    for (const auto& [from, to] : table) {
      const bool leads_on = direction == Direction::along ? from == name : to == name;
      const std::string_view next = direction == Direction::along ? to : from;
      if (leads_on && names.insert(next).second) open.push_back(next);
    }
  }
  return names;
}

std::string_view friendly_model(std::string_view canonical) {
  for (const auto& [friendly, name] : friendly_names) {
    if (name == canonical) return friendly;
  }
  return canonical;
}

/// The models of which all anomalies would be found, by their canonical names, the stronger ones first. What the others
/// forbid beyond them shows in no history of reads and writes, or is not looked for.
constexpr std::array<std::string_view, 14> decidable_models = {
    "PL-SS",
    "strong-session-serializable",
    "PL-3",
    "strong-snapshot-isolation",
    "strong-session-snapshot-isolation",
    "PL-SI",
    "PL-2.99",
    "PL-2+",
    "strong-PL-2",
    "strong-session-PL-2",
    "PL-2",
    "strong-PL-1",
    "strong-session-PL-1",
    "PL-1",
};

/// Those of the decidable models that `holds` and that no other one implies, under the names that people use.
template <class Holds>
std::vector<std::string_view> strongest(Holds&& holds) {
  std::vector<std::string_view> models;
  Names implied;
  for (const std::string_view model : decidable_models) {
    if (!holds(model)) continue;
    if (!implied.contains(model)) models.push_back(friendly_model(model));
    implied.merge(closure(model_implications, {model}, Direction::along));
  }
  return models;
}

/// Under their canonical names, with the models themselves.
Names implied_models(const std::vector<std::string>& models) {
  Names canonical;
  for (const std::string& model : models) canonical.insert(canonical_model(model));
  return closure(model_implications, std::move(canonical), Direction::along);
}

/// Every anomaly that must not occur if all of these models, under their canonical names, are to hold.
Names prohibited_by(Names canonical) {
  for (const auto& [session, plain] : session_forms) {
    if (canonical.contains(session)) canonical.insert(plain);
  }
  Names anomalies;
  for (const std::string_view model : closure(model_implications, canonical, Direction::along)) {
    for (const auto& [forbidding, anomaly] : proscriptions) {
      if (forbidding == model) anomalies.insert(anomaly);
    }
  }
  return closure(anomaly_implications, std::move(anomalies), Direction::against);
}

/// The weakest of the decidable models that imply `model`, a canonical name, under the names that people use.
std::string weakest_above(std::string_view model) {
  const Names above = closure(model_implications, {model}, Direction::against);
  Names weaker;
  std::string weakest;
  for (auto name = decidable_models.rbegin(); name != decidable_models.rend(); ++name) {
    if (!above.contains(*name)) continue;
    const Names below = closure(model_implications, {*name}, Direction::along);
    const bool implies_another =
        std::any_of(weaker.begin(), weaker.end(), [&](std::string_view other) { return below.contains(other); });
    weaker.insert(*name);
    if (!implies_another) weakest.append(weakest.empty() ? "" : " or ").append(friendly_model(*name));
  }
  return weakest;
}

}  // namespace

std::string_view canonical_model(std::string_view model) {
  for (const auto& [friendly, canonical] : friendly_names) {
    if (friendly == model) return canonical;
  }
  return model;
}

Names prohibited_anomalies(const ConsistencyModels& models) {
  Names canonical;
  for (const std::string_view name : models.names()) canonical.insert(canonical_model(name));
  return prohibited_by(canonical);
}

std::string why_unchecked(std::string_view model) {
  const std::string_view canonical = canonical_model(model);
  if (!prohibited_by({canonical}).empty()) return {};
  return "nothing is checked behind the consistency model " + std::string(model) + " of transactions; ask for " +
         weakest_above(canonical) + ", which implies it";
}

Names implied_anomalies(std::string_view anomaly) {
  return closure(anomaly_implications, {anomaly}, Direction::along);
}

Names impossible_models(const Names& anomalies) {
  Names models;
  for (const std::string_view anomaly : closure(anomaly_implications, anomalies, Direction::along)) {
    for (const auto& [model, forbidden] : proscriptions) {
      if (forbidden == anomaly) models.insert(model);
    }
  }
  return closure(model_implications, std::move(models), Direction::against);
}

Boundary ruled_out(const Names& anomalies) {
  const Names impossible = impossible_models(anomalies);
  Boundary boundary;
  for (const std::string_view model : impossible) {
    Names implied = closure(model_implications, {model}, Direction::along);
    implied.erase(model);
    const bool is_weakest =
        std::none_of(implied.begin(), implied.end(), [&](auto name) { return impossible.contains(name); });
    (is_weakest ? boundary.weakest : boundary.stronger).insert(friendly_model(model));
  }
  return boundary;
}

std::vector<std::string_view> strongest_models(const Names& anomalies) {
  const Names impossible = impossible_models(anomalies);
  return strongest([&](std::string_view model) { return !impossible.contains(model); });
}

std::vector<std::string_view> strongest_implied(const std::vector<std::string>& models,
                                                const std::function<bool(std::string_view model)>& excluded) {
  const Names implied = implied_models(models);
  return strongest([&](std::string_view model) { return implied.contains(model) && !excluded(model); });
}

std::vector<std::string_view> common_models(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const Names of_a = implied_models(a);
  const Names of_b = implied_models(b);
  return strongest([&](std::string_view model) { return of_a.contains(model) && of_b.contains(model); });
}

std::string_view cycle_exists(std::string_view model) {
  for (const auto& [forbidding, anomaly] : proscriptions) {
    if (forbidding == model && anomaly.ends_with(cycle_exists_suffix)) return anomaly;
  }
  return {};
}

std::string_view model_of_cycle_exists(std::string_view anomaly) {
  if (!anomaly.ends_with(cycle_exists_suffix)) return {};
  return anomaly.substr(0, anomaly.size() - cycle_exists_suffix.size());
}

}  // namespace txn

namespace {

constexpr std::string_view default_model = "strict-serializable";

}  // namespace

std::vector<std::string_view> ConsistencyModels::known() {
  return {txn::known_models.begin(), txn::known_models.end()};
}

ConsistencyModels ConsistencyModels::parse(std::string_view names) {
  static_assert(txn::known_models.size() <= 64, "a bit for each model");
  ConsistencyModels models;
  for (const std::string_view part : split_at_commas(names)) {
    const std::string_view name = trimmed(part, " :");
    if (name.empty()) continue;
    const auto* known = std::find(txn::known_models.begin(), txn::known_models.end(),
                                  word_in_any_case(name, ConsistencyModels::known()));
    if (known == txn::known_models.end())
      throw std::invalid_argument(unknown_word("consistency model", name, ConsistencyModels::known()));
    models.bits_ |= std::uint64_t{1} << (known - txn::known_models.begin());
  }
  if (models.bits_ == 0) throw std::invalid_argument("expected the names of consistency models, such as serializable");
  return models;
}

std::vector<std::string_view> ConsistencyModels::names() const {
  if (bits_ == 0) return {default_model};
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < txn::known_models.size(); ++i) {
    if ((bits_ >> i) & 1) names.push_back(txn::known_models[i]);
  }
  return names;
}

std::optional<std::string> ConsistencyModels::unchecked(bool runs_complete_checks) const {
  for (const std::string_view name : names()) {
    if (runs_complete_checks && has_complete_check(name)) continue;
    std::string why = txn::why_unchecked(name);
    if (!why.empty()) return why;
  }
  return std::nullopt;
}

std::string ConsistencyModels::text() const {
  std::string text;
  for (const std::string_view name : names()) text.append(text.empty() ? "" : ",").append(name);
  return text;
}

}  // namespace mznode::check
