#include "core/check/txn/txn.hpp"

#include <algorithm>

#include "core/check/txn/judge.hpp"
#include "core/check/txn/list_anomalies.hpp"
#include "core/check/txn/orders.hpp"
#include "core/check/txn/registers.hpp"

namespace mznode::check {

using namespace txn;

namespace {

/// What the checks of all kinds of objects share, once the order of versions is known and all is found that is no
/// cycle.
template <class Versions>
Verdict judge_dependencies(const History& history, const Transactions& transactions, const Versions& versions,
                           const Priority& priority, const Evidence& evidence, const CheckOptions& options,
                           Findings findings) {
  const auto graph_in = [&](Relations order) {
    return build_graph(history, transactions, order,
                       [&](std::uint32_t to, auto&& emit) { versions.for_each_dependency(to, emit); });
  };
  const Names prohibited = prohibited_anomalies(options.consistency_models);
  const Graph graph = graph_in(needed_order(prohibited));
  find_cycle_anomalies(graph, priority, prohibited, evidence, findings);
  Verdict verdict = judge(findings, prohibited);
  if (!options.strongest_models || !graph.has_arcs()) return verdict;
  const Names all = prohibited_anomalies({});
  const bool all_hold =
      verdict.valid == Valid::yes && std::includes(prohibited.begin(), prohibited.end(), all.begin(), all.end());
  verdict.details["strongest-models"] = all_hold
                                            ? strongest_models({})
                                            : strongest_models_of(findings, find_cycles(graph_in(process), priority),
                                                                  find_cycles(graph_in(realtime), priority));
  return verdict;
}

}  // namespace

Verdict check_list_append(const History& history, const CheckOptions& options) {
  Transactions transactions;
  ListReader reader(history);
  reader.read(transactions);
  const ListAppend versions(transactions, reader);
  const Evidence evidence(history, transactions, versions);
  Findings findings;
  find_list_anomalies(transactions, reader, versions, evidence, findings);
  Verdict verdict =
      judge_dependencies(history, transactions, versions, {ww, wr, rw}, evidence, options, std::move(findings));
  const std::uint32_t unwritten = find_unwritten(transactions);
  if (unwritten == txn::none) return verdict;
  verdict.details.erase("strongest-models");
  if (verdict.valid == Valid::no) return verdict;
  return Verdict::unknown("key " + std::string(transactions.key_text(transactions.elements[unwritten].key)) +
                          " was read with " + std::string(transactions.element_text(unwritten)) +
                          ", which no transaction appended to it");
}

Verdict check_rw_register(const History& history, const CheckOptions& options) {
  Transactions transactions;
  RegisterReader(history).read(transactions);
  Findings findings;
  const Registers versions(history, transactions, options, findings);
  const Evidence evidence(history, transactions, versions);
  find_register_anomalies(transactions, evidence, findings);
  return judge_dependencies(history, transactions, versions, {wr, ww, rw}, evidence, options, std::move(findings));
}

Verdict check_txn_rw_register(const History& history, const CheckOptions& options) {
  CheckOptions assuming = options;
  assuming.assume.wfr_keys = true;
  Verdict verdict = check_rw_register(history, assuming);
  if (verdict.valid != Valid::unknown) return verdict;
  verdict.valid = Valid::no;
  verdict.details["valid?"] = to_details(verdict.valid);
  return verdict;
}

}  // namespace mznode::check
