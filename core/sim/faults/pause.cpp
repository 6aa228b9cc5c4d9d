#include "faults/active_fault.hpp"
#include "mznode/json/codec.hpp"

namespace mznode::sim::faults {
namespace {

class Pause final : public ActiveFault {
 public:
  Pause(FaultWorld& world, const std::vector<std::string>& victims) : ActiveFault(to_json(victims)), world_(world) {
    for (const std::string& node : victims) {
      world_.host.pause(node);
      life_[node] = world_.times_killed[node];
    }
  }
  std::vector<std::string> end() override {
    std::vector<std::string> resumed;
    for (const auto& [node, life] : life_) {
      if (world_.times_killed[node] == life) resumed.push_back(node);  // no process, no pause
    }
    for (const std::string& node : resumed) world_.host.resume(node);
    return resumed;
  }

 private:
  FaultWorld& world_;
  /// Of each victim, how often it had been killed.
  std::map<std::string, std::size_t> life_;
};

}  // namespace

FaultInfo pause() {
  return {.name = "pause",
          .summary = "processes stand still and then go on",
          .harm = FaultInfo::Harm::pace,
          .begin = [](FaultWorld& world, Random& random) -> std::unique_ptr<ActiveFault> {
            return std::make_unique<Pause>(world, draw_victims(world, random));
          }};
}

}  // namespace mznode::sim::faults
