#include "isolation/decision.hpp"

#include <algorithm>
#include <iterator>

#include "isolation/guarantees.hpp"
#include "isolation/saturation.hpp"

namespace mznode::check::isolation {
namespace {

Decision gave_up(std::string reason) {
  return {.valid = Valid::unknown, .reason = std::move(reason)};
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
    return result.gave_up ? gave_up("gave up after " + std::to_string(limits.steps) + " steps (--search-steps)")
                          : contradicted(std::move(result.contradiction));
  }
  return contradicted(find_weak_contradiction(commits, model));
}

}  // namespace mznode::check::isolation
