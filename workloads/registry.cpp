#include "mznode/workloads/registry.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "broadcast/broadcast.hpp"
#include "counter/counter.hpp"
#include "echo/echo.hpp"
#include "g_set/g_set.hpp"
#include "kafka/kafka.hpp"
#include "lin_kv/lin_kv.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/json/error.hpp"
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

std::vector<WorkloadInfo> built_in() {
  std::vector<WorkloadInfo> all = {
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
  for (WorkloadInfo& each : all) each.checker = check::find_checker(each.name);
  return all;
}

std::vector<WorkloadInfo>& registered() {
  static std::vector<WorkloadInfo> all = built_in();
  return all;
}

/// What was added, so that a name that is given twice by mistake is told from one that replaces what is built in.
std::set<std::string>& added() {
  static std::set<std::string> names;
  return names;
}

void expect(bool is_so, const std::string& what) {
  if (!is_so) throw std::invalid_argument(what);
}

/// A name is a word of the command line.
void expect_name(const std::string& what, const std::string& name) {
  const bool is_word = !name.empty() && name.front() != '-' && name.find_first_of(" ,=\t\n") == std::string::npos;
  expect(is_word, what + " cannot have the name \"" + name + "\": a name is a word without blanks, commas and =");
}

}  // namespace

const std::vector<WorkloadInfo>& workloads() {
  return registered();
}

void add_workload(WorkloadInfo workload) {
  const std::string what = "the workload " + workload.name;
  expect_name("a workload", workload.name);
  expect(workload.test.make_client != nullptr, what + " has no client: set test.make_client");
  expect(workload.test.make_generator != nullptr, what + " has no generator: set test.make_generator");
  workload.checker = check::find_checker(workload.name);
  expect(workload.check != nullptr || workload.checker != nullptr, what + " has no checker: set check");
  expect(added().insert(workload.name).second, what + " is added twice");
  auto& all = registered();
  const auto same = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == workload.name; });
  if (same != all.end()) all.erase(same);
  std::vector<StrategyInfo> strategies = std::exchange(workload.strategies, {});
  all.push_back(std::move(workload));
  const std::string name = all.back().name;
  std::reverse(strategies.begin(), strategies.end());  // each is put before the others
  for (StrategyInfo& each : strategies) add_strategy(name, std::move(each));
}

void add_strategy(std::string_view workload, StrategyInfo strategy) {
  WorkloadInfo& chosen = registered()[static_cast<std::size_t>(&find_workload(workload) - workloads().data())];
  const std::string what = "the strategy " + strategy.name + " of " + chosen.name;
  expect_name("a strategy of " + chosen.name, strategy.name);
  expect(strategy.install != nullptr, what + " has nothing to install");
  for (const Option& option : strategy.options) expect_name("an option of " + what, option.name);
  expect(added().insert(chosen.name + " " + strategy.name).second, what + " is added twice");
  std::erase_if(chosen.strategies, [&](const StrategyInfo& each) { return each.name == strategy.name; });
  chosen.strategies.insert(chosen.strategies.begin(), std::move(strategy));
}

check::Verdict WorkloadInfo::judge(const check::History& history, const check::CheckOptions& options) const {
  if (check == nullptr) return checker->check(history, options);
  try {
    const bool any = std::any_of(history.begin(), history.end(), [](const auto& each) { return each.is_client(); });
    if (!any) return check::Verdict::unknown("there is nothing to judge: the history has no operation of a client");
    return check(history, options);
  } catch (const std::exception& error) {
    return check::Verdict::unknown("the checker of " + name + " failed: " + describe(error));
  }
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
