#include "workloads/registry.hpp"

#include <stdexcept>

#include "workloads/broadcast/broadcast.hpp"
#include "workloads/echo/echo.hpp"
#include "workloads/unique_ids/unique_ids.hpp"

namespace mznode {
namespace {

template <class Named>
const Named& find_named(const std::vector<Named>& all, std::string_view name, const std::string& what) {
  std::string known;
  for (const Named& each : all) {
    if (each.name == name) return each;
    known += (known.empty() ? "" : ", ") + each.name;
  }
  throw std::invalid_argument("there is no " + what + " " + std::string(name) + "; choose one of " + known);
}

}  // namespace

const std::vector<WorkloadInfo>& workloads() {
  static const std::vector<WorkloadInfo> all = {
      echo::workload(),
      unique_ids::workload(),
      broadcast::workload(),
  };
  return all;
}

const WorkloadInfo& find_workload(std::string_view name) { return find_named(workloads(), name, "workload"); }

const StrategyInfo& find_strategy(const WorkloadInfo& workload, std::string_view name) {
  if (name.empty()) return workload.strategies.front();
  return find_named(workload.strategies, name, "strategy of " + workload.name);
}

}  // namespace mznode
