#include "anomalies/judge.hpp"

#include <algorithm>
#include <array>

#include "anomalies/words.hpp"
#include "mznode/check/txn/anomalies.hpp"

namespace mznode::check::txn {
namespace {

/// What makes a verdict unknown and not invalid.
const Names undecided = {"empty-transaction-graph", "cycle-search-timeout"};

/// That some cycle exists is worth saying only about models that nothing more exact rules out.
void remove_redundant_cycles(AnomalyList& anomalies, const Names& reportable) {
  Names exact;
  Names vague;
  for (const std::string_view name : anomalies.names()) {
    if (reportable.contains(name)) (model_of_cycle_exists(name).empty() ? exact : vague).insert(name);
  }
  for (const std::string_view name : vague) {
    Names others = exact;
    for (const std::string_view other : vague) {
      // Of those that rule each other's model out, the weaker model's says more.
      if (other != name && !impossible_models({name}).contains(model_of_cycle_exists(other))) others.insert(other);
    }
    if (impossible_models(others).contains(model_of_cycle_exists(name))) anomalies.remove(name);
  }
}

/// What was found in words: first what takes one line, then cycles, the shortest ones first.
std::vector<std::string> explain(const AnomalyList& anomalies, const Names& reportable) {
  constexpr std::size_t max_cycles = 3;
  std::vector<std::string> lines;
  std::vector<std::vector<std::string>> cycles;
  for (const std::string_view name : anomalies.names()) {
    if (!reportable.contains(name)) continue;
    auto words = explain_anomaly(anomalies.at(name));
    if (words.size() > 1) {
      cycles.push_back(std::move(words));
    } else {
      lines.push_back(std::move(words.front()));
    }
  }
  std::stable_sort(cycles.begin(), cycles.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  for (std::size_t i = 0; i < std::min(max_cycles, cycles.size()); ++i) {
    lines.insert(lines.end(), cycles[i].begin(), cycles[i].end());
  }
  return lines;
}

}  // namespace

void find_cycle_anomalies(const Graph& graph, const Loops& loops, const Priority& priority, const Names& prohibited,
                          const Evidence& evidence, AnomalyList& anomalies) {
  bool has_edges = loops.exist || graph.has_arcs();
  for (VertexId vertex{0U}; vertex < graph.size() && !has_edges; ++vertex) has_edges = graph.follower(vertex) != none;
  if (!has_edges) anomalies.add("empty-transaction-graph", [] { return true; });
  const CycleReport report = find_cycles(graph, priority);
  for (const CycleCase& it : report.cases) {
    anomalies.add(it.anomaly, [&] { return evidence.cycle(it.cycle); });
  }
  for (const std::string_view name : report.given_up) {
    if (prohibited.contains(name)) anomalies.add("cycle-search-timeout", [&] { return name; });
  }
}

StrongestModelsFinding strongest_models_of(AnomalyList anomalies, const CycleReport& by_process,
                                           const CycleReport& by_realtime, const Names& prohibited,
                                           const Evidence& evidence) {
  Names given_up;
  const Names before = anomalies.names();
  for (const CycleReport* report : {&by_process, &by_realtime}) {
    for (const CycleCase& it : report->cases) {
      if (!before.contains(it.anomaly)) anomalies.add(it.anomaly, [&] { return evidence.cycle(it.cycle); });
    }
    given_up.insert(report->given_up.begin(), report->given_up.end());
  }
  Names found = anomalies.names();
  const bool all_asked_hold = std::none_of(
      found.begin(), found.end(), [&](auto name) { return prohibited.contains(name) || undecided.contains(name); });
  StrongestModelsFinding finding;
  if (all_asked_hold) {
    const Boundary boundary = ruled_out(found);
    finding.violated.assign(boundary.weakest.begin(), boundary.weakest.end());
    remove_redundant_cycles(anomalies, found);
    for (const std::string_view name : anomalies.names()) finding.anomalies.push_back(anomalies.at(name));
  }
  found.insert(given_up.begin(), given_up.end());  // they may be there
  const auto models = strongest_models(found);
  finding.models.assign(models.begin(), models.end());
  return finding;
}

Verdict judge(AnomalyList anomalies, const Names& prohibited) {
  Names reportable = prohibited;
  reportable.insert(undecided.begin(), undecided.end());
  const Names found = anomalies.names();
  const auto is_among = [&](const Names& names) {
    return std::any_of(found.begin(), found.end(), [&](auto name) { return names.contains(name); });
  };
  Verdict verdict(is_among(prohibited) ? Valid::no : is_among(undecided) ? Valid::unknown : Valid::yes);
  if (verdict.valid == Valid::yes) return verdict;
  remove_redundant_cycles(anomalies, reportable);
  const Boundary boundary = ruled_out(found);
  TransactionsFinding finding;
  for (const std::string_view name : anomalies.names()) {
    if (reportable.contains(name)) finding.anomalies.push_back(anomalies.at(name));
  }
  finding.ruled_out.assign(boundary.weakest.begin(), boundary.weakest.end());
  finding.also_ruled_out.assign(boundary.stronger.begin(), boundary.stronger.end());
  verdict.explanation = explain(anomalies, reportable);
  if (verdict.valid == Valid::unknown) verdict.error = verdict.explanation.front();
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check::txn
