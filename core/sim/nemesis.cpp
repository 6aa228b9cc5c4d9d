#include "mznode/sim/nemesis.hpp"

#include "mznode/json/codec.hpp"
#include "mznode/sim/schedule.hpp"
#include "network_faults.hpp"
#include "victims.hpp"

namespace mznode::sim {
namespace {

constexpr std::uint64_t nemesis_stream = 0x6e656d;
constexpr std::uint64_t swarm_stream = 0x737761;

constexpr int largest_drift_permille = 100;
constexpr std::int64_t largest_wall_jump_s = 60;

/// The stream of a fault's own chance.
std::uint64_t stream_of(Fault fault) {
  return nemesis_stream + (static_cast<std::uint64_t>(fault) << 32);
}

}  // namespace

Nemesis::Nemesis(World world, std::vector<Fault> faults, Duration interval, std::uint64_t seed)
    : world_(std::move(world)), interval_(interval), blow_random_(seed, stream_of(Fault::kill)) {
  for (const Fault fault : faults) {
    if (fault == Fault::pause || fault == Fault::kill) {
      blows_.emplace_back(fault);
    } else {
      switches_.push_back(std::make_unique<Switch>(fault, Random(seed, stream_of(fault))));
    }
  }
}

Nemesis::~Nemesis() {
  hold();
}

void Nemesis::start() {
  for (auto& each : switches_) flip(*each);
  if (blows_.empty()) return;
  blow_timer_ = world_.loop.timers.set(world_.loop.now() + interval_, [this] {
    may_strike_ = true;
    strike();
  });
}

void Nemesis::let_strike() {
  if (may_strike_ || blows_.empty()) return;
  may_strike_ = true;
  world_.loop.timers.cancel(blow_timer_);
  // Not at once: whoever says so may be in the middle of what a node has done.
  blow_timer_ = world_.loop.timers.set(world_.loop.now(), [this] { strike(); });
}

void Nemesis::hold() {
  for (auto& each : switches_) world_.loop.timers.cancel(each->timer);
  world_.loop.timers.cancel(blow_timer_);
  may_strike_ = true;  // too late to be let
}

void Nemesis::stop() {
  hold();
  for (auto& each : switches_) {
    if (each->is_on) turn_off(*each);
  }
  for (Blow& blow : blows_) {
    if (blow.is_next_to_end) end(blow);
  }
}

std::size_t Nemesis::times_struck(const std::string& node) const {
  const auto found = times_struck_.find(node);
  return found == times_struck_.end() ? 0 : found->second;
}

void Nemesis::record(const char* what, Fault fault, const Json& value) {
  world_.record(what + std::string(fault_name(fault)), value);
}

void Nemesis::flip(Switch& each) {
  if (each.is_on) {
    turn_off(each);
  } else {
    turn_on(each);
  }
  const Time next = world_.loop.now() + stagger(each.random, interval_);
  each.timer = world_.loop.timers.set(next, [this, &each] { flip(each); });
}

void Nemesis::turn_on(Switch& each) {
  each.is_on = true;
  Json value;
  if (each.fault == Fault::skew) {
    value = begin_skew(each.random);
  } else {
    NetworkFault drawn = draw_network_fault(each.fault, world_.nodes, each.random);
    each.rule = std::move(drawn.rule);
    world_.network.add_rule(each.rule);
    value = std::move(drawn.value);
  }
  record("start-", each.fault, value);
}

void Nemesis::turn_off(Switch& each) {
  each.is_on = false;
  std::vector<std::string> nodes;
  if (each.fault == Fault::skew) {
    nodes = world_.nodes;
    for (const auto& node : nodes) world_.host.skew(node, 0, Duration::zero());
  } else {
    world_.network.remove_rule(each.rule);
    each.rule.reset();
  }
  record("stop-", each.fault, to_json(nodes));
}

Json Nemesis::begin_skew(Random& random) {
  for (const auto& node : world_.nodes) {
    const int drift = static_cast<int>(random.below(2 * largest_drift_permille + 1)) - largest_drift_permille;
    const Duration longest = std::chrono::seconds(largest_wall_jump_s);
    const Duration jump = random_delay(random, 2 * longest) - longest;
    world_.host.skew(node, drift, jump);
  }
  return to_json(world_.nodes);
}

void Nemesis::strike() {
  Blow& blow = blows_[blow_random_.below(blows_.size())];
  if (blow.is_next_to_end) {
    end(blow);
  } else {
    strike(blow);
  }
  const Time next = world_.loop.now() + stagger(blow_random_, interval_);
  blow_timer_ = world_.loop.timers.set(next, [this] { strike(); });
}

void Nemesis::strike(Blow& blow) {
  blow.is_next_to_end = true;
  std::vector<std::string> victims = choose_victims(world_.nodes, blow_random_);
  victims.resize(std::min(victims.size(), world_.most_victims));
  for (const auto& node : victims) {
    ++times_struck_[node];
    if (blow.fault == Fault::kill) {
      world_.host.kill(node);
      for (Blow& other : blows_) other.victims.erase(node);  // no process, no pause
    } else {
      world_.host.pause(node);
    }
    blow.victims.insert(node);
  }
  record("start-", blow.fault, to_json(victims));
}

void Nemesis::end(Blow& blow) {
  blow.is_next_to_end = false;
  const std::vector<std::string> victims(blow.victims.begin(), blow.victims.end());
  blow.victims.clear();
  for (const auto& node : victims) {
    if (blow.fault == Fault::kill) {
      world_.host.start(node);
      world_.initialise(node);
    } else {
      world_.host.resume(node);
    }
  }
  record("stop-", blow.fault, to_json(victims));
}

std::vector<Fault> swarm(const std::vector<Fault>& possible, std::uint64_t seed) {
  Random random(seed, swarm_stream);
  std::vector<Fault> chosen;
  for (const Fault fault : possible) {
    if (random.chance(50)) chosen.push_back(fault);
  }
  if (chosen.empty() && !possible.empty()) chosen.push_back(random.pick(possible));
  return chosen;
}

}  // namespace mznode::sim
