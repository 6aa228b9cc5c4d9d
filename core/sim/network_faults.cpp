#include "network_faults.hpp"

#include <algorithm>

#include "mznode/json/codec.hpp"
#include "mznode/sim/schedule.hpp"
#include "partitions.hpp"

namespace mznode::sim {
namespace {

// How bad each fault is while it is on.
constexpr std::uint64_t loss_percent = 30;
constexpr std::uint64_t duplicate_percent = 30;
constexpr std::uint64_t reorder_percent = 50;
constexpr Duration longest_reordering = 300ms;
constexpr std::int64_t slow_factor = 10;
constexpr Duration slow_at_least = 50ms;

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

NetworkFault partition(const std::vector<std::string>& nodes, Random& random) {
  const PartitionShape shape = random.pick(partition_shapes());
  const Grudge grudge = make_grudge(shape, nodes, random);
  const std::string value = "[" + Json(partition_shape_name(shape)).text() + "," + grudge_value(grudge).text() + "]";
  return {std::make_shared<Partition>(grudge), Json::from_valid(value)};
}

NetworkFault partition_one_way(const std::vector<std::string>& nodes, Random& random) {
  const Grudge grudge = make_one_way_grudge(nodes, random);
  return {std::make_shared<Partition>(grudge), grudge_value(grudge)};
}

Json share_of_messages(std::uint64_t percent, const char* fate) {
  return Json(std::to_string(percent) + " % of messages " + fate);
}

}  // namespace

NetworkFault draw_network_fault(Fault fault, const std::vector<std::string>& nodes, Random& random) {
  switch (fault) {
    case Fault::partition: return partition(nodes, random);
    case Fault::partition_one_way: return partition_one_way(nodes, random);
    case Fault::loss: return {std::make_shared<Loss>(random), share_of_messages(loss_percent, "lost")};
    case Fault::duplicate: return {std::make_shared<Duplicate>(random), share_of_messages(duplicate_percent, "twice")};
    case Fault::reorder: return {std::make_shared<Reorder>(random), share_of_messages(reorder_percent, "late")};
    case Fault::slow: return {std::make_shared<Slow>(), Json("ten times the latency")};
    case Fault::pause:
    case Fault::kill:
    case Fault::skew: break;
  }
  return {};
}

}  // namespace mznode::sim
