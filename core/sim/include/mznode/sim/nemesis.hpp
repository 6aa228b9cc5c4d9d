#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mznode/json/json.hpp"
#include "mznode/sim/connection.hpp"
#include "mznode/sim/fault.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// Turns faults on and off during a run. Every hold of a fault and every pause between holds is uniform between 0 and
/// twice the interval. Faults of the network and of clocks begin with the run, each for itself, as Maelstrom's
/// partitions do. Kill and pause take turns at one schedule, as in Jepsen's package for databases
/// (nemesis/combined.clj, db-package): a fault drawn from those two either begins, at nodes that are drawn anew each
/// time, or ends at all nodes. They wait until there is something to hit; Jepsen's begin at once, at processes with
/// nothing to lose.
class Nemesis {
 public:
  struct World {
    Loop& loop;
    Network& network;
    Host& host;
    std::vector<std::string> nodes;
    /// How many of them a kill or a pause strikes at once, at most.
    std::size_t most_victims = SIZE_MAX;
    /// Brings a process that was started into the cluster (sends it `init`).
    std::function<void(const std::string& node)> initialise;
    /// Records what the nemesis does: an event such as "start-partition" and what it did it to.
    std::function<void(const std::string& event, const Json& value)> record;
  };
  Nemesis(World world, std::vector<Fault> faults, Duration interval, std::uint64_t seed);
  Nemesis(const Nemesis&) = delete;
  Nemesis& operator=(const Nemesis&) = delete;
  ~Nemesis();

  /// Begins with the faults. Kills and pauses begin after one interval unless they are let before.
  void start();
  /// There is something to hit: the first kill or pause strikes now. Does nothing where that was said before.
  void let_strike();
  /// From now on all faults stay as they are.
  void hold();
  /// Ends all faults for good: links heal, paused nodes go on, dead ones start again, clocks run true.
  void stop();
  /// How often a node has been paused or killed so far: while it was, nobody could hear from it.
  std::size_t times_struck(const std::string& node) const;

 private:
  /// A fault of the network or of clocks.
  struct Switch {
    Switch(Fault which, Random chance) : fault(which), random(std::move(chance)) {}
    Fault fault;
    Random random;
    bool is_on = false;
    std::shared_ptr<Rule> rule;
    TimerId timer = 0;
  };
  /// A fault of processes: kill or pause.
  struct Blow {
    explicit Blow(Fault which) : fault(which) {}
    Fault fault;
    bool is_next_to_end = false;
    std::set<std::string> victims;
  };

  void flip(Switch& each);
  void turn_on(Switch& each);
  void turn_off(Switch& each);
  Json begin_skew(Random& random);
  /// Strikes nodes, or ends what was done to them, and sets the time for the next.
  void strike();
  void strike(Blow& blow);
  void end(Blow& blow);
  void record(const char* what, Fault fault, const Json& value);

  World world_;
  Duration interval_;
  std::vector<std::unique_ptr<Switch>> switches_;
  std::vector<Blow> blows_;
  Random blow_random_;
  TimerId blow_timer_ = 0;
  bool may_strike_ = false;
  std::map<std::string, std::size_t> times_struck_;
};

/// A mix of the given faults drawn from a seed: each with a probability of a half, and at least one.
std::vector<Fault> swarm(const std::vector<Fault>& possible, std::uint64_t seed);

}  // namespace mznode::sim
