#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mznode/node/runtime.hpp"
#include "mznode/sim/network.hpp"

namespace mznode::sim {

/// Something that a node did which no node may do: it crashed, wrote what is not a message, or wrote to nobody.
/// Maelstrom stops listening to such a node without a word.
struct NodeFailure {
  std::string node;
  Time at;
  /// What happened, what was expected, and the evidence: the offending line, the end of its log.
  std::string description;
  /// True when its process is gone, false when it lives on unheard.
  bool has_ended = false;
};

/// A reply to a client that had left by then.
struct LateReply {
  /// The request's.
  std::string type;
  /// How long the client would have had to wait.
  Duration after{0};
};

/// What of a node's output and input may explain that it did not answer.
struct SilenceCause {
  /// Behind "it did not answer", beginning with "; "; empty when nothing is to be said.
  std::string words = {};
  /// Its first late reply, when there was one and nothing else explains it: its handler may block.
  std::optional<LateReply> late = {};
  /// Of what it was sent, how many bytes it has not read, though it lives and runs: a handler may block it.
  std::size_t unread_bytes = 0;

  bool is_explained() const { return !words.empty() || late || unread_bytes > 0; }
};

/// Appends the line that a message is to the node that receives it, with its line break.
void append_line(TextBuffer& out, const Packet& packet);

/// Runs the processes of a cluster's nodes: in this process and in virtual time, or as child processes in real time.
class Host {
 public:
  virtual ~Host() = default;

  /// Starts a process for a node that has none. It joins the network at once and waits for its `init`.
  virtual void start(const std::string& node) = 0;
  /// Ends a node's process without warning. Messages on their way to it are lost.
  virtual void kill(const std::string& node) = 0;
  /// Makes a process stand still; what arrives waits.
  virtual void pause(const std::string& node) = 0;
  virtual void resume(const std::string& node) = 0;
  /// From now on the node's clock gains `drift_permille` thousandths (or loses, if negative), and its calendar clock
  /// stands `wall_offset` beside the true time. A host that cannot bend clocks ignores it.
  virtual void skew(const std::string& node, int drift_permille, Duration wall_offset) = 0;

  /// The last lines that a node wrote to its log, ready to show behind a failure; empty when the host keeps none.
  virtual std::string log_tail(const std::string& /*node*/) { return {}; }
  /// What of a node's output may explain that it did not answer; nothing when the host knows nothing.
  virtual SilenceCause silence(const std::string& /*node*/) { return {}; }

  /// How long a node has been ready to run and got no processor, because others than the nodes were using them; zero
  /// where nobody can tell.
  virtual Duration starved(const std::string& /*node*/) { return {}; }

  /// True when time passes by itself and the bench can be late; false when it jumps to what is next.
  virtual bool is_real_time() const { return false; }
  /// The time of the run, from 0.
  virtual Time now() const = 0;
  /// Lets the time pass until `until`, or returns earlier when something has happened.
  virtual void wait_until(Time until) = 0;

  using OnFailure = std::function<void(NodeFailure)>;
  void on_failure(OnFailure callback) { report_failure_ = std::move(callback); }
  /// A line that a node wrote to its log.
  using OnLog = std::function<void(const std::string& node, std::string_view line)>;
  void on_log(OnLog callback) { report_log_ = std::move(callback); }

 protected:
  OnFailure report_failure_ = [](const NodeFailure&) {};
  OnLog report_log_ = [](const std::string&, std::string_view) {};
};

}  // namespace mznode::sim
