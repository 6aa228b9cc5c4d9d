#include "faults/active_fault.hpp"
#include "mznode/sim/schedule.hpp"

namespace mznode::sim::faults {
namespace {

constexpr std::uint64_t reorder_percent = 50;

class Reorder final : public Rule {
 public:
  explicit Reorder(Random& random) : random_(random) {}
  Effect on_send(const Packet& packet, Duration) override {
    Effect effect;
    if (random_.about("is late", packet.id).chance(reorder_percent)) {
      effect.delay = random_delay(random_.about("delay", packet.id), longest_reordering);
    }
    return effect;
  }

 private:
  Random& random_;
};

}  // namespace

FaultInfo reorder() {
  return {.name = "reorder",
          .summary = "messages overtake one another",
          .harm = FaultInfo::Harm::messages,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<RuleInForce>(world, std::make_shared<Reorder>(random),
                                                 share_of_messages(reorder_percent, "late"));
          }};
}

}  // namespace mznode::sim::faults
