#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "mznode/node/runtime.hpp"
#include "mznode/sim/crash_cause.hpp"

namespace mznode::sim {

/// A line of a node's log that is longer is cut.
inline constexpr std::size_t max_log_line_bytes = 1 << 20;

/// How much a node may write, leave unread, or hold in memory before it counts as broken: what it can make the test and
/// its machine carry.
struct ProcessLimits {
  static constexpr std::size_t megabyte = std::size_t{1} << 20;
  /// In one line.
  std::size_t line_bytes = 64 * megabyte;
  /// All nodes in all lines: so much at once, and so much more each second. Beyond it the one that wrote most is
  /// broken.
  std::size_t output_bytes = 128 * megabyte;
  std::size_t output_bytes_per_s = 32 * megabyte;
  /// One node within one moment of virtual time, which is held until its time has come: so many lines, and no more
  /// bytes than all nodes at once.
  std::size_t lines_at_once = 1'000'000;
  /// What waits for the node to read it.
  std::size_t unread_bytes = 256 * megabyte;
  /// Of its log; what it writes beyond is left out.
  std::size_t log_bytes = 16 * megabyte;
  /// What the processes of one node have in memory.
  std::size_t memory_bytes = 2048 * megabyte;
};

class NodeLog;

/// One of many lines that a node wrote, by which to know the others.
class LineSample {
 public:
  void take(std::string_view line);
  const std::string& text() const { return text_; }

 private:
  std::uint64_t lines_ = 0;
  std::string text_;
};

/// What a host says of a node that did what no node may do (NodeFailure::description), behind the node's name. The
/// first line says what it did; lines below it are evidence. All hosts of processes say it in the same words.
namespace failure {

/// "12 MB", or bytes when it is less than one.
std::string megabytes(std::size_t bytes);

/// `problem` is what parse_output() found.
std::string not_a_message(std::string_view node, std::string_view problem, std::string_view line);
std::string to_nobody(std::string_view dest, std::string_view line);
std::string under_another_name(std::string_view node, std::string_view src, std::string_view line);
/// `how` is what became of the process, such as "exited with status 3"; `log` is what it wrote to its log.
std::string ended(std::string_view how, const NodeLog& log);
/// `stream` is "input" or "output".
std::string closed_stream(std::string_view stream);
std::string does_not_read(const ProcessLimits& limits);
std::string endless_line(const ProcessLimits& limits);
/// It wrote `bytes` of the `all_bytes` that all nodes wrote since the beginning of the run; `sample` is one of its
/// lines.
std::string flood(std::size_t bytes, std::size_t all_bytes, Time now, const LineSample& sample);
/// `what` is too much, such as "128 MB".
std::string flood_at_once(const std::string& what, const LineSample& sample);
std::string too_large(std::size_t bytes, const ProcessLimits& limits);

/// Behind what a node did not do in time, what may be the cause: the beginning of a line that it has not ended, or that
/// it has written nothing at all. Empty when neither is so.
std::string silence(std::string_view unfinished_line, std::size_t bytes_written, bool has_read_all);

/// A line in the log of a node that answered a client which had left.
std::string late_reply(std::string_view client);

}  // namespace failure

/// A node's log: hands on its lines, up to ProcessLimits::log_bytes, and remembers the last ones.
class NodeLog {
 public:
  using OnLine = std::function<void(std::string_view line)>;
  NodeLog(const ProcessLimits& limits, OnLine on_line) : limit_(limits.log_bytes), on_line_(std::move(on_line)) {}

  void take(std::string_view line);
  /// Instead of a line that is longer than `limit` bytes.
  void take_long_line(std::size_t limit);
  /// The last lines, each behind a line break and fit to show to a person; those that tell of a crash, when they stand
  /// before these.
  std::string tail() const;
  const CrashCause& crash() const { return crash_; }
  /// The last line that is not blank, fit to show to a person; empty when there is none.
  std::string last_line() const;

 private:
  std::size_t limit_;
  OnLine on_line_;
  std::size_t bytes_ = 0;
  std::deque<std::string> last_lines_;
  CrashCause crash_;
};

}  // namespace mznode::sim
