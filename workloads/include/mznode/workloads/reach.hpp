#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mznode/check/verdict.hpp"
#include "mznode/sim/runner.hpp"

/// How much of a run's unavailability was the network's, and how much the protocol's.
namespace mznode {

/// The share of operations that a protocol of majorities could have answered; nobody's can answer more, unless it needs
/// no majority.
struct ReachFinding final : check::Finding {
  double bound = 0;

  void write_to(nlohmann::ordered_json& details) const override;
};

/// What the bound depends on, beside what happened in the run.
struct ReachSettings {
  std::vector<std::string> nodes;
  std::size_t workers = 1;
  /// How long a client waits for the answer to its request.
  Duration patience{0};
  /// The mean time of a message on its way.
  Duration latency{0};
  /// Whom the node that is asked needs for an operation, by their places among the nodes, for protocols to which not
  /// any majority will do. Absent for all others.
  std::function<std::vector<std::size_t>(const check::Operation& invocation)> needed_for = {};
};

/// Of the operations that clients began, the share whose node could reach a majority of all nodes and be reached back
/// by it while the client waited: over links in any number of hops, cut ones and dead or paused nodes left out, and
/// without a break for as long as one round trip to that majority takes, at the mean latency. With its node a
/// request dies. Lost and late messages are not counted against it, nor is the time that it takes to notice who can be
/// reached. With `needed_for` the same of those whom it needs. Nothing when no fault of the run cuts anybody off, or no
/// operation began.
std::optional<double> reach_bound(const sim::RunResult& run, const ReachSettings& settings);

}  // namespace mznode
