#include "core/sim/nemesis.hpp"

#include <algorithm>

#include "core/codec.hpp"
#include "core/sim/partitions.hpp"

namespace mznode::sim {
namespace {

constexpr std::uint64_t nemesis_stream = 0x6e656d;
constexpr std::uint64_t swarm_stream = 0x737761;

// How bad each fault is while it is on.
constexpr std::uint64_t loss_percent = 30;
constexpr std::uint64_t duplicate_percent = 30;
constexpr std::uint64_t reorder_percent = 50;
constexpr Duration longest_reordering = 300ms;
constexpr std::int64_t slow_factor = 10;
constexpr Duration slow_at_least = 50ms;
constexpr int largest_drift_permille = 100;
constexpr std::int64_t largest_wall_jump_s = 60;

/// Up to `longest`, uniform to the nanosecond.
Duration random_delay(Random& random, Duration longest) {
  return Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}

class Loss final : public Rule {
 public:
  explicit Loss(Random& random) : random_(random) {}
  Effect on_send(const Packet&, Duration) override {
    Effect effect;
    effect.drop = random_.chance(loss_percent);
    return effect;
  }

 private:
  Random& random_;
};

class Duplicate final : public Rule {
 public:
  explicit Duplicate(Random& random) : random_(random) {}
  Effect on_send(const Packet&, Duration) override {
    Effect effect;
    if (random_.chance(duplicate_percent)) effect.copies.push_back(random_delay(random_, longest_reordering));
    return effect;
  }

 private:
  Random& random_;
};

class Reorder final : public Rule {
 public:
  explicit Reorder(Random& random) : random_(random) {}
  Effect on_send(const Packet&, Duration) override {
    Effect effect;
    if (random_.chance(reorder_percent)) effect.delay = random_delay(random_, longest_reordering);
    return effect;
  }

 private:
  Random& random_;
};

class Slow final : public Rule {
 public:
  Effect on_send(const Packet&, Duration latency) override {
    Effect effect;
    effect.delay = std::max(latency * (slow_factor - 1), slow_at_least);
    return effect;
  }
};

Json grudge_value(const Grudge& grudge) {
  std::map<std::string, std::vector<std::string>> value;
  for (const auto& [node, unheard] : grudge) value[node].assign(unheard.begin(), unheard.end());
  return to_json(value);
}

}  // namespace

Nemesis::Nemesis(World world, std::vector<Fault> faults, Duration interval, std::uint64_t seed)
    : world_(std::move(world)), interval_(interval) {
  for (const Fault fault : faults) {
    const std::uint64_t stream = nemesis_stream + (static_cast<std::uint64_t>(fault) << 32);
    toggles_.push_back(std::make_unique<Toggle>(fault, Random(seed, stream)));
  }
}

Nemesis::~Nemesis() {
  for (auto& toggle : toggles_) world_.loop.timers.cancel(toggle->timer);
}

void Nemesis::start() {
  for (auto& toggle : toggles_) flip(*toggle);
}

void Nemesis::stop() {
  for (auto& toggle : toggles_) {
    world_.loop.timers.cancel(toggle->timer);
    if (toggle->is_on) turn_off(*toggle);
  }
}

void Nemesis::flip(Toggle& toggle) {
  if (toggle.is_on) {
    turn_off(toggle);
  } else {
    turn_on(toggle);
  }
  schedule(toggle);
}

void Nemesis::schedule(Toggle& toggle) {
  const Duration hold = random_delay(toggle.random, 2 * interval_);
  toggle.timer = world_.loop.timers.set(world_.loop.now() + hold, [this, &toggle] { flip(toggle); });
}

std::vector<std::string> Nemesis::choose_victims(Random& random) const {
  // One node, or a minority: what most protocols are made for, more often than not.
  std::vector<std::string> shuffled = world_.nodes;
  random.shuffle(shuffled);
  const std::size_t minority = std::max<std::size_t>((world_.nodes.size() - 1) / 2, 1);
  shuffled.resize(1 + random.below(minority));
  return shuffled;
}

std::vector<std::string> Nemesis::strike(Random& random, void (Host::*blow)(const std::string& node)) {
  std::vector<std::string> victims = choose_victims(random);
  for (const auto& node : victims) {
    ++times_struck_[node];
    (world_.host.*blow)(node);
  }
  return victims;
}

std::size_t Nemesis::times_struck(const std::string& node) const {
  const auto found = times_struck_.find(node);
  return found == times_struck_.end() ? 0 : found->second;
}

Json Nemesis::add_rule(Toggle& toggle, std::shared_ptr<Rule> rule, std::string what) {
  toggle.rule = std::move(rule);
  world_.network.add_rule(toggle.rule);
  return Json(what);
}

Json Nemesis::begin(Toggle& toggle) {
  Random& random = toggle.random;
  switch (toggle.fault) {
    case Fault::partition: {
      const PartitionShape shape = random.pick(partition_shapes());
      const Grudge grudge = make_grudge(shape, world_.nodes, random);
      add_rule(toggle, std::make_shared<Partition>(grudge), "");
      return Json::from_valid("[" + Json(partition_shape_name(shape)).text() + "," + grudge_value(grudge).text() + "]");
    }
    case Fault::partition_one_way: {
      const Grudge grudge = make_one_way_grudge(world_.nodes, random);
      add_rule(toggle, std::make_shared<Partition>(grudge), "");
      return grudge_value(grudge);
    }
    case Fault::loss:
      return add_rule(toggle, std::make_shared<Loss>(random), std::to_string(loss_percent) + " % of messages lost");
    case Fault::duplicate:
      return add_rule(toggle, std::make_shared<Duplicate>(random),
                      std::to_string(duplicate_percent) + " % of messages twice");
    case Fault::reorder:
      return add_rule(toggle, std::make_shared<Reorder>(random),
                      std::to_string(reorder_percent) + " % of messages late");
    case Fault::slow: return add_rule(toggle, std::make_shared<Slow>(), "ten times the latency");
    case Fault::pause:
      toggle.victims = strike(random, &Host::pause);
      return to_json(toggle.victims);
    case Fault::kill:
      toggle.victims = strike(random, &Host::kill);
      return to_json(toggle.victims);
    case Fault::skew:
      toggle.victims = world_.nodes;
      for (const auto& node : toggle.victims) {
        const int drift = static_cast<int>(random.below(2 * largest_drift_permille + 1)) - largest_drift_permille;
        const Duration longest = std::chrono::seconds(largest_wall_jump_s);
        const Duration jump = random_delay(random, 2 * longest) - longest;
        world_.host.skew(node, drift, jump);
      }
      return to_json(toggle.victims);
  }
  return Json();
}

void Nemesis::turn_on(Toggle& toggle) {
  toggle.is_on = true;
  const Json value = begin(toggle);
  world_.record("start-" + std::string(fault_name(toggle.fault)), value);
}

void Nemesis::turn_off(Toggle& toggle) {
  toggle.is_on = false;
  if (toggle.rule) world_.network.remove_rule(toggle.rule);
  toggle.rule.reset();
  const std::vector<std::string> victims = std::move(toggle.victims);
  toggle.victims.clear();
  for (const auto& node : victims) {
    if (toggle.fault == Fault::pause) world_.host.resume(node);
    if (toggle.fault == Fault::skew) world_.host.skew(node, 0, Duration::zero());
    if (toggle.fault == Fault::kill) {
      world_.host.start(node);
      world_.initialise(node);
    }
  }
  world_.record("stop-" + std::string(fault_name(toggle.fault)), to_json(victims));
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
