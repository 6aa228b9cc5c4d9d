#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mznode/sim/nemesis.hpp"
#include "run_context.hpp"
#include "wait_group.hpp"

namespace mznode::sim {

/// Owns the nodes of a run and their lives: the host that runs them, the nemesis that ends and begins lives, and what
/// became of each. A node that ends by itself ends the run, as it crashes Maelstrom's; so does one that cannot begin.
class Nodes {
 public:
  Nodes(RunContext& context, std::unique_ptr<Host> host, Network& network);

  Host& host() { return *host_; }
  const Host& host() const { return *host_; }
  Nemesis& nemesis() { return *nemesis_; }
  /// Calls `callback` when a fault begins or ends.
  void on_fault(std::function<void(const FaultEvent&)> callback) { report_fault_ = std::move(callback); }

  /// Starts all nodes, tells each who it is, and says to each what its client has to say once. Afterwards the run is
  /// over if one could not begin.
  Task<> begin();
  /// From now on nodes have clients: what ends one does not end the run before all are gone, and kills and pauses wait
  /// for `readiness`.
  void open(Readiness readiness);
  /// An operation of that kind has ended on a node.
  void note_outcome(const std::string& node, const std::string& kind, bool is_ok);

  /// Puts into the result what became of the nodes.
  void report(RunResult& result);

 private:
  Task<> initialise(std::string node);
  Task<> set_up(std::string node);
  void note_failure(NodeFailure failure);
  /// A node did not begin within `patience`. Whether that is its fault is for others to judge.
  void note_wait(const std::string& node, Duration patience);

  RunContext& context_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<Nemesis> nemesis_;
  std::function<void(const FaultEvent&)> report_fault_ = [](const FaultEvent&) {};
  bool is_beginning_ = true;
  Readiness readiness_;
  WaitGroup starting_;  // nodes that are being initialised or set up before the first operation
  std::vector<NodeFailure> failures_;
  std::set<std::string> failed_;
  std::optional<Duration> waited_in_vain_;
  Duration starved_{0};
};

}  // namespace mznode::sim
