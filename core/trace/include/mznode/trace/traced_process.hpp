#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/runtime.hpp"

/// Processes of other people's programs in virtual time, on Linux: every clock that they read is the supervisor's,
/// every wait ends when the supervisor says so, and one thread runs at a time, in an order that a seed gives.
/// doc/virtual-time.md tells how it works and what it promises.
namespace mznode::trace {

/// Why nodes cannot run in virtual time on this machine, in one sentence; nothing when they can. The first call tries
/// it out with a small program.
const std::optional<std::string>& unavailable();

/// What decides which thread runs next where several could.
enum class Schedule : std::uint8_t {
  plain,        ///< each in its turn, for the same number of calls
  random,       ///< drawn from the seed, for a drawn number of calls
  adversarial,  ///< besides, threads stand still at drawn moments, for a drawn time: what overlaps rarely overlaps
                ///< often
};

struct Program {
  /// An absolute path.
  std::string path;
  std::vector<std::string> arguments;
  /// "NAME=value", in the order in which the program sees them.
  std::vector<std::string> environment;
  /// Where it starts.
  std::string directory;
};

/// What ends a program that does not stop by itself.
struct TraceLimits {
  /// Of wall time without waiting: virtual time stands still meanwhile.
  Duration stall = 30s;
  /// Of main memory, all of its processes together.
  std::size_t memory_bytes = std::size_t{4} << 30;
  std::size_t threads = 4096;
  std::size_t processes = 256;
  /// Written to one stream between two looks at it, as far as it is kept. Nobody takes more.
  std::size_t held_bytes = std::size_t{128} << 20;
};

/// What happened that a second run may do in another way: nothing of it, and the run can be repeated.
struct Doubts {
  /// Waits that were not foreseen, so that the kernel decided when they end.
  unsigned kernel_waits = 0;
  /// Threads that computed without a call while others wanted to run, and were interrupted.
  unsigned preemptions = 0;
  /// What was done past the supervisor, in words such as "connected to the network"; each once.
  std::vector<std::string> escapes;

  bool none() const { return kernel_waits == 0 && preemptions == 0 && escapes.empty(); }
};

class Tree;

/// The thread that makes one is the tracer of all processes that it is given to; they may be used by that thread only.
/// While it lives the thread stays on one processor, which its tracees share: a hand-over then costs a tenth.
class Tracer {
 public:
  Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;
  ~Tracer();
  class Waiter;

 private:
  friend class TracedProcess;
  std::unique_ptr<Waiter> waiter_;
};

/// One life of a node: a process with all that it starts, in virtual time.
class TracedProcess {
 public:
  /// Told of bytes that were written to standard output or error.
  struct Sink {
    /// False when it was enough: then run() returns wherever the program stands, which does not go on any more.
    std::function<bool(std::string_view bytes, Time at)> output;
    std::function<void(std::string_view bytes)> log;
  };
  struct Chance {
    std::uint64_t seed = 0;
    Schedule schedule = Schedule::random;
    /// The number that the program takes for its process's.
    int shown_pid = 1000;
    /// How many thousandths of the processor time that it computes pass on its clocks meanwhile: left to the machine.
    int cpu_time_permille = 0;
  };

  /// Makes the process; run() lets it begin. Throws std::invalid_argument when the system cannot run the program, and
  /// std::system_error when it has no room for another process.
  TracedProcess(Tracer& tracer, const Program& program, const Chance& chance, const TraceLimits& limits, Time now,
                Sink sink);
  TracedProcess(const TracedProcess&) = delete;
  TracedProcess& operator=(const TracedProcess&) = delete;
  /// Kills everything that descends from it, and reaps it.
  ~TracedProcess();

  /// Puts text into its standard input. It sees it when it is let run.
  void deliver(std::string_view text);
  /// What is delivered and does not fit into the pipe.
  std::size_t undelivered_bytes() const;
  /// That, and what it has not taken out of the pipe.
  std::size_t unread_bytes() const;
  /// Lets it run until it can only wait, or its output is enough. No time of the run passes.
  void run(Time now);
  /// When it would go on by itself; Time::max() if only input moves it.
  Time next_deadline() const;
  /// From `now` on its clocks gain so many thousandths, and its calendar clock stands so much beside the true one.
  void skew(int drift_permille, Duration wall_offset, Time now);
  /// How it ended, in words such as "exited with status 1", if it did; also when a limit ended it.
  const std::optional<std::string>& ending() const;
  bool output_is_closed() const;
  const Doubts& doubts() const;
  /// How often it was stopped: equal in runs that are.
  std::uint64_t stops() const;

 private:
  std::unique_ptr<Tree> tree_;
};

}  // namespace mznode::trace
