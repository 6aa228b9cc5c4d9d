#include "core/sim/process_host.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>

#include "core/sim/process_host_process.hpp"

namespace mznode::sim {
namespace {

/// How often the host looks for processes that ended without closing their pipes, since those that they forked hold
/// them open. No wait is longer, so that Ctrl-C is noticed wherever it strikes.
constexpr Duration look_interval = 50ms;

}  // namespace

ProcessHost::ProcessHost(const std::string& program, std::vector<std::string> arguments, ProcessLimits limits)
    : program_(resolve_program(program)), arguments_(std::move(arguments)), limits_(limits) {}

ProcessHost::~ProcessHost() {
  // All of them first: they die while the first is waited for.
  for (const auto& [name, process] : processes_) {
    if (process) process->stop();
  }
}

ProcessHost::Process* ProcessHost::find(const std::string& node) {
  const auto found = processes_.find(node);
  return found == processes_.end() ? nullptr : found->second.get();
}

void ProcessHost::start(const std::string& node) {
  auto& process = processes_[node];
  process = std::make_unique<Process>(*this, node);
  network_->add(node, Endpoint::node, [this, started = process.get()](const Packet& packet) {
    correspondents_.insert(packet.src);
    started->receive(packet);
  });
}

void ProcessHost::kill(const std::string& node) {
  network_->remove(node);
  processes_[node].reset();
}

void ProcessHost::pause(const std::string& node) {
  if (Process* running = find(node)) running->pause();
}

void ProcessHost::resume(const std::string& node) {
  if (Process* running = find(node)) running->resume();
}

void ProcessHost::skew(const std::string&, int, Duration) {}

std::string ProcessHost::log_tail(const std::string& node) {
  Process* running = find(node);
  return running == nullptr ? std::string() : running->log_tail();
}

Time ProcessHost::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_));
}

bool ProcessHost::is_known(const std::string& name) const {
  return network_->exists(name) || processes_.contains(name) || correspondents_.contains(name);
}

std::string_view ProcessHost::send(const std::string& node, const OutputLine& message) {
  if (message.src != node && !is_known(message.src)) return "there is nobody of the name that is its src";
  const std::string& dest = message.dest;
  if (network_->send(message.src, dest, message.body)) return {};
  if (processes_.contains(dest)) return {};  // a node that is dead just now
  if (!correspondents_.contains(dest)) return "there is nobody of the name that is its dest";
  if (late_replies_++ == 0) {
    report_log_(node, "[mznode test] a reply to " + dest +
                         " came after it had stopped waiting and left; it is lost, and Maelstrom would stop listening "
                         "to this node. More of these are not reported.");
  }
  return {};
}

void ProcessHost::wait_until(Time until) {
  bury();
  std::vector<pollfd> polls(Process::streams * processes_.size());
  std::size_t at = 0;
  const auto next_streams = [&] {
    at += Process::streams;
    return std::span<pollfd, Process::streams>(polls.data() + at - Process::streams, Process::streams);
  };
  for (const auto& [name, process] : processes_) {
    const auto streams = next_streams();
    for (pollfd& stream : streams) stream = {.fd = -1, .events = 0, .revents = 0};
    if (!process) continue;
    process->flush();
    process->watch(streams);
  }
  const Duration wait = std::max(std::min(until, next_look_) - now(), Duration::zero());
  const timespec timeout = {.tv_sec = static_cast<time_t>(wait / 1s),
                            .tv_nsec = static_cast<long>((wait % 1s).count())};
  const int count = ::ppoll(polls.data(), polls.size(), &timeout, nullptr);
  at = 0;
  for (const auto& [name, process] : processes_) {
    const auto streams = next_streams();
    if (count > 0 && process) process->handle(streams);
  }
  limit_output();
  if (now() >= next_look_) look_for_ends();
  bury();
}

void ProcessHost::look_for_ends() {
  next_look_ = now() + look_interval;
  for (const auto& [name, process] : processes_) {
    if (process) process->look();
  }
}

void ProcessHost::limit_output() {
  const auto seconds = static_cast<std::size_t>(now().time_since_epoch() / 1s);
  if (output_bytes_ <= limits_.output_bytes + seconds * limits_.output_bytes_per_s) return;
  Process* loudest = nullptr;
  for (const auto& [name, process] : processes_) {
    if (process && (loudest == nullptr || process->output_bytes() > loudest->output_bytes())) loudest = process.get();
  }
  if (loudest != nullptr) loudest->end_flood();
}

void ProcessHost::bury() {
  for (auto& [name, process] : processes_) {
    if (!process || !process->has_ended()) continue;
    network_->remove(name);
    process.reset();
  }
}

}  // namespace mznode::sim
