#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <vector>

#include "dissemination/replicator.hpp"
#include "mznode/workloads/strategy.hpp"

namespace mznode::dissemination {

/// Answers clients from the set that a replicator spreads, in the words of a workload: "broadcast" in one, "add" in
/// another.
using Serve = void (*)(Node& node, Replicator& replicator);

/// Decides to whom elements go, and when. It gives the replicator its targets from `init` on, and lives as long.
template <class Plan>
concept SpreadingPlan = requires(Node& node, Replicator& replicator, const OptionValues& options) {
  { Plan::config(options) } -> std::same_as<Disseminator::Config>;
  Plan(node, replicator, options);
};

/// What solves a workload whose state is a set that grows: the set, how it spreads, and what clients call it.
template <SpreadingPlan Plan>
class SetStrategy final : public Strategy {
 public:
  SetStrategy(Node& node, const OptionValues& options, Serve serve)
      : replicator_(node, Plan::config(options), nullptr), plan_(node, replicator_, options) {
    serve(node, replicator_);
  }

 private:
  Replicator replicator_;
  Plan plan_;
};

/// Makes the `install` of such a strategy.
template <SpreadingPlan Plan>
std::function<std::unique_ptr<Strategy>(Node& node, const OptionValues& options)> install_set(Serve serve) {
  return [serve](Node& node, const OptionValues& options) {
    return std::make_unique<SetStrategy<Plan>>(node, options, serve);
  };
}

}  // namespace mznode::dissemination
