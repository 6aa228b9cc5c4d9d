#include "mznode/sim/sim_host.hpp"

#include <algorithm>
#include <deque>

#include "mznode/json/fnv.hpp"

namespace mznode::sim {
namespace {

// Noon of an arbitrary day: where the calendar clocks of all simulated nodes begin.
constexpr std::int64_t wall_epoch_ns = 1'767'268'800'000'000'000;

// Long enough that a process can die between a write and the end of its sync; that of a good disk.
constexpr Duration sync_time = 500us;

std::uint64_t node_stream(const std::string& node, std::uint64_t start) {
  return Fnv::of(node) + start;
}

Random chance_of(const Chance& chance, const std::string& node, std::uint64_t start) {
  Random random(chance, node + ", life " + std::to_string(start), node_stream(node, start));
  random.about("random bits");
  return random;
}

}  // namespace

/// One life of a node, and the world it sees. It has more than 12 members because a runtime has one each of what a node
/// finds in the world: clocks, timers, storage, chance, a log.
class SimHost::Process final : public Runtime {
 public:
  Process(SimHost& host, std::string name, std::uint64_t start)
      : host_(host), name_(std::move(name)), random_(chance_of(host.chance_, name_, start)), node_(*this) {
    installed_ = host_.installer_(node_);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() override {
    for (const auto& [id, timer] : timers_) host_.timers_.cancel(timer.alarm);
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
    speed_permille_ = 1000 + drift_permille;
    wall_offset_ = wall_offset;
    for (auto& [id, timer] : timers_) {
      host_.timers_.cancel(timer.alarm);
      arm(id, timer);
    }
  }

  Time now() const override {  // the product is taken apart, lest it overflow
    const Duration passed = host_.now_ - global_base_;
    return local_base_ + passed / 1000 * speed_permille_ + passed % 1000 * speed_permille_ / 1000;
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
    const TimerId id = ++last_timer_;
    Timer& timer = timers_[id];
    timer = {.at = at, .alarm = 0, .callback = std::move(callback)};
    arm(id, timer);
    return id;
  }
  void cancel_timer(TimerId id) override {
    const auto found = timers_.find(id);
    if (found == timers_.end()) return;
    host_.timers_.cancel(found->second.alarm);
    timers_.erase(found);
  }
  std::uint64_t random() override { return random_.bits(); }
  void offload(std::function<void()> work, std::function<void()> done) override {
    work();
    set_timer(now(), std::move(done));
  }
  std::unique_ptr<Storage> open_storage(const std::string& node, const std::vector<std::string>&) override {
    if (!host_.keeps_storage_) return std::make_unique<NoStorage>();
    return std::make_unique<SimulatedStorage>(
        host_.disks_[node], [this](std::function<void()> done) { set_timer(now() + sync_time, std::move(done)); });
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

  /// A timer of the node. It stays here until its callback runs, so that one that fell due during a pause can still be
  /// cancelled by what the node hears first when it goes on.
  struct Timer {
    Time at;
    TimerId alarm = 0;  // in the run's queue of events
    std::function<void()> callback;
  };

  void arm(TimerId id, Timer& timer) {
    timer.alarm = host_.timers_.set(run_time_of(timer.at), [this, id] { run_or_defer([this, id] { fire(id); }); });
  }
  void fire(TimerId id) {
    auto timer = timers_.extract(id);
    if (!timer.empty()) timer.mapped().callback();
  }
  /// The first moment of the run at which this node's clock shows `local` or more, and not before now.
  Time run_time_of(Time local) const {
    constexpr Duration longest = Duration::max() / 2;  // keeps the sums below in range
    const std::int64_t ahead = std::clamp(local - local_base_, Duration::zero(), longest).count();
    const std::int64_t rest = (ahead % speed_permille_ * 1000 + speed_permille_ - 1) / speed_permille_;
    return std::max(host_.now_, global_base_ + Duration(ahead / speed_permille_ * 1000 + rest));
  }

  SimHost& host_;
  std::string name_;
  Random random_;
  Time local_base_;
  Time global_base_;
  std::int64_t speed_permille_ = 1000;
  Duration wall_offset_{0};
  TimerId last_timer_ = 0;
  std::map<TimerId, Timer> timers_;
  bool paused_ = false;
  std::deque<std::function<void()>> deferred_;
  std::string dest_;
  TextBuffer body_;
  TextBuffer line_;
  // A strategy may be used by the tasks of its node, so it goes after them.
  std::shared_ptr<void> installed_;
  Node node_;
};

SimHost::SimHost(Timers& timers, Chance chance, Installer installer, LogLevel log_level)
    : timers_(timers), chance_(std::move(chance)), installer_(std::move(installer)), log_level_(log_level) {}

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
