#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mznode/json/json.hpp"
#include "mznode/sim/fault.hpp"
#include "mznode/sim/grudge.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/network.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// What faults act on.
struct FaultWorld {
  Network& network;
  Host& host;
  std::vector<std::string> nodes;
  /// How many nodes a fault of processes strikes at once, at most.
  std::size_t most_victims;
  /// Brings a process that was started into the cluster (sends it `init`).
  std::function<void(const std::string& node)> initialise;
  /// How often a node was paused or killed, and how often it was killed.
  std::map<std::string, std::size_t> times_struck = {};
  std::map<std::string, std::size_t> times_killed = {};
};

/// A fault that is on.
class ActiveFault {
 public:
  /// `told` is how a history tells it, `unheard` who does not hear whom while it is on.
  explicit ActiveFault(Json told, Grudge unheard = {}) : told_(std::move(told)), unheard_(std::move(unheard)) {}
  ActiveFault(const ActiveFault&) = delete;
  ActiveFault& operator=(const ActiveFault&) = delete;
  virtual ~ActiveFault() = default;

  const Json& told() const { return told_; }
  const Grudge& unheard() const { return unheard_; }
  /// Ends it, and names the nodes whose state that changed. Called once; without it the fault stays as it is.
  virtual std::vector<std::string> end() = 0;

 private:
  Json told_;
  Grudge unheard_;
};

/// A rule on messages for as long as the fault is on.
class RuleInForce final : public ActiveFault {
 public:
  RuleInForce(FaultWorld& world, std::shared_ptr<Rule> rule, Json told, Grudge unheard = {})
      : ActiveFault(std::move(told), std::move(unheard)), network_(world.network), rule_(std::move(rule)) {
    network_.add_rule(rule_);
  }
  std::vector<std::string> end() override {
    network_.remove_rule(rule_);
    return {};
  }

 private:
  Network& network_;
  std::shared_ptr<Rule> rule_;
};

/// How long a message that is late or comes twice is late at most.
inline constexpr Duration longest_reordering = 300ms;

/// "30 % of messages lost".
Json share_of_messages(std::uint64_t percent, const std::string& fate);

/// Nodes for a fault of processes to strike, which counts as struck from now on.
std::vector<std::string> draw_victims(FaultWorld& world, Random& random);

/// A function for each fault, defined in the file of its name.
namespace faults {
#define MZNODE_FAULT(name) FaultInfo name();
MZNODE_FAULTS(MZNODE_FAULT)
#undef MZNODE_FAULT
}  // namespace faults

}  // namespace mznode::sim
