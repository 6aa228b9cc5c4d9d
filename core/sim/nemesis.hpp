#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/sim/connection.hpp"
#include "core/sim/fault.hpp"
#include "core/sim/host.hpp"
#include "core/sim/random.hpp"

namespace mznode::sim {

/// Turns faults on and off during a run, each for itself: a fault begins with the run, and every hold and every pause
/// between holds is uniform between 0 and twice the interval, as Maelstrom's partitions are.
class Nemesis {
 public:
  struct World {
    Loop& loop;
    Network& network;
    Host& host;
    std::vector<std::string> nodes;
    /// Brings a process that was started into the cluster (sends it `init`).
    std::function<void(const std::string& node)> initialise;
    /// Records what the nemesis does: an event such as "start-partition" and what it did it to.
    std::function<void(const std::string& event, const Json& value)> record;
  };
  Nemesis(World world, std::vector<Fault> faults, Duration interval, std::uint64_t seed);
  Nemesis(const Nemesis&) = delete;
  Nemesis& operator=(const Nemesis&) = delete;
  ~Nemesis();

  /// Begins with the faults.
  void start();
  /// Ends all faults for good: links heal, paused nodes go on, dead ones start again, clocks run true.
  void stop();
  /// How often a node has been paused or killed so far: while it was, nobody could hear from it.
  std::size_t times_struck(const std::string& node) const;

 private:
  struct Toggle {
    Toggle(Fault which, Random chance) : fault(which), random(std::move(chance)) {}
    Fault fault;
    Random random;
    bool is_on = false;
    std::shared_ptr<Rule> rule;
    std::vector<std::string> victims;
    TimerId timer = 0;
  };

  void schedule(Toggle& toggle);
  void flip(Toggle& toggle);
  void turn_on(Toggle& toggle);
  void turn_off(Toggle& toggle);
  Json begin(Toggle& toggle);
  Json add_rule(Toggle& toggle, std::shared_ptr<Rule> rule, std::string what);
  std::vector<std::string> choose_victims(Random& random) const;
  /// Pauses or kills some nodes, whose names it returns.
  std::vector<std::string> strike(Random& random, void (Host::*blow)(const std::string& node));

  World world_;
  Duration interval_;
  std::vector<std::unique_ptr<Toggle>> toggles_;
  std::map<std::string, std::size_t> times_struck_;
};

/// A mix of the given faults drawn from a seed: each with a probability of a half, and at least one.
std::vector<Fault> swarm(const std::vector<Fault>& possible, std::uint64_t seed);

}  // namespace mznode::sim
