#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "mznode/node/line_buffer.hpp"
#include "mznode/node/offload.hpp"
#include "mznode/node/poller.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/node/timers.hpp"

namespace mznode {

/// The real world: messages on two descriptors (standard input and output), the machine's clocks, a log on standard
/// error. One loop; messages are handled where they are read, and replies leave in one write when the input that
/// has arrived is handled.
///
/// It has more than 12 members because the world has many sides: input, output, timers, threads, signals and the log
/// are of one loop, which looks at all of them in each turn.
class StdioRuntime final : public Runtime {
 public:
  struct Options {
    /// Size of the pool behind Node::offload.
    std::size_t threads = 1;
    /// What is less than this is not logged.
    LogLevel log_level = LogLevel::warn;
    /// Where nodes keep what must survive them, each in a directory of its name; empty to keep nothing.
    std::string data_dir = {};
    /// What such a directory belongs to, beside the names of the node and its cluster: a program that is told anything
    /// else does not open it.
    StorageOwner data_owner = {};
    /// The descriptors to read and to write; they stay the caller's.
    int input = 0;
    int output = 1;
  };

  /// EX_IOERR of sysexits.h.
  static constexpr int exit_storage_failed = 74;

  StdioRuntime();
  explicit StdioRuntime(const Options& options);
  StdioRuntime(const StdioRuntime&) = delete;
  StdioRuntime& operator=(const StdioRuntime&) = delete;
  ~StdioRuntime() override;

  /// Delivers messages to `process` until the input ends, SIGTERM or SIGINT arrives, or nobody reads the output.
  /// Returns the exit code of the program: 0 at the end of the input, after everything it held is answered that needs
  /// no timer; 128 and the signal's number; 1 when nobody reads; exit_storage_failed when what must be kept cannot be,
  /// or what was kept cannot be read. Only one runtime of a program can run at a time, since signals belong to the
  /// program.
  int run(Process& process);

  Time now() const override;
  std::int64_t wall_time_ns() const override;
  TextBuffer& begin_message(std::string_view src, std::string_view dest) override;
  void finish_message() override;
  TimerId set_timer(Time at, std::function<void()> callback) override { return timers_.set(at, std::move(callback)); }
  void cancel_timer(TimerId id) override { timers_.cancel(id); }
  std::uint64_t random() override { return random_(); }
  void offload(std::function<void()> work, std::function<void()> done) override;
  std::unique_ptr<Storage> open_storage(const std::string& node, const std::vector<std::string>& cluster) override;
  void log(LogLevel level, std::string_view text) override;
  bool logs(LogLevel level) const override { return level >= options_.log_level; }

 private:
  struct Logger;
  class Signals;
  enum class Write { done, blocked, closed };

  std::size_t unsent() const { return complete_ - sent_; }
  bool congested() const;
  Write flush();
  void handle_lines(Process& process);
  void run_due_timers();
  bool read_input();
  bool reader_catches_up() const;
  void wait_for_events(bool for_input);
  int drain(Process& process);
  void fail_storage(const std::string& why);
  int loop(Process& process);

  Options options_;
  std::unique_ptr<Logger> logger_;
  std::unique_ptr<Signals> signals_;
  std::mt19937_64 random_;
  Timers timers_;
  Poller poller_;
  LineBuffer in_;
  std::size_t reported_long_lines_ = 0;
  // The beginning of every message; its sender is nearly always the same.
  std::string head_src_;
  TextBuffer head_;
  TextBuffer out_;
  std::size_t complete_ = 0;  // the messages up to here are finished
  std::size_t sent_ = 0;
  bool more_lines_ = false;
  bool input_ready_ = false;
  bool output_closed_ = false;
  bool has_storage_failed_ = false;
  std::unique_ptr<ThreadPool> pool_;
};

/// Parses the name of a level: trace, debug, info, warn, error or off.
std::optional<LogLevel> parse_log_level(std::string_view name);

}  // namespace mznode
