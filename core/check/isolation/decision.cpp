#include "isolation/decision.hpp"

#include <algorithm>
#include <iterator>

#include "isolation/guarantees.hpp"
#include "isolation/saturation.hpp"
#include "isolation/serialization.hpp"

namespace mznode::check::isolation {
namespace {

Decision gave_up(const SearchLimits& limits) {
  return {.valid = Valid::unknown,
          .reason = "gave up after " + std::to_string(limits.steps) + " steps (--search-steps)"};
}

Decision contradicted(std::optional<Cycle> contradiction) {
  if (!contradiction) return {};
  return {.valid = Valid::no, .cycle = std::move(*contradiction)};
}

/// Whether a stronger model is seen to hold within a part of the limits: that each commit is one event, or that
/// sessions count. These leave so much less open that most histories are decided sooner so.
bool is_implied(const Commits& commits, const Model& model, std::uint64_t max_steps) {
  if (model.demand < Demand::causal) return false;
  std::vector<Model> stronger;
  if (model.order == Order::free) stronger.push_back({model.name, model.demand, Order::session});
  if (model.demand == Demand::prefix || model.demand == Demand::snapshot) {
    stronger.push_back({model.name, Demand::serializable, model.order});
  }
  return std::any_of(stronger.begin(), stronger.end(), [&](const Model& it) {
    if (it.demand == Demand::causal) return !find_weak_contradiction(commits, it);
    return is_implied(commits, it, max_steps / 8) ||
           serialize(commits, it, max_steps / 8, false).outcome == SerializationResult::Outcome::possible;
  });
}

}  // namespace

Decision decide(const Commits& commits, const std::vector<ReadFault>& faults, const Model& model,
                const SearchLimits& limits) {
  Decision decision;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(decision.faults),
               [&](const ReadFault& fault) { return fault.breaks(model); });
  if (!decision.faults.empty()) {
    decision.valid = Valid::no;
    return decision;
  }
  if (model.is_session_guarantee() && model.demand != Demand::writes_follow_reads) {
    // Nobody reads what is written only after it.
    constexpr Model acyclic{"", Demand::committed, Order::session};
    if (auto cycle = find_weak_contradiction(commits, acyclic)) return contradicted(std::move(cycle));
    GuaranteeResult result = check_guarantee(commits, model, limits.steps);
    return result.gave_up ? gave_up(limits) : contradicted(std::move(result.contradiction));
  }
  if (is_implied(commits, model, limits.steps)) return {};
  if (model.demand <= Demand::causal) return contradicted(find_weak_contradiction(commits, model));
  SerializationResult result = serialize(commits, model, limits.steps, true);
  if (result.outcome == SerializationResult::Outcome::gave_up) return gave_up(limits);
  if (result.outcome == SerializationResult::Outcome::possible) return {};
  return {.valid = Valid::no, .cycle = std::move(result.cycle)};
}

}  // namespace mznode::check::isolation
