#include "virtual_process_host_process.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mznode/json/fnv.hpp"
#include "mznode/node/invariant.hpp"
#include "mznode/sim/node_output.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {
namespace {

/// A node is told a number for its process that no real one is likely to have.
constexpr int first_shown_pid = 4'000'000;

std::uint64_t stream_of(std::uint64_t seed, const std::string& node, std::uint64_t life) {
  Fnv hash;
  hash.add(node);
  for (const std::uint64_t number : {seed, life}) {
    for (int shift = 0; shift < 64; shift += 8) hash.add(static_cast<unsigned char>(number >> shift));
  }
  return hash.value();
}

/// The same for a node's life in every run, and different for each of them.
int shown_pid_of(const std::string& node, std::uint64_t life) {
  return first_shown_pid + static_cast<int>(stream_of(0, node, life) % 180) * 1000;
}

/// Temporary files go where they can be watched, and where no other run's are.
std::vector<std::string> with_directory(std::vector<std::string> environment, const std::filesystem::path& directory) {
  environment.push_back("TMPDIR=" + directory.string());
  std::sort(environment.begin(), environment.end());
  return environment;
}

std::string line_of(const Packet& packet) {
  TextBuffer line;
  append_line(line, packet);
  return std::string(line.view());
}

void append(LineBuffer& lines, std::string_view bytes) {
  const auto room = lines.room();
  const std::size_t count = std::min(room.size(), bytes.size());
  std::memcpy(room.data(), bytes.data(), count);
  lines.filled(count);
}

}  // namespace

std::uint64_t VirtualProcessHost::Process::seed_of(const Options& options, const std::string& node,
                                                   std::uint64_t life) {
  const std::uint64_t usual = stream_of(options.seed, node, life);
  if (!options.chance) return usual;
  return Random(*options.chance, node + ", life " + std::to_string(life), usual)
      .about("seed of its chance")
      .given(usual);
}

VirtualProcessHost::Process::Process(VirtualProcessHost& host, std::string name, std::uint64_t life,
                                     std::filesystem::path directory)
    : host_(host),
      name_(std::move(name)),
      directory_(std::move(directory)),
      output_(host.options_.limits.line_bytes),
      log_lines_(max_log_line_bytes),
      log_(host.options_.limits, [this](std::string_view line) { host_.report_log_(name_, line); }),
      times_(host.options_.client_timeout),
      tracer_(host.next_tracer()) {
  on_tracer(trace::TracerThread::Work([this, life](trace::Tracer& tracer) {
    const Options& options = host_.options_;
    traced_ = std::make_unique<trace::TracedProcess>(
        tracer,
        trace::Program{.path = options.program,
                       .arguments = options.arguments,
                       .environment = with_directory(host_.environment_, directory_),
                       .directory = directory_.string()},
        trace::TracedProcess::Chance{.seed = seed_of(options, name_, life),
                                     .schedule = options.schedule,
                                     .shown_pid = shown_pid_of(name_, life),
                                     .cpu_time_permille = options.cpu_time_permille},
        trace::TraceLimits{.stall = options.stall,
                           .memory_bytes = options.limits.memory_bytes,
                           .held_bytes = options.limits.output_bytes},
        host_.now_,
        trace::TracedProcess::Sink{
            .output = [this](std::string_view bytes, Time at) { return written_.output(bytes, at); },
            .log = [this](std::string_view bytes) { written_.log(bytes); }});
  }));
}

VirtualProcessHost::Process::~Process() {
  host_.timers_.cancel(alarm_);
  for (const Early& early : early_) host_.timers_.cancel(early.alarm);
  if (turn_) turn_->end.wait();
  // What was not heard has not happened.
  const trace::Doubts doubts = turn_ ? turn_->doubts : traced_->doubts();
  for (const std::string& escape : doubts.escapes) host_.doubts_.insert(name_ + " " + escape);
  if (doubts.preemptions > 0) {
    host_.doubts_.insert(name_ + " computed without a system call while other threads waited for their turn");
  }
  host_.stops_ += turn_ ? turn_->stops : traced_->stops();
  if (turn_ && turn_->cause == Turn::Cause::message) --host_.ahead_;
  on_tracer(trace::TracerThread::Work([this](trace::Tracer&) { traced_.reset(); }));
}

/// Does it and waits for its end.
void VirtualProcessHost::Process::on_tracer(trace::TracerThread::Work work) {
  std::future<void> end = work.get_future();
  post(std::move(work));
  end.get();
}

/// For its own tracer: done at once where that is this thread.
void VirtualProcessHost::Process::post(trace::TracerThread::Work work) {
  if (tracer_ == nullptr) {
    work(*host_.tracer_);
  } else {
    tracer_->post(std::move(work));
  }
}

// ---- Input and time

void VirtualProcessHost::Process::begin() {
  begin_turn(Turn::Cause::beginning, 0, {});
}

void VirtualProcessHost::Process::hear_beginning() {
  if (turn_ && turn_->cause == Turn::Cause::beginning) end_turn();
}

void VirtualProcessHost::Process::run_ahead(const Packet& packet) {
  ++host_.ahead_;
  begin_turn(Turn::Cause::message, packet.id, line_of(packet));
}

void VirtualProcessHost::Process::receive(const Packet& packet) {
  hear_beginning();
  if (has_ended_) return;
  times_.asked(packet, host_.now_);
  if (is_paused_) {
    traced_->deliver(line_of(packet));
    return;
  }
  if (turn_) {
    invariant(turn_->cause == Turn::Cause::message && turn_->packet == packet.id,
              "who ran ahead receives what it was told", {turn_->packet, packet.id});
    --host_.ahead_;
  } else if (is_traced_here()) {
    host_.run_ahead(*this);
    begin_turn(Turn::Cause::message, packet.id, line_of(packet));
  } else {
    begin_turn(Turn::Cause::message, packet.id, line_of(packet));
    host_.run_ahead(*this);
  }
  end_turn();
}

void VirtualProcessHost::Process::run() {
  hear_beginning();
  if (has_ended_ || is_paused_) return;
  begin_turn(Turn::Cause::time, 0, {});
  end_turn();
}

void VirtualProcessHost::Process::begin_turn(Turn::Cause cause, std::uint64_t packet, std::string line) {
  invariant(!turn_, "one turn at a time");
  trace::TracerThread::Work work([this, cause, line = std::move(line), now = host_.now_](trace::Tracer&) {
    if (cause == Turn::Cause::message) traced_->deliver(line);
    if (cause != Turn::Cause::message || !is_flooded()) traced_->run(now);
  });
  const ProcessLimits& limits = host_.options_.limits;
  written_.most_bytes = limits.output_bytes;
  written_.most_lines = limits.lines_at_once - early_.size();
  written_.most_log_bytes = limits.log_bytes;
  turn_.emplace(Turn{.cause = cause,
                     .packet = packet,
                     .end = work.get_future(),
                     .unread_bytes = cause == Turn::Cause::message ? traced_->unread_bytes() : 0,
                     .stops = traced_->stops(),
                     .doubts = traced_->doubts()});
  post(std::move(work));
}

/// Hears what it wrote, and notes when it will go on by itself.
void VirtualProcessHost::Process::end_turn() {
  Turn turn = std::move(*turn_);
  turn_.reset();
  trace::TracerThread::wait(turn.end);
  turn.end.get();
  const Written written = written_.take();
  for (const Written::Piece& piece : written.pieces) {
    if (piece.is_log) {
      take_log(piece.bytes);
    } else {
      take_output(piece.bytes, piece.at);
    }
  }
  if (!written.flood.empty()) {
    condemn(failure::flood_at_once(written.flood, sample_));
    return;
  }
  if (turn.cause == Turn::Cause::message && is_flooded()) {
    condemn(failure::does_not_read(host_.options_.limits));
    return;
  }
  look();
  set_alarm();
}

bool VirtualProcessHost::Process::is_flooded() const {
  return traced_->undelivered_bytes() > host_.options_.limits.unread_bytes;
}

void VirtualProcessHost::Process::set_alarm() {
  host_.timers_.cancel(alarm_);
  alarm_ = 0;
  if (has_ended_ || is_paused_) return;
  const Time next = traced_->next_deadline();
  if (next == Time::max()) return;
  alarm_ = host_.timers_.set(std::max(next, host_.now_), [this] {
    alarm_ = 0;
    run();
  });
}

void VirtualProcessHost::Process::pause() {
  hear_beginning();
  is_paused_ = true;
  set_alarm();
}

void VirtualProcessHost::Process::resume() {
  is_paused_ = false;
  run();
}

void VirtualProcessHost::Process::skew(int drift_permille, Duration wall_offset) {
  hear_beginning();
  traced_->skew(drift_permille, wall_offset, host_.now_);
  set_alarm();
}

// ---- Output and log

/// False when it was too much.
bool VirtualProcessHost::Process::Written::output(std::string_view written, Time at) {
  if (written.size() > most_bytes - bytes) {
    written = written.substr(0, most_bytes - bytes);
    flood = failure::megabytes(most_bytes);
  }
  std::size_t end = 0;
  for (std::size_t at_break = 0; (at_break = written.find('\n', end)) != std::string_view::npos; end = at_break + 1) {
    if (lines == most_lines) {
      written = written.substr(0, end);
      flood = std::to_string(most_lines) + " lines";
      break;
    }
    ++lines;
  }
  bytes += written.size();
  if (!written.empty()) pieces.push_back({false, std::string(written), at});
  return flood.empty();
}

void VirtualProcessHost::Process::Written::log(std::string_view written) {
  if (log_bytes > most_log_bytes) return;
  log_bytes += written.size();
  pieces.push_back({true, std::string(written), Time()});
}

VirtualProcessHost::Process::Written VirtualProcessHost::Process::Written::take() {
  Written taken;
  std::swap(taken, *this);
  return taken;
}

void VirtualProcessHost::Process::count_output(std::size_t bytes) {
  output_bytes_ += bytes;
  host_.output_bytes_ += bytes;
}

void VirtualProcessHost::Process::take_output(std::string_view bytes, Time at) {
  count_output(bytes.size());
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), output_.room().size());
    append(output_, bytes.substr(0, count));
    bytes.remove_prefix(count);
    std::string_view line;
    while (output_.next(line)) take(line, at);
  }
  if (output_.skipped() > 0) condemn(failure::endless_line(host_.options_.limits));
}

/// A line is sent when the run's clock shows what the node's showed when it was written.
void VirtualProcessHost::Process::take(std::string_view line, Time at) {
  if (is_muted_) return;
  sample_.take(line);
  if (at <= host_.now_ && early_.empty()) {
    carry(line);
    return;
  }
  const TimerId alarm = host_.timers_.set(std::max(at, host_.now_), [this] {
    const std::string text = std::move(early_.front().line);
    early_.pop_front();
    carry(text);
  });
  early_.push_back({alarm, std::string(line)});
}

void VirtualProcessHost::Process::carry(std::string_view line) {
  if (is_muted_) return;
  OutputLine message;
  if (const auto problem = parse_output(line, message)) {
    mute(failure::not_a_message(name_, *problem, line));
    return;
  }
  times_.answered(message, host_.now_);
  const Correspondents::Fate fate = host_.correspondents_.carry(name_, message);
  if (fate == Correspondents::Fate::first_late) host_.report_log_(name_, failure::late_reply(message.dest));
  const std::string wrong = Correspondents::describe(fate, name_, message, line);
  if (!wrong.empty()) mute(wrong);
}

void VirtualProcessHost::Process::take_log(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), log_lines_.room().size());
    append(log_lines_, bytes.substr(0, count));
    bytes.remove_prefix(count);
    std::string_view line;
    while (log_lines_.next(line)) log_.take(line);
    if (log_lines_.skipped() > long_log_lines_) {
      long_log_lines_ = log_lines_.skipped();
      log_.take_long_line(max_log_line_bytes);
    }
  }
}

SilenceCause VirtualProcessHost::Process::silence() const {
  if (turn_) turn_->end.wait();
  const std::size_t unread = turn_ ? turn_->unread_bytes : traced_->unread_bytes();
  std::string words = failure::silence(output_.unfinished(), output_bytes_, unread == 0);
  if (!words.empty()) return {.words = std::move(words)};
  return {.late = times_.first_late(), .unread_bytes = is_paused_ || has_ended_ ? 0 : unread};
}

// ---- What a node may not do

void VirtualProcessHost::Process::look() {
  if (has_ended_) return;
  if (const auto& how = traced_->ending()) {
    has_ended_ = true;
    std::string_view rest;
    if (log_lines_.last(rest)) log_.take(rest);
    report(failure::ended(*how, log_));
    is_muted_ = true;
  } else if (traced_->output_is_closed() && !is_muted_) {
    mute(failure::closed_stream("output"));
  }
}

void VirtualProcessHost::Process::mute(const std::string& what) {
  is_muted_ = true;
  report(what);
}

void VirtualProcessHost::Process::condemn(const std::string& what) {
  if (has_ended_) return;
  is_muted_ = true;
  has_ended_ = true;
  report(what);
}

void VirtualProcessHost::Process::end_flood() {
  condemn(failure::flood(output_bytes_, host_.output_bytes_, host_.now_, sample_));
}

void VirtualProcessHost::Process::report(const std::string& what) {
  host_.report_failure_({.node = name_, .at = host_.now_, .description = what + log_.tail(), .has_ended = has_ended_});
}

}  // namespace mznode::sim
