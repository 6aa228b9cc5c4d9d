#include "mznode/workloads/registry.hpp"

#include <stdexcept>

#include "broadcast/broadcast.hpp"
#include "counter/counter.hpp"
#include "echo/echo.hpp"
#include "g_set/g_set.hpp"
#include "kafka/kafka.hpp"
#include "lin_kv/lin_kv.hpp"
#include "mznode/json/suggestion.hpp"
#include "txn/txn.hpp"
#include "unique_ids/unique_ids.hpp"

namespace mznode {
namespace {

template <class Named>
const Named& find_named(const std::vector<Named>& all, std::string_view name, const std::string& what) {
  std::vector<std::string_view> known;
  for (const Named& each : all) {
    if (each.name == name) return each;
    known.push_back(each.name);
  }
  throw std::invalid_argument(unknown_word(what, name, known));
}

}  // namespace

const std::vector<WorkloadInfo>& workloads() {
  static const std::vector<WorkloadInfo> all = {
      echo::workload(),
      unique_ids::workload(),
      broadcast::workload(),
      g_set::workload(),
      counter::g_counter_workload(),
      counter::pn_counter_workload(),
      linearizable_kv::workload(),
      kafka::workload(),
      txn::list_append_workload(),
      txn::rw_register_workload(),
  };
  return all;
}

const WorkloadInfo& find_workload(std::string_view name) {
  return find_named(workloads(), name, "workload");
}

const WorkloadInfo& find_node_workload(std::string_view name) {
  for (const WorkloadInfo& workload : workloads()) {
    if (!name.empty() && workload.module == name) return workload;
  }
  return find_workload(name);
}

const StrategyInfo& find_strategy(const WorkloadInfo& workload, std::string_view name) {
  if (workload.strategies.empty()) {
    throw std::invalid_argument("the workload " + workload.name +
                                " has no built-in strategy yet; test a node of your own with --bin");
  }
  if (name.empty()) return workload.strategies.front();
  return find_named(workload.strategies, name, "strategy of " + workload.name);
}

}  // namespace mznode
