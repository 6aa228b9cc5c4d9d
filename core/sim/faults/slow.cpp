#include <algorithm>

#include "faults/active_fault.hpp"

namespace mznode::sim::faults {
namespace {

constexpr std::int64_t slow_factor = 10;
constexpr Duration slow_at_least = 50ms;

class Slow final : public Rule {
 public:
  Effect on_send(const Packet&, Duration latency) override {
    Effect effect;
    effect.delay = std::max(latency * (slow_factor - 1), slow_at_least);
    return effect;
  }
};

}  // namespace

FaultInfo slow() {
  return {.name = "slow",
          .summary = "messages take ten times as long",
          .harm = FaultInfo::Harm::messages,
          .begin = [](FaultWorld& world, Random&) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<RuleInForce>(world, std::make_shared<Slow>(), Json("ten times the latency"));
          }};
}

}  // namespace mznode::sim::faults
