#include "isolation/decision.hpp"

#include <algorithm>
#include <iterator>

#include "isolation/guarantees.hpp"
#include "isolation/saturation.hpp"
#include "isolation/serialization.hpp"

namespace mznode::check::isolation {
namespace {

ModelVerdict contradicted(std::optional<Cycle> contradiction) {
  if (!contradiction) return {};
  return {.valid = Valid::no, .cycle = std::move(*contradiction)};
}

/// Stronger forms of a model, the strongest first: that each commit is one event, or that sessions count. These leave
/// so much less open that most histories are decided sooner so.
std::vector<Model> stronger_forms(const Model& model) {
  const bool has_two_events = model.demand == Demand::prefix || model.demand == Demand::snapshot;
  std::vector<Model> forms;
  if (model.demand < Demand::causal) return forms;
  if (has_two_events && model.order == Order::free) forms.push_back({model.name, Demand::serializable, Order::session});
  if (model.order == Order::free) forms.push_back({model.name, model.demand, Order::session});
  if (has_two_events) forms.push_back({model.name, Demand::serializable, model.order});
  return forms;
}

/// Whether a stronger form is seen to hold within a part of the limits.
bool is_implied(const Commits& commits, const Model& model, std::uint64_t max_steps) {
  const std::vector<Model> forms = stronger_forms(model);
  return std::any_of(forms.begin(), forms.end(), [&](const Model& form) {
    if (form.demand == Demand::causal) return !find_weak_contradiction(commits, form);
    return serialize(commits, form, max_steps / 8, false).outcome == SerializationResult::Outcome::possible;
  });
}

}  // namespace

ModelVerdict decide(const Commits& commits, const std::vector<ReadAnomaly>& anomalies, const Model& model,
                    const SearchLimits& limits) {
  ModelVerdict decision;
  std::copy_if(anomalies.begin(), anomalies.end(), std::back_inserter(decision.anomalies),
               [&](const ReadAnomaly& anomaly) { return anomaly.breaks(model); });
  if (!decision.anomalies.empty()) {
    decision.valid = Valid::no;
    return decision;
  }
  if (model.is_session_guarantee()) {
    // Nobody reads what is written only after it.
    constexpr Model acyclic{"", Demand::committed, Order::session};
    if (auto cycle = find_weak_contradiction(commits, acyclic)) return contradicted(std::move(cycle));
    // Each step may leave a link behind.
    const std::uint64_t max_steps = std::min<std::uint64_t>(limits.steps, limits.bytes / sizeof(Link));
    GuaranteeResult result = check_guarantee(commits, model, max_steps);
    return result.gave_up ? ModelVerdict{.valid = Valid::unknown} : contradicted(std::move(result.contradiction));
  }
  if (is_implied(commits, model, limits.steps)) return {};
  if (model.demand <= Demand::causal) return contradicted(find_weak_contradiction(commits, model));
  SerializationResult result = serialize(commits, model, limits.steps, true);
  if (result.outcome == SerializationResult::Outcome::gave_up) return {.valid = Valid::unknown};
  if (result.outcome == SerializationResult::Outcome::possible) return {};
  return {.valid = Valid::no, .cycle = std::move(result.cycle)};
}

}  // namespace mznode::check::isolation
