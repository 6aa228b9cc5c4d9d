#include <chrono>

#include "faults/active_fault.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/sim/schedule.hpp"

namespace mznode::sim::faults {
namespace {

constexpr int largest_drift_permille = 100;
constexpr Duration largest_wall_jump = 60s;

class Skew final : public ActiveFault {
 public:
  Skew(FaultWorld& world, Random& random) : ActiveFault(to_json(world.nodes)), world_(world) {
    for (const std::string& node : world_.nodes) {
      const int drift =
          static_cast<int>(random.about("drift").below(2 * largest_drift_permille + 1)) - largest_drift_permille;
      const Duration jump =
          random_delay(random.about("jump of the calendar clock"), 2 * largest_wall_jump) - largest_wall_jump;
      world_.host.skew(node, drift, jump);
    }
  }
  std::vector<std::string> end() override {
    for (const std::string& node : world_.nodes) world_.host.skew(node, 0, Duration::zero());
    return world_.nodes;
  }

 private:
  FaultWorld& world_;
};

}  // namespace

FaultInfo skew() {
  return {.name = "skew",
          .summary = "the clocks of nodes run fast or slow, and their calendar clocks jump",
          .harm = FaultInfo::Harm::clock,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<Skew>(world, random);
          }};
}

}  // namespace mznode::sim::faults
