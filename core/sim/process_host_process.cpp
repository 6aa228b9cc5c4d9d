#include "core/sim/process_host_process.hpp"

#include "core/sim/excerpt.hpp"
#include "core/sim/node_output.hpp"

namespace mznode::sim {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;  // as much as a pipe holds
constexpr std::size_t max_log_line_bytes = 1 << 20;
constexpr std::size_t tail_lines = 20;
constexpr std::size_t tail_line_bytes = 400;
/// A process that ends closes its streams a moment before it can be seen to have ended.
constexpr Duration closing_grace = 500ms;
/// A dead process can have left no more than its pipe holds; one that it forked may go on writing.
constexpr int last_reads = 32;

std::string megabytes(std::size_t bytes) {
  constexpr std::size_t megabyte = ProcessLimits::megabyte;
  if (bytes < megabyte) return std::to_string(bytes) + " bytes";
  return std::to_string(bytes / megabyte) + " MB";
}

}  // namespace

ProcessHost::Process::Process(ProcessHost& host, std::string name)
    : host_(host),
      name_(std::move(name)),
      child_(host.program_, host.arguments_),
      output_(host.limits_.line_bytes),
      log_(max_log_line_bytes) {}

void ProcessHost::Process::pause() {
  is_paused_ = true;
  child_.signal(SIGSTOP);
}

void ProcessHost::Process::resume() {
  is_paused_ = false;
  child_.signal(SIGCONT);
}

// ---- Input

void ProcessHost::Process::receive(const Packet& packet) {
  if (has_ended_ || !child_.input.is_open()) return;
  if (unread_bytes_ > host_.limits_.unread_bytes) {
    // That a node stands still is not its fault; the messages are lost.
    if (is_paused_) return;
    condemn("does not read its input: more than " + megabytes(host_.limits_.unread_bytes) + " wait for it");
    return;
  }
  if (unread_.empty() || unread_.back().size() >= piece_bytes) unread_.emplace_back();
  TextBuffer& last = unread_.back();
  const std::size_t before = last.size();
  append_line(last, packet);
  unread_bytes_ += last.size() - before;
}

void ProcessHost::Process::flush() {
  while (unread_bytes_ > 0 && !has_ended_) {
    std::size_t bytes = 0;
    const Write written = write_some(child_.input, unread_.front().view().substr(sent_), bytes);
    if (written == Write::full) return;
    if (written == Write::closed) {
      stream_closed(child_.input, "input");
      unread_.clear();
      unread_bytes_ = sent_ = 0;
      return;
    }
    sent_ += bytes;
    unread_bytes_ -= bytes;
    if (sent_ < unread_.front().size()) continue;
    sent_ = 0;
    if (unread_.size() > 1) {
      unread_.pop_front();
    } else {
      unread_.front().clear();
    }
  }
}

// ---- Output and log

void ProcessHost::Process::watch(std::span<pollfd, streams> polls) const {
  polls[0] = {.fd = unread_bytes_ > 0 ? child_.input.get() : -1, .events = POLLOUT, .revents = 0};
  polls[1] = {.fd = child_.output.get(), .events = POLLIN, .revents = 0};
  polls[2] = {.fd = child_.log.get(), .events = POLLIN, .revents = 0};
}

void ProcessHost::Process::handle(std::span<const pollfd, streams> polls) {
  if (polls[0].revents != 0) flush();
  if (polls[2].revents != 0) read_log();
  if (polls[1].revents != 0) read_output();
}

void ProcessHost::Process::read_output() {
  std::size_t bytes = 0;
  const Read got = read_some(child_.output, output_, bytes);
  if (got == Read::nothing_yet) return;
  output_bytes_ += bytes;
  host_.output_bytes_ += bytes;
  if (output_.skipped() > 0) {
    condemn("wrote more than " + megabytes(host_.limits_.line_bytes) + " without a line break");
  }
  take_lines();
  if (got == Read::closed) {
    std::string_view line;
    if (!is_muted_ && output_.last(line)) take(line);
    stream_closed(child_.output, "output");
  }
}

void ProcessHost::Process::take_lines() {
  std::string_view line;
  while (output_.next(line)) {
    if (!is_muted_) take(line);
  }
}

void ProcessHost::Process::take(std::string_view line) {
  OutputLine message;
  std::optional<std::string> problem = parse_output(line, message);
  if (!problem) {
    if (const std::string_view wrong = host_.send(name_, message); !wrong.empty()) problem = wrong;
  }
  if (!problem) return;
  mute("wrote a line that is not a message: " + *problem + "\nthe line: " + excerpt(line) + "\nexpected: {\"src\": \"" +
       name_ +
       "\", \"dest\": \"<a node, service or client>\", \"body\": {\"type\": …}} and nothing else on standard output "
       "(logs go to standard error)");
}

bool ProcessHost::Process::read_log() {
  std::size_t bytes = 0;
  const Read got = read_some(child_.log, log_, bytes);
  std::string_view line;
  while (log_.next(line)) take_log(line);
  if (log_.skipped() > long_log_lines_) {
    long_log_lines_ = log_.skipped();
    take_log("[mznode test] a line of more than " + megabytes(max_log_line_bytes) + " is left out here");
  }
  if (got == Read::closed) {
    if (log_.last(line)) take_log(line);
    child_.log.close();
  }
  return got == Read::some;
}

void ProcessHost::Process::take_log(std::string_view line) {
  last_log_lines_.push_back(excerpt(line, tail_line_bytes));
  if (last_log_lines_.size() > tail_lines) last_log_lines_.pop_front();
  constexpr std::size_t overhead = 64;  // of a line that whoever listens keeps
  const bool had_room = log_bytes_ <= host_.limits_.log_bytes;
  log_bytes_ += line.size() + overhead;
  if (!had_room) return;
  if (log_bytes_ <= host_.limits_.log_bytes) {
    host_.report_log_(name_, line);
  } else {
    host_.report_log_(name_, "[mznode test] the log is cut here, after " + megabytes(host_.limits_.log_bytes));
  }
}

// ---- What a node may not do

void ProcessHost::Process::stream_closed(Descriptor& stream, std::string_view name) {
  stream.close();
  if (closed_stream_.empty()) {
    closed_stream_ = name;
    closed_at_ = host_.now();
  }
}

void ProcessHost::Process::look() {
  if (has_ended_) return;
  if (const auto how = child_.ending()) {
    for (int i = 0; i < last_reads && child_.output.is_open(); ++i) read_output();
    has_ended_ = true;
    is_muted_ = true;
    report(*how + ", but a node has to run until it is killed");
  } else if (!closed_stream_.empty() && !is_muted_ && host_.now() - closed_at_ >= closing_grace) {
    mute("closed its standard " + std::string(closed_stream_));
  }
}

void ProcessHost::Process::mute(const std::string& what) {
  is_muted_ = true;
  report(what);
}

void ProcessHost::Process::condemn(const std::string& what) {
  if (has_ended_) return;
  is_muted_ = true;
  has_ended_ = true;
  report(what);
  child_.signal(SIGKILL);
}

void ProcessHost::Process::end_flood() {
  const auto seconds = static_cast<std::size_t>(host_.now().time_since_epoch() / 1s);
  condemn("wrote " + megabytes(output_bytes_) + " of the " + megabytes(host_.output_bytes_) +
          " that all nodes wrote in " + std::to_string(seconds + 1) + " s, more than a test can be expected to carry");
}

void ProcessHost::Process::report(const std::string& what) {
  host_.report_failure_({.node = name_, .at = host_.now(), .description = what + log_tail(), .has_ended = has_ended_});
}

std::string ProcessHost::Process::log_tail() {
  for (int i = 0; i < last_reads && child_.log.is_open() && read_log(); ++i) {
  }
  std::string text = last_log_lines_.empty() ? "\nits log is empty" : "\nthe end of its log:";
  for (const std::string& line : last_log_lines_) text += "\n  " + line;
  return text;
}

}  // namespace mznode::sim
