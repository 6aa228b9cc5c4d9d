#include "faults/active_fault.hpp"

namespace mznode::sim::faults {
namespace {

constexpr std::uint64_t loss_percent = 30;

class Loss final : public Rule {
 public:
  explicit Loss(Random& random) : random_(random) {}
  Effect on_send(const Packet& packet, Duration) override {
    Effect effect;
    effect.drop = random_.about("is lost", packet.id).chance(loss_percent);
    return effect;
  }

 private:
  Random& random_;
};

}  // namespace

FaultInfo loss() {
  return {.name = "loss",
          .summary = "messages get lost",
          .harm = FaultInfo::Harm::messages,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<RuleInForce>(world, std::make_shared<Loss>(random),
                                                 share_of_messages(loss_percent, "lost"));
          }};
}

}  // namespace mznode::sim::faults
