#include <algorithm>

#include "faults/active_fault.hpp"
#include "mznode/json/codec.hpp"

namespace mznode::sim::faults {
namespace {

class Kill final : public ActiveFault {
 public:
  Kill(FaultWorld& world, const std::vector<std::string>& victims)
      : ActiveFault(to_json(victims)), world_(world), dead_(victims) {
    for (const std::string& node : victims) {
      world_.host.kill(node);
      ++world_.times_killed[node];
    }
    std::sort(dead_.begin(), dead_.end());
  }
  std::vector<std::string> end() override {
    for (const std::string& node : dead_) {
      world_.host.start(node);
      world_.initialise(node);
    }
    return dead_;
  }

 private:
  FaultWorld& world_;
  std::vector<std::string> dead_;
};

}  // namespace

FaultInfo kill() {
  return {.name = "kill",
          .summary = "processes die, and new ones start with empty memory",
          .harm = FaultInfo::Harm::memory,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<Kill>(world, draw_victims(world, random));
          }};
}

}  // namespace mznode::sim::faults
