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
  if (model.demand <= Demand::causal) return contradicted(find_weak_contradiction(commits, model));
  SerializationResult result = serialize(commits, model, limits.steps);
  if (result.outcome == SerializationResult::Outcome::gave_up) return gave_up(limits);
  if (result.outcome == SerializationResult::Outcome::possible) return {};
  return {.valid = Valid::no, .cycle = std::move(result.cycle)};
}

}  // namespace mznode::check::isolation
