#include "mznode/check/txn/txn.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

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

/// Whether a model is about the order in which things happened.
bool needs_time(std::string_view model) {
  const isolation::Model* decided = isolation::find_model(model);
  return (decided != nullptr && decided->order == isolation::Order::realtime) ||
         needed_order(prohibited_anomalies(ConsistencyModels::parse(model))) == realtime;
}

/// Takes those back that are about time, of which the history tells nothing.
StrongestModelsFinding without_time(StrongestModelsFinding finding) {
  const auto left = strongest_implied(finding.models, needs_time);
  finding.models.assign(left.begin(), left.end());
  std::erase_if(finding.violated, needs_time);
  return finding;
}

/// What the checks of all kinds of objects share, once the order of versions is known and all is found that is no
/// cycle.
template <class Versions>
Verdict judge_dependencies(const History& history, const Transactions& transactions, const Versions& versions,
                           const Priority& priority, const Evidence& evidence, const CheckOptions& options,
                           AnomalyList anomalies, const Loops& loops = {}) {
  const auto graph_in = [&](Relations order) {
    return build_graph(history, transactions, order == realtime && !options.tells_time ? process : order,
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
  StrongestModelsFinding strongest =
      all_hold ? strongest_models_of({}, {}, {}, prohibited, evidence)
               : strongest_models_of(std::move(anomalies), find_cycles(graph_in(process), priority),
                                     find_cycles(graph_in(realtime), priority), prohibited, evidence);
  verdict.add(options.tells_time ? std::move(strongest) : without_time(std::move(strongest)));
  return verdict;
}

void forget_strongest_models(Verdict& verdict) {
  std::erase_if(verdict.findings, [](const auto& finding) {
    return dynamic_cast<const StrongestModelsFinding*>(finding.get()) != nullptr;
  });
}

/// Takes those back that would imply a model that is violated, and tells it where all that was asked for holds.
void rule_out(Verdict& verdict, std::string_view violated) {
  const auto* told = verdict.found<StrongestModelsFinding>();
  if (told == nullptr) return;
  const auto left =
      strongest_implied(told->models, [&](std::string_view model) { return isolation::implies(model, violated); });
  StrongestModelsFinding finding = *told;
  finding.models.assign(left.begin(), left.end());
  const bool is_told = std::any_of(finding.violated.begin(), finding.violated.end(),
                                   [&](const std::string& weaker) { return isolation::implies(violated, weaker); });
  if (verdict.valid == Valid::yes && !is_told) {
    std::erase_if(finding.violated,
                  [&](const std::string& stronger) { return isolation::implies(stronger, violated); });
    finding.violated.emplace_back(violated);
  }
  forget_strongest_models(verdict);
  verdict.add(std::move(finding));
}

/// Adds what holds, and what stronger models lose, in words.
Verdict with_strongest_models(Verdict verdict) {
  const auto* told = verdict.found<StrongestModelsFinding>();
  const bool says_more = told != nullptr && (verdict.valid == Valid::no || !told->violated.empty());
  if (!says_more || verdict.valid == Valid::unknown) return verdict;
  const std::vector<std::string> words = told->words();
  verdict.explanation.insert(verdict.explanation.end(), words.begin(), words.end());
  return verdict;
}

/// Whether a complete check says yes to each model that was asked for, so that nothing can have been missed.
bool is_proven(const Verdict& verdict, const CheckOptions& options) {
  const auto* complete = verdict.found<CompleteFinding>();
  return complete != nullptr && complete->models.size() == options.consistency_models.names().size() &&
         std::all_of(complete->models.begin(), complete->models.end(),
                     [](const CompleteFinding::Model& model) { return model.valid == Valid::yes; });
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

/// Throws HistoryError where the history does not tell what a model is about.
void demand_time(const CheckOptions& options) {
  if (options.tells_time) return;
  for (const std::string_view model : options.consistency_models.names()) {
    if (needs_time(model)) {
      throw HistoryError("the history tells nothing of time, which " + std::string(model) +
                         " is about; ask for models that are not, such as strong-session-serializable "
                         "(--consistency-models)");
    }
  }
  if (options.assume.linearizable_keys) {
    throw HistoryError("the history tells nothing of time, which linearizable-keys is about (--assume)");
  }
}

/// Throws HistoryError where nothing would be checked of a model, unless upstream's verdict is asked for, or a check be
/// left out that was demanded. `is_completed` where complete checks follow.
void demand_checked_models(const CheckOptions& options, bool is_completed) {
  demand_time(options);
  if (Upstream(options).accepts_unchecked_models()) return;
  if (const auto why = options.consistency_models.unchecked(is_completed)) throw HistoryError(*why);
  if (options.complete != CompleteCheck::demanded) return;
  for (const std::string_view model : options.consistency_models.names()) {
    if (is_completed && has_complete_check(model)) continue;
    throw HistoryError("there is no complete check of " + std::string(model) +
                       (is_completed ? "; doc/checking.md names the models that have one" : " for lists"));
  }
}

/// Holds what is said to hold to the complete checks: the inference may have missed that it is violated.
void test_strongest_models(Verdict& verdict, const History& history, const Transactions& transactions,
                           SearchLimits limits) {
  constexpr std::uint64_t affordable_steps = 10'000'000;  // for each of a few models
  limits.steps = std::min(limits.steps, affordable_steps);
  std::set<std::string> tested;
  if (const auto* asked = verdict.found<CompleteFinding>()) {
    for (const CompleteFinding::Model& model : asked->models) tested.insert(model.name);
  }
  const auto find_violated = [&](const std::vector<std::string>& models) -> std::optional<std::string> {
    for (std::string model : models) {
      if (model == "consistent-view") model = "causal-cerone";  // it has no check of its own, and implies this one
      if (!has_complete_check(model) || !tested.insert(model).second) continue;
      const CompleteFinding found = isolation::check_completely(history, transactions, {model}, limits, false);
      if (found.models.front().valid == Valid::no) return model;
    }
    return std::nullopt;
  };
  while (const auto* told = verdict.found<StrongestModelsFinding>()) {
    const auto violated = find_violated(told->models);
    if (!violated) return;
    rule_out(verdict, *violated);
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
    const bool counts = model.valid == Valid::no || is_demanded || is_only_check;
    if (!counts) continue;
    verdict.valid = worst(verdict.valid, model.valid);
    if (model.valid == Valid::no) rule_out(verdict, model.name);
    verdict.explanation.insert(verdict.explanation.end(), model.explanation.begin(), model.explanation.end());
    if (verdict.valid == Valid::unknown && verdict.error.empty() && model.valid == Valid::unknown) {
      verdict.error = model.explanation.front();
    }
  }
  if (!finding.models.empty()) verdict.add(std::move(finding));
  test_strongest_models(verdict, history, transactions, options.limits);
  return verdict;
}

NilRead nil_read(const CheckOptions& options) {
  return Upstream(options).forgets_reads_of_nil() ? NilRead::tells_nothing : NilRead::finds_nothing;
}

/// `demand` may take back what the inference found, before the complete checks add to it.
template <class Demand>
Verdict judge_registers(const History& history, const CheckOptions& options, Demand&& demand) {
  Transactions transactions;
  RegisterReader(history).read(transactions);
  AnomalyList anomalies;
  const RegisterVersions versions(history, transactions, options, anomalies);
  const Evidence evidence(history, transactions, versions);
  find_register_anomalies(transactions, nil_read(options), evidence, anomalies);
  Verdict verdict = judge_dependencies(history, transactions, versions, {wr, ww, rw}, evidence, options,
                                       std::move(anomalies), versions.loops());
  verdict = completed(demand(std::move(verdict), transactions), history, transactions, options);
  if (verdict.valid == Valid::yes && !is_proven(verdict, options)) {
    if (VersionOrderFinding order = versions.version_order(); order.count > 0) verdict.add(order);
  }
  return with_strongest_models(std::move(verdict));
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
  return with_strongest_models(demand_writers(std::move(verdict), transactions, "appended"));
}

Verdict check_rw_register(const History& history, const CheckOptions& options) {
  demand_checked_models(options, is_complete(options));
  return judge_registers(history, options, [](Verdict verdict, const Transactions&) { return verdict; });
}

Verdict check_txn_rw_register(const History& history, const CheckOptions& options) {
  demand_checked_models(options, is_complete(options));
  CheckOptions assuming = options;
  assuming.assume.wfr_keys = true;
  Verdict verdict = judge_registers(history, assuming, [&](Verdict judged, const Transactions& transactions) {
    return Upstream(options).ignores_unwritten_values() ? judged
                                                        : demand_writers(std::move(judged), transactions, "wrote");
  });
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
