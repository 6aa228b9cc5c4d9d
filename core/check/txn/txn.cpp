#include "mznode/check/txn/txn.hpp"

#include <algorithm>

#include "txn/judge.hpp"
#include "txn/list_anomalies.hpp"
#include "txn/orders.hpp"
#include "txn/registers.hpp"

namespace mznode::check {

using namespace txn;

namespace {

/// Adds a cycle for each transaction that has read what it wrote only afterwards. Elle sees one as a part of a larger
/// cycle only.
void find_reads_ahead(const Graph& graph, const Loops& loops, const CheckOptions& options, const Evidence& evidence,
                      AnomalyList& anomalies) {
  if (loops.reads_ahead.empty()) return;
  constexpr Relations all = data | process | realtime;
  const std::vector<std::uint32_t> component = find_components(View{graph, all}).number;
  std::vector<std::uint32_t> members(component.size(), 0);
  for (std::uint32_t i = 0; i < graph.size(); ++i) ++members[component[i]];
  for (const std::uint32_t i : loops.reads_ahead) {
    if (options.compat_jepsen && members[component[i]] < 2) continue;
    anomalies.add("G1c", [&] { return evidence.cycle({.vertices = {i}, .steps = {wr}}); });
  }
}

/// What the checks of all kinds of objects share, once the order of versions is known and all is found that is no
/// cycle.
template <class Versions>
Verdict judge_dependencies(const History& history, const Transactions& transactions, const Versions& versions,
                           const Priority& priority, const Evidence& evidence, const CheckOptions& options,
                           AnomalyList anomalies, const Loops& loops = {}) {
  const auto graph_in = [&](Relations order) {
    return build_graph(history, transactions, order,
                       [&](std::uint32_t to, auto&& emit) { versions.for_each_dependency(to, emit); });
  };
  const Names prohibited = prohibited_anomalies(options.consistency_models);
  const Graph graph = graph_in(needed_order(prohibited));
  find_reads_ahead(graph, loops, options, evidence, anomalies);
  find_cycle_anomalies(graph, loops, priority, prohibited, evidence, anomalies);
  Verdict verdict = judge(anomalies, prohibited);
  if (!options.strongest_models || !graph.has_arcs()) return verdict;
  const Names all = prohibited_anomalies({});
  const bool all_hold =
      verdict.valid == Valid::yes && std::includes(prohibited.begin(), prohibited.end(), all.begin(), all.end());
  const auto strongest = all_hold ? strongest_models({})
                                  : strongest_models_of(anomalies, find_cycles(graph_in(process), priority),
                                                        find_cycles(graph_in(realtime), priority));
  StrongestModelsFinding finding;
  finding.models.assign(strongest.begin(), strongest.end());
  verdict.add(std::move(finding));
  return verdict;
}

/// Takes `verdict` back unless it is invalid, where a value was read that nobody had written: no order can be trusted
/// then. `wrote` says how one writes.
Verdict demand_writers(Verdict verdict, const Transactions& transactions, const std::string& wrote) {
  const auto unwritten = std::find_if(transactions.elements.begin(), transactions.elements.end(),
                                      [](const Element& element) { return element.writer == txn::none; });
  if (unwritten == transactions.elements.end()) return verdict;
  std::erase_if(verdict.findings, [](const auto& finding) {
    return dynamic_cast<const StrongestModelsFinding*>(finding.get()) != nullptr;
  });
  if (verdict.valid == Valid::no) return verdict;
  return Verdict::unknown("key " + std::string(transactions.key_text(unwritten->key)) + " was read with " +
                          std::string(transactions.values.text(unwritten->value)) + ", which no transaction " + wrote +
                          " to it");
}

/// Throws HistoryError where nothing would be checked, unless upstream's verdict is asked for.
void demand_checked_models(const CheckOptions& options) {
  if (options.compat_jepsen) return;
  if (const auto why = options.consistency_models.unchecked()) throw HistoryError(*why);
}

NilRead nil_read(const CheckOptions& options) {
  return follows_elle_0_2_2(options) ? NilRead::tells_nothing : NilRead::finds_nothing;
}

Verdict judge_registers(const History& history, const Transactions& transactions, const CheckOptions& options) {
  AnomalyList anomalies;
  const Registers versions(history, transactions, options, anomalies);
  const Evidence evidence(history, transactions, versions);
  find_register_anomalies(transactions, nil_read(options), evidence, anomalies);
  return judge_dependencies(history, transactions, versions, {wr, ww, rw}, evidence, options, std::move(anomalies),
                            versions.loops());
}

}  // namespace

Verdict check_list_append(const History& history, const CheckOptions& options) {
  demand_checked_models(options);
  Transactions transactions;
  ListReader reader(history);
  reader.read(transactions);
  const ListAppend versions(transactions, reader);
  const Evidence evidence(history, transactions, versions);
  AnomalyList anomalies;
  find_list_anomalies(transactions, reader, versions, nil_read(options), evidence, anomalies);
  Verdict verdict =
      judge_dependencies(history, transactions, versions, {ww, wr, rw}, evidence, options, std::move(anomalies));
  return demand_writers(std::move(verdict), transactions, "appended");
}

Verdict check_rw_register(const History& history, const CheckOptions& options) {
  demand_checked_models(options);
  Transactions transactions;
  RegisterReader(history).read(transactions);
  return judge_registers(history, transactions, options);
}

Verdict check_txn_rw_register(const History& history, const CheckOptions& options) {
  demand_checked_models(options);
  CheckOptions assuming = options;
  assuming.assume.wfr_keys = true;
  Transactions transactions;
  RegisterReader(history).read(transactions);
  Verdict verdict = judge_registers(history, transactions, assuming);
  if (!options.compat_jepsen) verdict = demand_writers(std::move(verdict), transactions, "wrote");
  if (verdict.valid != Valid::unknown) return verdict;
  const std::size_t answers = answers_in(history);
  const auto* found = verdict.found<TransactionsFinding>();
  const bool tells_nothing =
      found != nullptr && found->anomalies.size() == 1 && found->anomalies.front().name == "empty-transaction-graph";
  if (!options.compat_jepsen && tells_nothing && answers <= few_answers) {
    verdict.error = too_few_answers(answers);
    return verdict;
  }
  verdict.valid = Valid::no;
  return verdict;
}

}  // namespace mznode::check
