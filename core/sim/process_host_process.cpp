#include "process_host_process.hpp"

#include <sys/ioctl.h>

namespace mznode::sim {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;  // as much as a pipe holds
/// A process that ends closes its streams a moment before it has ended.
constexpr Duration closing_grace = 500ms;
/// A dead process can have left no more than its pipe holds; one that it forked may go on writing.
constexpr int last_reads = 32;

}  // namespace

ProcessHost::Process::Process(ProcessHost& host, std::string name)
    : host_(host),
      name_(std::move(name)),
      child_(host.program_, host.arguments_),
      output_(host.limits_.line_bytes),
      log_lines_(max_log_line_bytes),
      log_(host.limits_, [this](std::string_view line) { host_.report_log_(name_, line); }),
      times_(host.client_timeout_) {}

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
    condemn(failure::does_not_read(host_.limits_));
    return;
  }
  times_.asked(packet, host_.now());
  if (unread_.empty() || unread_.back().size() >= piece_bytes) unread_.emplace_back();
  TextBuffer& last = unread_.back();
  const std::size_t before = last.size();
  append_line(last, packet);
  unread_bytes_ += last.size() - before;
}

void ProcessHost::Process::flush() {
  while (unread_bytes_ > 0 && !has_ended_) {
    std::size_t bytes = 0;
    const WriteOutcome written = write_some(child_.input, unread_.front().view().substr(sent_), bytes);
    if (written == WriteOutcome::full) return;
    if (written == WriteOutcome::closed) {
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
  const ReadOutcome got = read_some(child_.output, output_, bytes);
  if (got == ReadOutcome::nothing_yet) return;
  output_bytes_ += bytes;
  host_.output_bytes_ += bytes;
  if (output_.skipped() > 0) {
    condemn(failure::endless_line(host_.limits_));
  }
  take_lines();
  if (got == ReadOutcome::closed) {
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
  sample_.take(line);
  OutputLine message;
  if (const auto problem = parse_output(line, message)) {
    mute(failure::not_a_message(name_, *problem, line));
    return;
  }
  times_.answered(message, host_.now());
  const Correspondents::Fate fate = host_.correspondents_.carry(name_, message);
  if (fate == Correspondents::Fate::first_late) host_.report_log_(name_, failure::late_reply(message.dest));
  const std::string wrong = Correspondents::describe(fate, name_, message, line);
  if (!wrong.empty()) mute(wrong);
}

bool ProcessHost::Process::read_log() {
  std::size_t bytes = 0;
  const ReadOutcome got = read_some(child_.log, log_lines_, bytes);
  std::string_view line;
  while (log_lines_.next(line)) log_.take(line);
  if (log_lines_.skipped() > long_log_lines_) {
    long_log_lines_ = log_lines_.skipped();
    log_.take_long_line(max_log_line_bytes);
  }
  if (got == ReadOutcome::closed) {
    if (log_lines_.last(line)) log_.take(line);
    child_.log.close();
  }
  return got == ReadOutcome::some;
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
    read_rest_of_log();
    report(failure::ended(*how, log_));
  } else if (!closed_stream_.empty() && !is_muted_ && host_.now() - closed_at_ >= closing_grace &&
             !child_.has_ended()) {
    mute(failure::closed_stream(closed_stream_));
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
  condemn(failure::flood(output_bytes_, host_.output_bytes_, host_.now(), sample_));
}

void ProcessHost::Process::limit_memory(const std::vector<ProcessEntry>& all) {
  if (has_ended_) return;
  const std::uint64_t bytes = memory_of_tree(all, child_.root(), host_.limits_.memory_bytes);
  if (bytes > host_.limits_.memory_bytes) condemn(failure::too_large(bytes, host_.limits_));
}

void ProcessHost::Process::report(const std::string& what) {
  host_.report_failure_({.node = name_, .at = host_.now(), .description = what + log_tail(), .has_ended = has_ended_});
}

void ProcessHost::Process::read_rest_of_log() {
  for (int i = 0; i < last_reads && child_.log.is_open() && read_log(); ++i) {
  }
}

std::string ProcessHost::Process::log_tail() {
  read_rest_of_log();
  return log_.tail();
}

SilenceCause ProcessHost::Process::silence() const {
  int waiting = 0;
  const bool is_known = child_.input.is_open() && ::ioctl(child_.input.get(), FIONREAD, &waiting) == 0;
  const std::size_t unread = unread_bytes_ + static_cast<std::size_t>(waiting);
  std::string words = failure::silence(output_.unfinished(), output_bytes_, is_known && unread == 0);
  if (!words.empty()) return {.words = std::move(words)};
  return {.late = times_.first_late(), .unread_bytes = is_known && !is_paused_ && !has_ended_ ? unread : 0};
}

}  // namespace mznode::sim
