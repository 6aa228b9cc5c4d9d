#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/json/text_buffer.hpp"
#include "mznode/node/storage.hpp"

namespace mznode {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// Tags the time line of a runtime; it has no now() of its own, so that nobody can read a clock but the runtime's.
struct RuntimeClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
};
/// A moment on the runtime's monotonic clock: for timers, deadlines and leases.
using Time = std::chrono::time_point<RuntimeClock, Duration>;

/// `time` + `duration`, at most Time::max(): an endless time-out must not wrap round.
inline Time time_after(Time time, Duration duration) {
  return duration > Time::max() - time ? Time::max() : time + duration;
}

/// How much a text of the log matters, least first; `off`, as a threshold, keeps nothing.
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

/// Names a pending timer of one runtime; never given twice.
using TimerId = std::uint64_t;

/// What a runtime delivers to. Its calls never overlap: all code of a node runs on one loop.
class Process {
 public:
  virtual ~Process() = default;
  /// One message without its line break; the byte behind `line` is readable and a newline or NUL.
  virtual void receive(std::string_view line) = 0;
  /// No further message will come: whatever waits for one should end.
  virtual void close() {}
};

/// The whole world as a node sees it: real (StdioRuntime), simulated, or a test's fake. A node cannot tell which.
class Runtime {
 public:
  virtual ~Runtime() = default;

  /// Monotonic time.
  virtual Time now() const = 0;
  /// Nanoseconds since 1970 by the machine's calendar clock, which may jump.
  virtual std::int64_t wall_time_ns() const = 0;
  /// Begins a message: the caller appends its body, one valid JSON object on one line, to the buffer that is returned
  /// and then calls finish_message(). A message that is begun before the last one was finished replaces that one.
  virtual TextBuffer& begin_message(std::string_view src, std::string_view dest) = 0;
  /// Sends what was begun.
  virtual void finish_message() = 0;
  /// Calls `callback` once, at `at` or as soon after it as the loop is free.
  virtual TimerId set_timer(Time at, std::function<void()> callback) = 0;
  /// Forgets a timer; one that is not pending is ignored.
  virtual void cancel_timer(TimerId id) = 0;
  /// 64 random bits.
  virtual std::uint64_t random() = 0;
  /// Runs `work`, which must not touch the node nor throw, possibly on another thread, and then `done` on the loop.
  virtual void offload(std::function<void()> work, std::function<void()> done) = 0;
  /// Opens what a node of a cluster keeps for its next life; one process at a time may have it open. Throws
  /// std::runtime_error with a message for the user when that cannot be.
  virtual std::unique_ptr<Storage> open_storage(const std::string& node, const std::vector<std::string>& cluster) = 0;
  /// Keeps a text for whoever reads the log, if its level is high enough.
  virtual void log(LogLevel level, std::string_view text) = 0;
  /// True when `log` would keep a text of this level: spares the making of texts that nobody reads.
  virtual bool logs(LogLevel level) const = 0;
};

}  // namespace mznode
