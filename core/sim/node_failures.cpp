#include "mznode/sim/node_failures.hpp"

#include <algorithm>

#include "mznode/sim/excerpt.hpp"

namespace mznode::sim {
namespace failure {
namespace {

std::string the_line(std::string_view line) {
  return "\nthe line: " + excerpt(line);
}

/// A name as a node wrote it.
std::string name(std::string_view text) {
  constexpr std::size_t longest = 60;
  return text.empty() ? "\"\"" : excerpt(text, longest);
}

std::string too_much(const LineSample& sample) {
  return std::string(", more than a test can be expected to carry") +
         (sample.text().empty() ? "" : "; one of its lines: " + sample.text());
}

}  // namespace

std::string megabytes(std::size_t bytes) {
  if (bytes < ProcessLimits::megabyte) return std::to_string(bytes) + " bytes";
  return std::to_string(bytes / ProcessLimits::megabyte) + " MB";
}

std::string not_a_message(std::string_view node, std::string_view problem, std::string_view line) {
  return "wrote a line that is not a message: " + std::string(problem) + the_line(line) + "\nexpected: {\"src\": \"" +
         std::string(node) +
         "\", \"dest\": \"<a node, service or client>\", \"body\": {\"type\": …}} and nothing else on standard output "
         "(logs go to standard error)";
}

std::string to_nobody(std::string_view dest, std::string_view line) {
  return "sent a message to " + name(dest) + ", but there is nobody of that name" + the_line(line) +
         "\nexpected: as dest the name of a node, of a service (lin-kv, seq-kv, lww-kv, lin-tso), or of a client that "
         "sent it a request";
}

std::string under_another_name(std::string_view node, std::string_view src, std::string_view line) {
  return "sent a message under the name of " + name(src) + the_line(line) + "\nexpected: \"src\": \"" +
         std::string(node) + "\", its own name, which is the dest of the requests that reach it";
}

std::string ended(std::string_view how, const NodeLog& log) {
  const std::string rule = "a node has to run until it is killed";
  if (const std::string crash = log.crash().words(); !crash.empty()) {
    return std::string(how) + ": " + crash + "; " + rule;
  }
  const std::string last = log.last_line();
  return std::string(how) + ", but " + rule + (last.empty() ? "" : "; the last it logged: " + last);
}

std::string closed_stream(std::string_view stream) {
  return "closed its standard " + std::string(stream);
}

std::string does_not_read(const ProcessLimits& limits) {
  return "does not read its input: more than " + megabytes(limits.unread_bytes) + " wait for it";
}

std::string endless_line(const ProcessLimits& limits) {
  return "wrote more than " + megabytes(limits.line_bytes) + " without a line break";
}

std::string flood(std::size_t bytes, std::size_t all_bytes, Time now, const LineSample& sample) {
  const auto seconds = static_cast<std::size_t>(now.time_since_epoch() / 1s);
  return "wrote " + megabytes(bytes) + " of the " + megabytes(all_bytes) + " that all nodes wrote in " +
         std::to_string(seconds + 1) + " s" + too_much(sample);
}

std::string flood_at_once(const std::string& what, const LineSample& sample) {
  return "wrote " + what + " within one moment of virtual time" + too_much(sample);
}

std::string too_large(std::size_t bytes, const ProcessLimits& limits) {
  return "takes " + megabytes(bytes) + " of memory, more than the " + megabytes(limits.memory_bytes) +
         " that a node may take (--memory)";
}

std::string silence(std::string_view unfinished_line, std::size_t bytes_written, bool has_read_all) {
  if (!unfinished_line.empty()) {
    constexpr std::size_t shown = 80;
    return "; " + std::to_string(unfinished_line.size()) +
           " bytes wait in its standard output without a line break behind them (does it end each message with one, "
           "and flush it?): " +
           excerpt(unfinished_line, shown);
  }
  if (bytes_written > 0) return {};
  return has_read_all ? "; it has read all that was sent to it and written nothing: does it flush its standard output "
                        "after each message?"
                      : "; it has not read all that was sent to it, and written nothing";
}

std::string late_reply(std::string_view client) {
  return "[mznode test] a reply to " + std::string(client) +
         " came after it had stopped waiting and left; it is lost, and Maelstrom would stop listening to this node. "
         "More of these are not reported.";
}

}  // namespace failure

namespace {

constexpr std::size_t tail_lines = 20;
constexpr std::size_t tail_line_bytes = 400;

}  // namespace

void LineSample::take(std::string_view line) {
  constexpr std::uint64_t interval = 1 << 10;
  constexpr std::size_t shown = 120;
  if (++lines_ % interval == 0) text_ = excerpt(line, shown);
}

void NodeLog::take(std::string_view line) {
  crash_.take(line);
  last_lines_.push_back(excerpt(line, tail_line_bytes));
  if (last_lines_.size() > tail_lines) last_lines_.pop_front();
  constexpr std::size_t overhead = 64;  // of a line that whoever listens keeps
  const bool had_room = bytes_ <= limit_;
  bytes_ += line.size() + overhead;
  if (!had_room) return;
  if (bytes_ <= limit_) {
    on_line_(line);
  } else {
    on_line_("[mznode test] the log is cut here, after " + failure::megabytes(limit_));
  }
}

void NodeLog::take_long_line(std::size_t limit) {
  take("[mznode test] a line of more than " + failure::megabytes(limit) + " is left out here");
}

std::string NodeLog::last_line() const {
  const auto has_words = [](const std::string& line) { return line.find_first_not_of(" \t") != std::string::npos; };
  const auto found = std::find_if(last_lines_.rbegin(), last_lines_.rend(), has_words);
  return found == last_lines_.rend() ? std::string() : *found;
}

std::string NodeLog::tail() const {
  std::string text;
  if (!crash_.words().empty() && crash_.age() > tail_lines) {
    text = "\nwhere its log tells of the crash:";
    for (const std::string& line : crash_.lines()) text += "\n  " + excerpt(line, tail_line_bytes);
    return text + "\n  … (" + std::to_string(crash_.age() - crash_.lines().size()) + " more lines)";
  }
  text = last_lines_.empty() ? "\nits log is empty" : "\nthe end of its log:";
  for (const std::string& line : last_lines_) text += "\n  " + line;
  return text;
}

}  // namespace mznode::sim
