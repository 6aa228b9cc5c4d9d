#include "core/check/txn/txn.hpp"

#include "core/check/txn/judge.hpp"
#include "core/check/txn/list_anomalies.hpp"
#include "core/check/txn/orders.hpp"
#include "core/check/txn/registers.hpp"

namespace mznode::check {

using namespace txn;

Verdict check_list_append(const History& history, const CheckOptions& options) {
  Transactions transactions;
  ListReader reader(history);
  reader.read(transactions);
  const ListAppend versions(transactions, reader);
  const Evidence evidence(history, transactions, versions);
  Findings findings;
  find_list_anomalies(transactions, reader, versions, evidence, findings);
  const Names prohibited = prohibited_anomalies(options.consistency_models);
  const Relations order = needed_order(prohibited);
  const Graph graph = build_graph(history, transactions, order,
                                  [&](std::uint32_t to, auto&& emit) { versions.for_each_dependency(to, emit); });
  find_cycle_anomalies(graph, {ww, wr, rw}, prohibited, evidence, findings);
  Verdict verdict = judge(std::move(findings), prohibited);
  const std::uint32_t unwritten = find_unwritten(transactions);
  if (unwritten == txn::none || verdict.valid == Valid::no) return verdict;
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
  const Names prohibited = prohibited_anomalies(options.consistency_models);
  const Relations order = needed_order(prohibited);
  const Graph graph = build_graph(history, transactions, order,
                                  [&](std::uint32_t to, auto&& emit) { versions.for_each_dependency(to, emit); });
  find_cycle_anomalies(graph, {wr, ww, rw}, prohibited, evidence, findings);
  return judge(std::move(findings), prohibited);
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
