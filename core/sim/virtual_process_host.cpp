#include "mznode/sim/virtual_process_host.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <stdexcept>

#include "mznode/json/fnv.hpp"
#include "mznode/sim/process_host.hpp"
#include "process_directory.hpp"
#include "virtual_process_host_process.hpp"

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> own_environment() {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) variables.emplace_back(*each);
  return variables;
}

/// Of texts, in the order in which they are added.
class Hash {
 public:
  void add(std::string_view text) {
    value_.add(text);
    value_.add('\0');  // where one text ends and the next begins counts
  }
  std::string text() const {
    constexpr int digits = 16;
    std::string hex(digits, '0');
    for (int i = 0; i < digits; ++i)
      hex[static_cast<std::size_t>(i)] = "0123456789abcdef"[value_.value() >> (60 - 4 * i) & 15];
    return hex;
  }

 private:
  Fnv value_;
};

/// Of the program's file, read once while it stays as it is.
std::string program_hash(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::int64_t>, std::string> known;
  std::error_code ignored;
  const auto changed = fs::last_write_time(path, ignored).time_since_epoch().count();
  const std::lock_guard lock(mutex);
  std::string& entry = known[{path, static_cast<std::int64_t>(changed)}];
  if (entry.empty()) {
    Hash hash;
    std::ifstream file(path, std::ios::binary);
    std::vector<char> piece(1 << 20);
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
      hash.add({piece.data(), static_cast<std::size_t>(file.gcount())});
    }
    entry = hash.text();
  }
  return entry;
}

std::string processor_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line;
  }
  return {};
}

}  // namespace

std::vector<std::string> node_environment(const std::vector<std::string>& given) {
  // Where a shell stands and who opened it; of no use to a node, and different each time.
  static const std::set<std::string, std::less<>> exact = {"_",       "PWD",     "OLDPWD",   "SHLVL",    "TERM",
                                                           "COLUMNS", "LINES",   "WINDOWID", "TMPDIR",   "LS_COLORS",
                                                           "MAIL",    "LOGNAME", "MZNODE",   "MAELSTROM"};
  static const std::vector<std::string> prefixes = {"SSH_", "XDG_", "DBUS_", "TERM_", "MZNODE_", "VSCODE_", "TMUX"};
  std::vector<std::string> kept;
  bool has_java_options = false;
  for (const std::string& variable : given) {
    const std::string name = variable.substr(0, variable.find('='));
    const bool differs = exact.contains(name) || std::any_of(prefixes.begin(), prefixes.end(),
                                                             [&](const auto& each) { return name.starts_with(each); });
    if (differs) continue;
    kept.push_back(variable);
    if (name == "JAVA_TOOL_OPTIONS") has_java_options = true;
  }
  // The virtual machine locks a file that has the number of its process, which two runs at once would share; and what
  // the second compiler gains is lost where time costs nothing.
  if (!has_java_options) kept.emplace_back("JAVA_TOOL_OPTIONS=-XX:-UsePerfData -XX:TieredStopAtLevel=1");
  std::sort(kept.begin(), kept.end());
  return kept;
}

VirtualProcessHost::VirtualProcessHost(Timers& timers, Options options)
    : timers_(timers),
      options_(std::move(options)),
      directory_(std::make_unique<ProcessDirectory>()),
      environment_(node_environment(own_environment())) {
  options_.program = resolve_program(options_.program);
  while (others_.size() + 1 < options_.tracers) others_.push_back(std::make_unique<trace::TracerThread>());
  tracer_ = std::make_unique<trace::Tracer>();
}

VirtualProcessHost::~VirtualProcessHost() {
  processes_.clear();
  if (options_.cpu_time_permille > 0 && !lives_.empty()) {
    doubts_.insert("the time that nodes computed was charged as the machine measured it (--cpu-time)");
  }
  if (options_.on_end) {
    options_.on_end({.doubts = {doubts_.begin(), doubts_.end()}, .stops = stops_, .fingerprint = fingerprint()});
  }
}

VirtualProcessHost::Process* VirtualProcessHost::find(const std::string& node) {
  const auto found = processes_.find(node);
  return found == processes_.end() ? nullptr : found->second.get();
}

/// Each in its turn, and none for this thread.
trace::TracerThread* VirtualProcessHost::next_tracer() {
  const std::size_t turn = ++started_ % (others_.size() + 1);
  return turn == 0 ? nullptr : others_[turn - 1].get();
}

void VirtualProcessHost::start(const std::string& node) {
  const std::uint64_t life = ++lives_[node];
  const fs::path directory = directory_->path() / (node + "-" + std::to_string(life));
  fs::create_directory(directory);
  correspondents_.add_node(node);
  auto& process = processes_[node];
  process.reset();
  process = std::make_unique<Process>(*this, node, life, directory);
  Process* started = process.get();
  network_->add(node, Endpoint::node, [this, started](const Packet& packet) {
    correspondents_.heard_from(packet.src);
    started->receive(packet);
  });
  started->begin();
}

/// While `of` is to have its turn, others that are sure to have theirs, and other tracers, may begin: what comes of
/// them is heard in its turn.
void VirtualProcessHost::run_ahead(const Process& of) {
  if (others_.empty() || ahead_ > 0) return;
  std::vector<std::pair<Process*, std::shared_ptr<const Packet>>> here;
  for (const auto& packet : network_->coming()) {
    Process* next = find(packet->dest);
    if (next == nullptr || next == &of || !next->may_run_ahead()) continue;
    if (next->is_traced_here()) {
      here.emplace_back(next, packet);
    } else {
      next->run_ahead(*packet);
    }
  }
  if (of.is_traced_here()) return;
  for (const auto& [next, packet] : here) {
    if (next->may_run_ahead()) next->run_ahead(*packet);
  }
}

void VirtualProcessHost::kill(const std::string& node) {
  network_->remove(node);
  processes_[node].reset();
}

void VirtualProcessHost::pause(const std::string& node) {
  if (Process* running = find(node)) running->pause();
}

void VirtualProcessHost::resume(const std::string& node) {
  if (Process* running = find(node)) running->resume();
}

void VirtualProcessHost::skew(const std::string& node, int drift_permille, Duration wall_offset) {
  if (Process* running = find(node)) running->skew(drift_permille, wall_offset);
}

std::string VirtualProcessHost::log_tail(const std::string& node) {
  Process* running = find(node);
  return running == nullptr ? std::string() : running->log_tail();
}

SilenceCause VirtualProcessHost::silence(const std::string& node) {
  Process* running = find(node);
  return running == nullptr ? SilenceCause() : running->silence();
}

void VirtualProcessHost::wait_until(Time until) {
  for (const auto& [name, process] : processes_) {
    if (process) process->hear_beginning();
  }
  limit_output();
  bury();
  now_ = std::max(now_, until);
}

std::size_t VirtualProcessHost::most_output_bytes() const {
  const auto seconds = static_cast<std::size_t>(now_.time_since_epoch() / 1s);
  return options_.limits.output_bytes + seconds * options_.limits.output_bytes_per_s;
}

void VirtualProcessHost::limit_output() {
  if (output_bytes_ <= most_output_bytes()) return;
  Process* loudest = nullptr;
  for (const auto& [name, process] : processes_) {
    if (process && (loudest == nullptr || process->output_bytes() > loudest->output_bytes())) loudest = process.get();
  }
  if (loudest != nullptr) loudest->end_flood();
}

void VirtualProcessHost::bury() {
  for (auto& [name, process] : processes_) {
    if (!process || !process->has_ended()) continue;
    network_->remove(name);
    process.reset();
  }
}

std::string VirtualProcessHost::fingerprint() const {
  Hash hash;
  hash.add(program_hash(options_.program));
  for (const auto* words : {&options_.arguments, &environment_}) {
    for (const std::string& word : *words) hash.add(word);
  }
  utsname system = {};
  ::uname(&system);
  hash.add(system.release);
  hash.add(processor_model());
  return hash.text();
}

}  // namespace mznode::sim
