#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/sim/correspondents.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/node_failures.hpp"

namespace mznode::sim {

/// The absolute path of a program, links resolved, seen from the current directory (Maelstrom, process.clj). A word
/// without a slash that is no file there is looked for in PATH, too; a program found there keeps the name of its link,
/// by which some know what to do. Throws std::invalid_argument when there is no such file or it cannot be executed.
std::string resolve_program(const std::string& path);

/// The nodes of a cluster as child processes in real time, in whatever language they are written. They meet what they
/// would meet under Maelstrom; but where Maelstrom stops listening to one without a word, this host says which, what it
/// wrote, what was expected, and what its log said last.
///
/// Whatever a node starts ends with it, and all of it with this host, or with this program.
class ProcessHost final : public Host {
 public:
  /// `program` is found as resolve_program() says; a reply is late after `client_timeout`, the time that clients wait.
  /// Throws std::invalid_argument when the program cannot be executed.
  ProcessHost(const std::string& program, std::vector<std::string> arguments, ProcessLimits limits = {},
              Duration client_timeout = 5s);
  ProcessHost(const ProcessHost&) = delete;
  ProcessHost& operator=(const ProcessHost&) = delete;
  /// Kills all nodes at once, as Maelstrom does, and reaps them.
  ~ProcessHost() override;
  /// Set once, before the first start.
  void attach(Network& network) {
    network_ = &network;
    correspondents_.attach(network);
  }

  void start(const std::string& node) override;
  void kill(const std::string& node) override;
  void pause(const std::string& node) override;
  void resume(const std::string& node) override;
  /// Does nothing: the clocks of other programs cannot be bent.
  void skew(const std::string& node, int drift_permille, Duration wall_offset) override;
  std::string log_tail(const std::string& node) override;
  SilenceCause silence(const std::string& node) override;
  Duration starved(const std::string& node) override;
  bool is_real_time() const override { return true; }
  Time now() const override;
  void wait_until(Time until) override;

  /// How many replies came when their client had already left.
  std::uint64_t late_replies() const { return correspondents_.late_replies(); }

 private:
  class Process;

  Process* find(const std::string& node);
  void look_for_ends();
  void look_at_memory();
  void limit_output();
  void bury();

  std::string program_;
  std::vector<std::string> arguments_;
  ProcessLimits limits_;
  Duration client_timeout_;
  Network* network_ = nullptr;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  /// By name; a node that is dead keeps its entry.
  std::map<std::string, std::unique_ptr<Process>, std::less<>> processes_;
  Correspondents correspondents_;
  std::size_t output_bytes_ = 0;
  Time next_look_;
  Time next_look_at_memory_;
};

}  // namespace mznode::sim
