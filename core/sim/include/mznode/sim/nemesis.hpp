#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mznode/json/json.hpp"
#include "mznode/sim/connection.hpp"
#include "mznode/sim/fault.hpp"
#include "mznode/sim/grudge.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// A fault that begins or ends.
struct FaultEvent {
  Fault fault;
  bool begins = true;
  /// What it was done to.
  Json value;
  /// Who does not hear whom from now on.
  Grudge unheard = {};

  /// As histories call it, such as "start-partition".
  std::string name() const;
};

/// A fault from its beginning to its end, on the clock of the history.
struct FaultSpan {
  Fault fault;
  Duration from{0};
  /// Nothing for one that was on to the end.
  std::optional<Duration> to = {};
  Json value = {};
  Grudge unheard = {};
};

/// Begins a span, or ends the last one of that fault.
void note(std::vector<FaultSpan>& spans, const FaultEvent& event, Duration at);

/// Turns faults on and off during a run. Every hold of a fault and every pause between holds is uniform between 0 and
/// twice the interval. Faults of the network and of clocks begin with the run, each for itself, as Maelstrom's
/// partitions do. Kill and pause take turns at one schedule, as in Jepsen's package for databases
/// (nemesis/combined.clj, db-package): a fault drawn from those two either begins, at nodes that are drawn anew each
/// time, or ends at all nodes. They wait until there is something to hit; Jepsen's begin at once, at processes with
/// nothing to lose.
class Nemesis {
 public:
  struct World {
    Engine& engine;
    Network& network;
    Host& host;
    std::vector<std::string> nodes;
    /// How many of them a kill or a pause strikes at once, at most.
    std::size_t most_victims = SIZE_MAX;
    /// Brings a process that was started into the cluster (sends it `init`).
    std::function<void(const std::string& node)> initialise;
    /// Records what the nemesis does.
    std::function<void(const FaultEvent& event)> record;
  };
  Nemesis(World world, const std::vector<Fault>& faults, Duration interval, const Chance& chance);
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
    std::shared_ptr<ActiveFault> active;
    TimerId timer = 0;
  };
  /// A fault of processes: kill or pause.
  struct Blow {
    Fault fault;
    std::shared_ptr<ActiveFault> active = {};
  };

  /// Begins with a fault, or ends it, and sets the time for the next.
  void flip(Switch& each);
  void strike();
  /// Begins with the fault if it is off, and ends it if it is on.
  void turn(Fault fault, std::shared_ptr<ActiveFault>& active, Random& random);
  void end(Fault fault, std::shared_ptr<ActiveFault>& active);

  Engine& engine_;
  std::function<void(const FaultEvent& event)> record_;
  std::unique_ptr<FaultWorld> world_;
  Duration interval_;
  std::vector<std::unique_ptr<Switch>> switches_;
  std::vector<Blow> blows_;
  Random blow_random_;
  TimerId blow_timer_ = 0;
  bool may_strike_ = false;
};

/// A mix of the given faults drawn from a seed: each with a probability of a half, and at least one.
std::vector<Fault> swarm(const std::vector<Fault>& possible, std::uint64_t seed);

}  // namespace mznode::sim
