#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/sim/client.hpp"
#include "mznode/sim/fault.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/lag.hpp"
#include "mznode/sim/nemesis.hpp"
#include "mznode/sim/network.hpp"

namespace mznode::sim {

/// "n0", "n1" and so on: the names that Maelstrom gives to so many nodes.
std::vector<std::string> node_names(std::size_t count);

/// One run of a test, with Maelstrom's meaning of each setting: a member for each, which owns nothing.
struct RunOptions {
  std::vector<std::string> nodes;
  std::size_t concurrency = 1;
  /// Mean time between operations; zero for no operations at all.
  Duration mean_interval{0};
  Duration time_limit = 60s;
  Latency latency;
  Delivery delivery = Delivery::maelstrom;
  Topology topology;
  KeyOptions keys = {};
  /// Take replies as Maelstrom does where this project is stricter on purpose.
  bool compat_jepsen = false;
  std::vector<Fault> faults;
  Duration nemesis_interval = 10s;
  /// How many nodes a kill or a pause strikes at once, at most. Maelstrom's may strike all; fewer leave somebody who
  /// knows.
  std::size_t most_victims = SIZE_MAX;
  /// How long a node may take to answer `init` (Maelstrom, db.clj).
  Duration init_timeout = 10s;
  std::uint64_t seed = 0;
  /// Takes the run's decisions; nothing for those that follow from the seed.
  std::optional<Chance> chance = std::nullopt;
  bool keep_journal = false;
  /// How many events of virtual time may come upon each other, beside what nodes and operations can cause, before the
  /// run is ended because it does not get on. Processes need some seconds for so many.
  std::uint64_t patience_events = 200'000;
  /// Told between events how long the run has lasted since the first operation was due, on its own clock, and how many
  /// operations have begun.
  std::function<void(Duration elapsed, std::size_t operations)> on_progress = {};
};

/// What a run leaves behind: a member for each thing that a report tells of it.
struct RunResult {
  check::History history;
  Network::Stats net;
  std::vector<JournalEntry> journal;
  std::vector<Packet> packets;
  /// What the nemesis did, in the order in which it began.
  std::vector<FaultSpan> fault_spans;
  std::vector<NodeFailure> failures;
  /// Replies to clients that had not the form they must have, or that no request explains.
  std::vector<std::string> malformed_replies;
  /// Of nodes whose output may explain why they did not answer (Host::silence).
  std::map<std::string, SilenceCause> silences;
  /// Set when the run could not be carried out, such as when a node never answered its init.
  std::optional<std::string> error;
  /// Set when virtual time did not get on, because nodes answer each other without end: who sends to whom. The history
  /// is what was recorded until then.
  std::optional<std::string> livelock;
  /// How long the run waited for what did not come, when that is what `error` says.
  std::optional<Duration> waited_in_vain;
  /// How late the bench itself was; nothing in virtual time, where it cannot be.
  std::optional<Lag> lag;
  /// True when the run was stopped from outside; the history is what was recorded until then.
  bool interrupted = false;
  /// When the first operation was due, on the clock of the run; the history's times count from here.
  Time started;
  /// How long the run took from there, on its own clock.
  Duration duration{0};
};

/// How long the network is quiet before the final operations (Maelstrom, core.clj).
inline constexpr Duration quiet_phase = 10s;

/// Makes the host of a run's nodes, given its network and queue of events.
using MakeHost = std::function<std::unique_ptr<Host>(Network& network, Engine& engine)>;

/// Carries a test out from the first `init` to the last read. `should_stop` is asked between events.
RunResult run(const TestSpec& spec, const RunOptions& options, const MakeHost& make_host,
              const std::function<bool()>& should_stop);

}  // namespace mznode::sim
