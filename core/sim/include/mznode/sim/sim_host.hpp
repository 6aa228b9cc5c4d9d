#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "mznode/node/node.hpp"
#include "mznode/node/timers.hpp"
#include "mznode/sim/chance.hpp"
#include "mznode/sim/host.hpp"

namespace mznode::sim {

/// Installs what a node is to do; what it returns lives as long as the node.
using Installer = std::function<std::shared_ptr<void>(Node&)>;

/// The nodes of a cluster as objects of this process, in virtual time: time jumps to the next event.
class SimHost final : public Host {
 public:
  /// `timers` is the event queue of the run, `network` may be set once and before the first start.
  SimHost(Timers& timers, Chance chance, Installer installer, LogLevel log_level);
  ~SimHost() override;
  void attach(Network& network) { network_ = &network; }
  /// From now on nodes that start find an empty storage, and keep nothing.
  void forget_storage() { keeps_storage_ = false; }

  void start(const std::string& node) override;
  void kill(const std::string& node) override;
  void pause(const std::string& node) override;
  void resume(const std::string& node) override;
  void skew(const std::string& node, int drift_permille, Duration wall_offset) override;
  Time now() const override { return now_; }
  void wait_until(Time until) override { now_ = std::max(now_, until); }

 private:
  class Process;

  /// The node's process; none while it is dead.
  Process* find(const std::string& node);

  Timers& timers_;
  Chance chance_;
  Installer installer_;
  LogLevel log_level_;
  Network* network_ = nullptr;
  Time now_;
  bool keeps_storage_ = true;
  std::map<std::string, SimulatedStorage::Disk> disks_;
  std::map<std::string, std::unique_ptr<Process>> processes_;  // after the disks that they write to
  std::map<std::string, std::uint64_t> starts_;
};

}  // namespace mznode::sim
