#include "mznode/sim/nemesis.hpp"

#include "faults/active_fault.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/sim/schedule.hpp"

namespace mznode::sim {
namespace {

constexpr std::uint64_t nemesis_stream = 0x6e656d;
constexpr std::uint64_t swarm_stream = 0x737761;

constexpr std::string_view until_next = "time until the next turn";

/// The stream of a fault's own chance.
std::uint64_t stream_of(Fault fault) {
  return nemesis_stream + (static_cast<std::uint64_t>(fault) << 32);
}

}  // namespace

std::string FaultEvent::name() const {
  return (begins ? "start-" : "stop-") + std::string(fault_name(fault));
}

void note(std::vector<FaultSpan>& spans, const FaultEvent& event, Duration at) {
  if (event.begins) {
    spans.push_back({.fault = event.fault, .from = at, .value = event.value, .unheard = event.unheard});
    return;
  }
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    if (span->fault != event.fault) continue;
    span->to = at;
    return;
  }
}

Nemesis::Nemesis(World world, const std::vector<Fault>& faults, Duration interval, const Chance& chance)
    : engine_(world.engine),
      record_(std::move(world.record)),
      world_(std::make_unique<FaultWorld>(FaultWorld{.network = world.network,
                                                     .host = world.host,
                                                     .nodes = std::move(world.nodes),
                                                     .most_victims = world.most_victims,
                                                     .initialise = std::move(world.initialise)})),
      interval_(interval),
      blow_random_(chance, "kill and pause", stream_of(Fault::kill)) {
  for (const Fault fault : faults) {
    if (info_of(fault).strikes_processes()) {
      blows_.push_back({fault});
    } else {
      switches_.push_back(
          std::make_unique<Switch>(fault, Random(chance, std::string(fault_name(fault)), stream_of(fault))));
    }
  }
}

Nemesis::~Nemesis() {
  hold();
}

void Nemesis::start() {
  for (auto& each : switches_) flip(*each);
  if (blows_.empty()) return;
  blow_timer_ = engine_.timers.set(engine_.now() + interval_, [this] {
    may_strike_ = true;
    strike();
  });
}

void Nemesis::let_strike() {
  if (may_strike_ || blows_.empty()) return;
  may_strike_ = true;
  engine_.timers.cancel(blow_timer_);
  // Not at once: whoever says so may be in the middle of what a node has done.
  blow_timer_ = engine_.timers.set(engine_.now(), [this] { strike(); });
}

void Nemesis::hold() {
  for (auto& each : switches_) engine_.timers.cancel(each->timer);
  engine_.timers.cancel(blow_timer_);
  may_strike_ = true;  // too late to be let
}

void Nemesis::stop() {
  hold();
  for (auto& each : switches_) end(each->fault, each->active);
  for (Blow& blow : blows_) end(blow.fault, blow.active);
}

std::size_t Nemesis::times_struck(const std::string& node) const {
  const auto found = world_->times_struck.find(node);
  return found == world_->times_struck.end() ? 0 : found->second;
}

void Nemesis::flip(Switch& each) {
  turn(each.fault, each.active, each.random);
  each.timer = engine_.timers.set(engine_.now() + stagger(each.random.about(until_next), interval_),
                                  [this, &each] { flip(each); });
}

void Nemesis::strike() {
  Blow& blow = blows_[blow_random_.about("which fault").below(blows_.size())];
  turn(blow.fault, blow.active, blow_random_);
  blow_timer_ =
      engine_.timers.set(engine_.now() + stagger(blow_random_.about(until_next), interval_), [this] { strike(); });
}

void Nemesis::turn(Fault fault, std::shared_ptr<ActiveFault>& active, Random& random) {
  if (active != nullptr) return end(fault, active);
  random.about("how it strikes");
  active = info_of(fault).begin(*world_, random);
  record_({.fault = fault, .begins = true, .value = active->told(), .unheard = active->unheard()});
}

void Nemesis::end(Fault fault, std::shared_ptr<ActiveFault>& active) {
  if (active == nullptr) return;
  const std::vector<std::string> nodes = active->end();
  active.reset();
  record_({.fault = fault, .begins = false, .value = to_json(nodes)});
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
