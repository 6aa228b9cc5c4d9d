#include "core/sim/sim_host.hpp"

#include <deque>

namespace mznode::sim {
namespace {

// Noon of an arbitrary day: where the calendar clocks of all simulated nodes begin.
constexpr std::int64_t wall_epoch_ns = 1'767'268'800'000'000'000;

std::uint64_t node_stream(const std::string& node, std::uint64_t start) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, because std::hash differs between libraries
  for (const char c : node) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash + start;
}

}  // namespace

/// One life of a node, and the world it sees.
class SimHost::Process final : public Runtime {
 public:
  Process(SimHost& host, std::string name, std::uint64_t start)
      : host_(host), name_(std::move(name)), random_(host.seed_, node_stream(name_, start)), node_(*this) {
    installed_ = host_.installer_(node_);
  }

  void receive(const Packet& packet) {
    run_or_defer([this, packet] { deliver(packet); });
  }
  void pause() { paused_ = true; }
  void resume() {
    paused_ = false;
    while (!paused_ && !deferred_.empty()) {
      const auto event = std::move(deferred_.front());
      deferred_.pop_front();
      event();
    }
  }
  void skew(int drift_permille, Duration wall_offset) {
    local_base_ = now();
    global_base_ = host_.now_;
    drift_permille_ = drift_permille;
    wall_offset_ = wall_offset;
  }

  Time now() const override {
    const Duration passed = host_.now_ - global_base_;
    return local_base_ + passed + passed / 1000 * drift_permille_;
  }
  std::int64_t wall_time_ns() const override {
    return wall_epoch_ns + host_.now_.time_since_epoch().count() + wall_offset_.count();
  }
  TextBuffer& begin_message(std::string_view, std::string_view dest) override {
    dest_ = dest;
    body_.clear();
    return body_;
  }
  void finish_message() override { host_.network_->send(name_, dest_, body_.view()); }
  TimerId set_timer(Time at, std::function<void()> callback) override {
    // The time of the run at which a clock that drifts will show `at`; a nanosecond more, for what division drops.
    const Duration ahead = std::max(at - now(), Duration::zero());
    const Duration needed = drift_permille_ == 0 ? ahead : ahead / (1000 + drift_permille_) * 1000 + 1us;
    return host_.timers_.set(host_.now_ + needed, [this, alive = std::weak_ptr<int>(life_), callback = std::move(callback)] {
      if (!alive.expired()) run_or_defer(callback);
    });
  }
  void cancel_timer(TimerId id) override { host_.timers_.cancel(id); }
  std::uint64_t random() override { return random_.bits(); }
  void offload(std::function<void()> work, std::function<void()> done) override {
    work();
    set_timer(now(), std::move(done));
  }
  void log(LogLevel level, std::string_view text) override {
    if (logs(level)) host_.report_log_(name_, text);
  }
  bool logs(LogLevel level) const override { return level >= host_.log_level_; }

 private:
  template <class Event>
  void run_or_defer(Event&& event) {
    if (paused_) {
      deferred_.emplace_back(std::forward<Event>(event));
    } else {
      event();
    }
  }

  void deliver(const Packet& packet) {
    line_.clear();
    append_line(line_, packet);
    node_.receive(line_.view().substr(0, line_.size() - 1));
  }

  SimHost& host_;
  std::string name_;
  Random random_;
  std::shared_ptr<int> life_ = std::make_shared<int>(0);
  Time local_base_;
  Time global_base_;
  int drift_permille_ = 0;
  Duration wall_offset_{0};
  bool paused_ = false;
  std::deque<std::function<void()>> deferred_;
  std::string dest_;
  TextBuffer body_;
  TextBuffer line_;
  // A strategy may be used by the tasks of its node, so it goes after them.
  std::shared_ptr<void> installed_;
  Node node_;
};

SimHost::SimHost(Timers& timers, std::uint64_t seed, Installer installer, LogLevel log_level)
    : timers_(timers), seed_(seed), installer_(std::move(installer)), log_level_(log_level) {}

SimHost::~SimHost() = default;

SimHost::Process* SimHost::find(const std::string& node) {
  const auto found = processes_.find(node);
  return found == processes_.end() ? nullptr : found->second.get();
}

void SimHost::start(const std::string& node) {
  processes_[node] = std::make_unique<Process>(*this, node, ++starts_[node]);
  Process* started = processes_[node].get();
  network_->add(node, Endpoint::node, [started](const Packet& packet) { started->receive(packet); });
}

void SimHost::kill(const std::string& node) {
  network_->remove(node);
  processes_.erase(node);
}

void SimHost::pause(const std::string& node) {
  if (Process* running = find(node)) running->pause();
}

void SimHost::resume(const std::string& node) {
  if (Process* running = find(node)) running->resume();
}

void SimHost::skew(const std::string& node, int drift_permille, Duration wall_offset) {
  if (Process* running = find(node)) running->skew(drift_permille, wall_offset);
}

}  // namespace mznode::sim
