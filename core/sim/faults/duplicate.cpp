#include "faults/active_fault.hpp"
#include "mznode/sim/schedule.hpp"

namespace mznode::sim::faults {
namespace {

constexpr std::uint64_t duplicate_percent = 30;

class Duplicate final : public Rule {
 public:
  explicit Duplicate(Random& random) : random_(random) {}
  Effect on_send(const Packet& packet, Duration) override {
    Effect effect;
    if (random_.about("comes twice", packet.id).chance(duplicate_percent)) {
      effect.copies.push_back(random_delay(random_.about("delay of the copy", packet.id), longest_reordering));
    }
    return effect;
  }

 private:
  Random& random_;
};

}  // namespace

FaultInfo duplicate() {
  return {.name = "duplicate",
          .summary = "messages arrive twice",
          .harm = FaultInfo::Harm::messages,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<RuleInForce>(world, std::make_shared<Duplicate>(random),
                                                 share_of_messages(duplicate_percent, "twice"));
          }};
}

}  // namespace mznode::sim::faults
