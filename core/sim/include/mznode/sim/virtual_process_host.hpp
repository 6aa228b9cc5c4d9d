#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/timers.hpp"
#include "mznode/sim/chance.hpp"
#include "mznode/sim/correspondents.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/node_failures.hpp"
#include "mznode/trace/traced_process.hpp"
#include "mznode/trace/tracer_thread.hpp"

namespace mznode::sim {

class ProcessDirectory;

/// The nodes of a cluster as child processes in virtual time, in whatever language they are written: time jumps to the
/// next event, one seed gives one run, and clocks can be bent. Only where trace::unavailable() has nothing to say.
///
/// The thread that makes one must be the one that uses it. It has more than 12 members because it is the nodes, and
/// what they all have in common: the supervisor, a directory, an environment, and what there is to say of the run at
/// its end.
class VirtualProcessHost final : public Host {
 public:
  /// What is known of a run beside what its nodes did.
  struct Record {
    /// What a second run may do in another way, in words such as "n2 connected to the network"; empty when the run can
    /// be repeated.
    std::vector<std::string> doubts;
    /// How often the supervisor stopped a node.
    std::uint64_t stops = 0;
    /// A hash of all that the nodes' course hangs on beside the seed: their program, its arguments and environment, the
    /// system's version and the processor's model. Runs of one seed can differ when theirs do.
    std::string fingerprint;
  };

  struct Options {
    std::string program;
    std::vector<std::string> arguments;
    std::uint64_t seed = 0;
    /// Decides what the chance of each life begins with; nothing for what follows from the seed.
    std::optional<Chance> chance = std::nullopt;
    trace::Schedule schedule = trace::Schedule::random;
    /// Wall time that a node may be busy without coming to rest.
    Duration stall = 30s;
    /// How many thousandths of the processor time that a node computes pass on its clocks meanwhile. Above 0, no two
    /// runs are the same.
    int cpu_time_permille = 0;
    ProcessLimits limits = {};
    /// How long clients wait: a reply that comes after it is late.
    Duration client_timeout = 5s;
    /// How many nodes run at the same time where each is sure of what it is told next: as many tracers as that. No run
    /// differs for it, but for what nodes tell each other past the network.
    unsigned tracers = 1;
    /// Told at the end.
    std::function<void(const Record&)> on_end = {};
  };

  /// `timers` is the event queue of the run. Throws std::invalid_argument when the program cannot be executed.
  VirtualProcessHost(Timers& timers, Options options);
  VirtualProcessHost(const VirtualProcessHost&) = delete;
  VirtualProcessHost& operator=(const VirtualProcessHost&) = delete;
  /// Kills all nodes with what they have started, reaps them, and removes their directories.
  ~VirtualProcessHost() override;
  /// Set once, before the first start.
  void attach(Network& network) {
    network_ = &network;
    correspondents_.attach(network);
    if (!others_.empty()) network.foresee();
  }

  void start(const std::string& node) override;
  void kill(const std::string& node) override;
  void pause(const std::string& node) override;
  void resume(const std::string& node) override;
  void skew(const std::string& node, int drift_permille, Duration wall_offset) override;
  std::string log_tail(const std::string& node) override;
  SilenceCause silence(const std::string& node) override;
  Time now() const override { return now_; }
  void wait_until(Time until) override;

 private:
  class Process;

  Process* find(const std::string& node);
  trace::TracerThread* next_tracer();
  void run_ahead(const Process& of);
  std::size_t most_output_bytes() const;
  void limit_output();
  void bury();
  std::string fingerprint() const;

  Timers& timers_;
  Options options_;
  Network* network_ = nullptr;
  Time now_;
  /// Where each life of each node has a directory.
  std::unique_ptr<ProcessDirectory> directory_;
  std::vector<std::string> environment_;
  /// More tracers, each on a thread of its own; made before this thread's, which then keeps to one processor.
  std::vector<std::unique_ptr<trace::TracerThread>> others_;
  std::unique_ptr<trace::Tracer> tracer_;
  std::size_t started_ = 0;
  /// How many nodes have been told something before its turn came.
  std::size_t ahead_ = 0;
  Correspondents correspondents_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
  std::map<std::string, std::uint64_t> lives_;
  std::set<std::string> doubts_;  // of lives that are over
  std::uint64_t stops_ = 0;
  std::size_t output_bytes_ = 0;
};

/// The environment of a node in virtual time: the given one, sorted and without what differs between two shells.
std::vector<std::string> node_environment(const std::vector<std::string>& given);

}  // namespace mznode::sim
