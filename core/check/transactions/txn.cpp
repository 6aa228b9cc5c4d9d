#include "mznode/check/txn/txn.hpp"

#include <algorithm>

#include "anomalies/judge.hpp"
#include "compat/upstream.hpp"
#include "isolation/complete.hpp"
#include "isolation/model.hpp"
#include "transactions/list_anomalies.hpp"
#include "transactions/orders.hpp"
#include "transactions/registers.hpp"

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
  for (const TransactionId i : loops.reads_ahead) {
    if (Upstream(options).misses_lone_reads_ahead() && members[component[i]] < 2) continue;
    anomalies.add("G1c", [&] { return evidence.cycle({.vertices = {VertexId(i)}, .steps = {wr}}); });
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
                       [&](TransactionId to, auto&& emit) { versions.for_each_dependency(to, emit); });
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

void forget_strongest_models(Verdict& verdict) {
  std::erase_if(verdict.findings, [](const auto& finding) {
    return dynamic_cast<const StrongestModelsFinding*>(finding.get()) != nullptr;
  });
}

/// Takes those back that would imply a model that is violated.
void rule_out(Verdict& verdict, std::string_view violated) {
  const auto* told = verdict.found<StrongestModelsFinding>();
  if (told == nullptr) return;
  const auto left =
      strongest_implied(told->models, [&](std::string_view model) { return isolation::implies(model, violated); });
  StrongestModelsFinding finding;
  finding.models.assign(left.begin(), left.end());
  forget_strongest_models(verdict);
  verdict.add(std::move(finding));
}

/// Takes `verdict` back unless it is invalid, where a value was read that nobody had written: no order can be trusted
/// then. `wrote` says how one writes.
Verdict demand_writers(Verdict verdict, const Transactions& transactions, const std::string& wrote) {
  const auto unwritten = std::find_if(transactions.elements.begin(), transactions.elements.end(),
                                      [](const Element& element) { return element.writer == txn::none; });
  if (unwritten == transactions.elements.end()) return verdict;
  forget_strongest_models(verdict);
  if (verdict.valid == Valid::no) return verdict;
  return Verdict::unknown("key " + std::string(transactions.key_text(unwritten->key)) + " was read with " +
                          std::string(transactions.values.text(unwritten->value)) + ", which no transaction " + wrote +
                          " to it");
}

/// Whether the complete checks run; they are none of Elle's.
bool is_complete(const CheckOptions& options) {
  return options.complete != CompleteCheck::left_out && !Upstream(options).has_no_complete_checks();
}

/// Throws HistoryError where nothing would be checked of a model, unless upstream's verdict is asked for, or a check be
/// left out that was demanded. `is_completed` where complete checks follow.
void demand_checked_models(const CheckOptions& options, bool is_completed) {
  if (Upstream(options).accepts_unchecked_models()) return;
  if (const auto why = options.consistency_models.unchecked(is_completed)) throw HistoryError(*why);
  if (options.complete != CompleteCheck::demanded) return;
  for (const std::string_view model : options.consistency_models.names()) {
    if (is_completed && has_complete_check(model)) continue;
    throw HistoryError("there is no complete check of " + std::string(model) +
                       (is_completed ? "; doc/checking.md names the models that have one" : " for lists"));
  }
}

/// Adds what the complete checks find.
Verdict completed(Verdict verdict, const History& history, const Transactions& transactions,
                  const CheckOptions& options) {
  if (!is_complete(options)) return verdict;
  constexpr std::uint64_t affordable_steps = 100'000'000;
  SearchLimits limits = options.limits;
  const bool is_demanded = options.complete == CompleteCheck::demanded;
  if (!is_demanded) limits.steps = std::min(limits.steps, affordable_steps);
  CompleteFinding finding =
      isolation::check_completely(history, transactions, options.consistency_models.names(), limits, is_demanded);
  for (const CompleteFinding::Model& model : finding.models) {
    const bool is_only_check = !why_unchecked(model.name).empty();
    if (model.valid == Valid::no) rule_out(verdict, model.name);
    const bool counts = model.valid == Valid::no || is_demanded || is_only_check;
    if (!counts) continue;
    verdict.valid = worst(verdict.valid, model.valid);
    verdict.explanation.insert(verdict.explanation.end(), model.explanation.begin(), model.explanation.end());
    if (verdict.valid == Valid::unknown && verdict.error.empty() && model.valid == Valid::unknown) {
      verdict.error = model.explanation.front();
    }
  }
  if (!finding.models.empty()) verdict.add(std::move(finding));
  return verdict;
}

NilRead nil_read(const CheckOptions& options) {
  return Upstream(options).forgets_reads_of_nil() ? NilRead::tells_nothing : NilRead::finds_nothing;
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
  demand_checked_models(options, false);
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
  demand_checked_models(options, is_complete(options));
  Transactions transactions;
  RegisterReader(history).read(transactions);
  return completed(judge_registers(history, transactions, options), history, transactions, options);
}

Verdict check_txn_rw_register(const History& history, const CheckOptions& options) {
  demand_checked_models(options, is_complete(options));
  CheckOptions assuming = options;
  assuming.assume.wfr_keys = true;
  Transactions transactions;
  RegisterReader(history).read(transactions);
  Verdict verdict = judge_registers(history, transactions, assuming);
  if (!Upstream(options).ignores_unwritten_values())
    verdict = demand_writers(std::move(verdict), transactions, "wrote");
  verdict = completed(std::move(verdict), history, transactions, options);
  if (verdict.valid != Valid::unknown) return verdict;
  const std::size_t answers = answers_in(history);
  const auto* found = verdict.found<TransactionsFinding>();
  const bool tells_nothing =
      found != nullptr && found->anomalies.size() == 1 && found->anomalies.front().name == "empty-transaction-graph";
  if (!Upstream(options).demands_success() && tells_nothing && answers <= few_answers) {
    verdict.error = too_few_answers(answers);
    return verdict;
  }
  verdict.valid = Valid::no;
  return verdict;
}

}  // namespace mznode::check
