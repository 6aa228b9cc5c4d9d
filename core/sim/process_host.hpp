#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/host.hpp"
#include "core/sim/node_output.hpp"

namespace mznode::sim {

/// The absolute path of a program, links resolved, seen from the current directory and not by PATH (Maelstrom,
/// process.clj). Throws std::invalid_argument when there is no such file or it cannot be executed.
std::string resolve_program(const std::string& path);

/// How much a node may write, or leave unread, before it counts as broken: what it can make the test hold in memory.
struct ProcessLimits {
  static constexpr std::size_t megabyte = std::size_t{1} << 20;
  /// In one line.
  std::size_t line_bytes = 64 * megabyte;
  /// All nodes in all lines: so much at once, and so much more each second. Beyond it the one that wrote most is
  /// broken.
  std::size_t output_bytes = 128 * megabyte;
  std::size_t output_bytes_per_s = 32 * megabyte;
  /// What waits for the node to read it.
  std::size_t unread_bytes = 256 * megabyte;
  /// Of its log; what it writes beyond is left out.
  std::size_t log_bytes = 16 * megabyte;
};

/// The nodes of a cluster as child processes in real time, in whatever language they are written. They meet what they
/// would meet under Maelstrom; but where Maelstrom stops listening to one without a word, this host says which, what it
/// wrote, what was expected, and what its log said last.
///
/// A process that a node forks dies with it, unless it makes itself a session of its own.
class ProcessHost final : public Host {
 public:
  /// `program` is found from the current directory, without a search in PATH. Throws std::invalid_argument when it
  /// cannot be executed.
  ProcessHost(const std::string& program, std::vector<std::string> arguments, ProcessLimits limits = {});
  ProcessHost(const ProcessHost&) = delete;
  ProcessHost& operator=(const ProcessHost&) = delete;
  /// Kills all nodes at once, as Maelstrom does, and reaps them.
  ~ProcessHost() override;
  /// Set once, before the first start.
  void attach(Network& network) { network_ = &network; }

  void start(const std::string& node) override;
  void kill(const std::string& node) override;
  void pause(const std::string& node) override;
  void resume(const std::string& node) override;
  /// Does nothing: the clocks of other programs cannot be bent.
  void skew(const std::string& node, int drift_permille, Duration wall_offset) override;
  std::string log_tail(const std::string& node) override;
  Time now() const override;
  void wait_until(Time until) override;

  /// How many replies came when their client had already left. Maelstrom stops listening to a node at the first one;
  /// here it is lost like any message, since a reply on its way when its client's patience ends is nobody's mistake,
  /// and the verdict must not hang on such a race.
  std::uint64_t late_replies() const { return late_replies_; }

 private:
  class Process;

  Process* find(const std::string& node);
  /// Carries a message out of a node's process, in whose name it need not be. Returns what is wrong with its names, if
  /// anything is.
  std::string_view send(const std::string& node, const OutputLine& message);
  /// Whether somebody has, or had, this name.
  bool is_known(const std::string& name) const;
  void look_for_ends();
  void limit_output();
  void bury();

  std::string program_;
  std::vector<std::string> arguments_;
  ProcessLimits limits_;
  Network* network_ = nullptr;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  /// By name; a node that is dead keeps its entry.
  std::map<std::string, std::unique_ptr<Process>, std::less<>> processes_;
  /// All who ever sent something to a node.
  std::set<std::string, std::less<>> correspondents_;
  std::size_t output_bytes_ = 0;
  std::uint64_t late_replies_ = 0;
  Time next_look_;
};

}  // namespace mznode::sim
