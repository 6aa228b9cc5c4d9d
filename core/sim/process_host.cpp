#include "mznode/sim/process_host.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "process_host_process.hpp"

namespace mznode::sim {
namespace {

/// How often the host looks for processes that ended without closing their pipes, since those that they forked hold
/// them open. No wait is longer, so that Ctrl-C is noticed wherever it strikes.
constexpr Duration look_interval = 50ms;
/// How often it looks at what they have in memory, which means a walk through all processes of the machine: at least so
/// long after the last time, and never so often that it takes more than a hundredth of a processor.
constexpr Duration memory_interval = 250ms;
constexpr int memory_share = 100;

/// What this thread has used. How long something took would grow with the load of the machine.
Duration processor_time() {
  timespec used = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Duration(used.tv_nsec);
}

}  // namespace

ProcessHost::ProcessHost(const std::string& program, std::vector<std::string> arguments, ProcessLimits limits,
                         Duration client_timeout)
    : program_(resolve_program(program)),
      arguments_(std::move(arguments)),
      limits_(limits),
      client_timeout_(client_timeout) {}

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
  correspondents_.add_node(node);
  auto& process = processes_[node];
  process = std::make_unique<Process>(*this, node);
  network_->add(node, Endpoint::node, [this, started = process.get()](const Packet& packet) {
    correspondents_.heard_from(packet.src);
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

SilenceCause ProcessHost::silence(const std::string& node) {
  Process* running = find(node);
  return running == nullptr ? SilenceCause() : running->silence();
}

Duration ProcessHost::starved(const std::string& node) {
  Process* running = find(node);
  if (running == nullptr) return {};
  const std::vector<ProcessEntry> all = list_processes();
  Duration used{0};
  for (const auto& [name, process] : processes_) {
    if (!process) continue;
    for (const ProcessEntry& each : descendants(all, process->root())) used += each.used;
  }
  // Nodes that take most of the machine themselves wait for each other, which is their own doing.
  const Duration offered = now().time_since_epoch() * std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN));
  if (used > offered / 2) return {};
  Duration longest{0};
  for (const ProcessEntry& each : descendants(all, running->root())) {
    longest = std::max(longest, processor_wait(each.pid));
  }
  return longest;
}

Time ProcessHost::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_));
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
  if (now() >= next_look_at_memory_) look_at_memory();
  bury();
}

void ProcessHost::look_for_ends() {
  next_look_ = now() + look_interval;
  for (const auto& [name, process] : processes_) {
    if (process) process->look();
  }
}

void ProcessHost::look_at_memory() {
  const Duration began = processor_time();
  const std::vector<ProcessEntry> all = list_processes();
  for (const auto& [name, process] : processes_) {
    if (process) process->limit_memory(all);
  }
  next_look_at_memory_ = now() + std::max(memory_interval, memory_share * (processor_time() - began));
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
