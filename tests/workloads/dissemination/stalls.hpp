#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mznode/sim/connection.hpp"
#include "mznode/sim/host.hpp"
#include "mznode/sim/random.hpp"

/// Hiccups of the machine under a run in virtual time. The faults strike nodes; what a busy machine does strikes
/// everything, or what carries the messages, or one process for a moment, and no node can be told apart for it.
namespace mznode::stalls {

/// What stands still: the whole machine; the network, as when its program collects garbage; or one node at a time.
enum class What { host, network, node };

struct Stalls {
  What what = What::host;
  Duration length{0};
  /// From the end of one to the beginning of the next: uniform between 0 and twice this (for each node by itself).
  Duration mean_pause = 1s;
};

struct Interval {
  Time begin;
  Time end;
};

/// The stalls of a run that is over before `until`.
inline std::vector<Interval> draw(const Stalls& stalls, std::uint64_t seed, std::uint64_t stream, Time until) {
  std::vector<Interval> drawn;
  if (stalls.length == Duration::zero()) return drawn;
  sim::Random random(seed, stream);
  const auto range = static_cast<std::uint64_t>(2 * stalls.mean_pause.count());
  for (Time at;;) {
    at += Duration(static_cast<std::int64_t>(random.bits() % range));
    if (at >= until) return drawn;
    drawn.push_back({at, at + stalls.length});
    at += stalls.length;
  }
}

/// A message that would arrive during a stall of the network arrives at its end.
class LateMessages final : public sim::Rule {
 public:
  LateMessages(std::vector<Interval> stalls, std::function<Time()> now)
      : stalls_(std::move(stalls)), now_(std::move(now)) {}
  Effect on_send(const sim::Packet&, Duration latency) override {
    const Time due = now_() + latency;
    for (const Interval& stall : stalls_) {
      if (stall.begin <= due && due < stall.end) return {.drop = false, .delay = stall.end - due, .copies = {}};
    }
    return {};
  }

 private:
  std::vector<Interval> stalls_;
  std::function<Time()> now_;
};

/// A host that hiccups: what would happen during a stall happens at its end, in the same order.
class StallingHost final : public sim::Host {
 public:
  StallingHost(std::unique_ptr<sim::Host> host, std::vector<Interval> stalls)
      : host_(std::move(host)), stalls_(std::move(stalls)) {
    host_->on_failure([this](sim::NodeFailure failure) { report_failure_(std::move(failure)); });
    host_->on_log([this](const std::string& node, std::string_view line) { report_log_(node, line); });
  }
  void start(const std::string& node) override { host_->start(node); }
  void kill(const std::string& node) override { host_->kill(node); }
  void pause(const std::string& node) override { host_->pause(node); }
  void resume(const std::string& node) override { host_->resume(node); }
  void skew(const std::string& node, int drift_permille, Duration wall_offset) override {
    host_->skew(node, drift_permille, wall_offset);
  }
  Time now() const override { return host_->now(); }
  void wait_until(Time until) override {
    host_->wait_until(until);
    for (; next_ < stalls_.size() && stalls_[next_].begin <= host_->now(); ++next_)
      host_->wait_until(stalls_[next_].end);
  }

 private:
  std::unique_ptr<sim::Host> host_;
  std::vector<Interval> stalls_;
  std::size_t next_ = 0;
};

/// Puts stalls between a run and its host, which stays the same without them. `until` is after the end of the run.
inline std::unique_ptr<sim::Host> stalling(std::unique_ptr<sim::Host> host, const Stalls& stalls, std::uint64_t seed,
                                           const std::vector<std::string>& nodes, sim::Network& network,
                                           sim::Engine& engine) {
  const Time until = Time(60s);
  if (stalls.what == What::host) {
    return std::make_unique<StallingHost>(std::move(host), draw(stalls, seed, 1, until));
  }
  sim::Host* const same = host.get();
  if (stalls.what == What::network) {
    network.add_rule(std::make_shared<LateMessages>(draw(stalls, seed, 1, until), [same] { return same->now(); }));
    return host;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const Interval& stall : draw(stalls, seed, i + 1, until)) {
      engine.timers.set(stall.begin, [same, node = nodes[i]] { same->pause(node); });
      engine.timers.set(stall.end, [same, node = nodes[i]] { same->resume(node); });
    }
  }
  return host;
}

}  // namespace mznode::stalls
