#pragma once

#include <poll.h>

#include <csignal>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mznode/sim/process_host.hpp"
#include "process_host_child.hpp"
#include "process_table.hpp"
#include "reply_times.hpp"

namespace mznode::sim {

/// One life of a node: its process, what it still has to read, and what it has not written to the end. It
/// has more than 12 members because its three streams, with what is kept of each, and how it ended are of one process:
/// each can end the others.
class ProcessHost::Process {
 public:
  Process(ProcessHost& host, std::string name);

  void receive(const Packet& packet);
  void pause();
  void resume();
  void stop() { child_.signal(SIGKILL); }

  /// What to wait for: its input, output and log.
  static constexpr std::size_t streams = 3;
  void watch(std::span<pollfd, streams> polls) const;
  void handle(std::span<const pollfd, streams> polls);
  /// Writes to the process what it takes.
  void flush();
  /// Finds out whether it still runs.
  void look();

  std::size_t output_bytes() const { return output_bytes_; }
  void end_flood();
  /// Ends it when it has more in memory than it may, given all processes of the machine.
  void limit_memory(const std::vector<ProcessEntry>& all);
  /// From which its process and all that this started descend.
  pid_t root() const { return child_.root(); }
  /// See Host::silence.
  SilenceCause silence() const;
  /// The end of its log, each line after a line break.
  void read_rest_of_log();
  std::string log_tail();
  /// True when the process is dead, or was killed for what it did.
  bool has_ended() const { return has_ended_; }

 private:
  void read_output();
  void take_lines();
  void take(std::string_view line);
  bool read_log();
  void stream_closed(Descriptor& stream, std::string_view name);

  /// From now on what it writes is not heard.
  void mute(const std::string& what);
  /// Kills it.
  void condemn(const std::string& what);
  void report(const std::string& what);

  ProcessHost& host_;
  std::string name_;
  Child child_;
  bool is_muted_ = false;
  bool has_ended_ = false;
  bool is_paused_ = false;

  // A queue in pieces: what was sent is given back without moving the rest.
  std::deque<TextBuffer> unread_;
  std::size_t unread_bytes_ = 0;
  std::size_t sent_ = 0;  // of the first piece

  LineBuffer output_;
  std::size_t output_bytes_ = 0;
  LineBuffer log_lines_;
  NodeLog log_;
  LineSample sample_;
  ReplyTimes times_;
  std::size_t long_log_lines_ = 0;

  /// The stream that it closed without ending, and since when.
  std::string_view closed_stream_;
  Time closed_at_;
};

}  // namespace mznode::sim
