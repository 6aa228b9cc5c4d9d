#include "report/evidence_data.hpp"

#include <algorithm>
#include <map>

#include "mznode/check/gloss.hpp"
#include "mznode/check/invariants.hpp"
#include "mznode/check/isolation.hpp"
#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::app {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t shown_cycles = 6;
constexpr std::size_t shown_cases = 12;
constexpr std::size_t shown_case_bytes = 600;
constexpr std::size_t drawn_value_bytes = 160;

/// A micro-operation without the brackets: r "x" [1,2].
std::string micro_operation(const ordered_json& parts) {
  if (!parts.is_array()) return parts.dump();
  std::string text;
  for (const ordered_json& part : parts) {
    if (!text.empty()) text += ' ';
    text += text.empty() && part.is_string() ? part.get<std::string>() : part.dump();
  }
  return text;
}

std::string transaction_text(const Json& transaction) {
  const ordered_json value = check::to_details(transaction);
  if (!value.is_array()) return sim::excerpt(value.dump(), drawn_value_bytes);
  std::string text;
  for (const ordered_json& each : value) text += (text.empty() ? "" : ", ") + micro_operation(each);
  return sim::excerpt(text, drawn_value_bytes);
}

CycleDrawing cycle_drawing(const std::string& anomaly, const check::CycleExample& cycle) {
  CycleDrawing drawing;
  drawing.anomaly = anomaly;
  drawing.gloss = check::gloss(anomaly);
  for (const check::Operation& transaction : cycle.transactions) {
    drawing.process.push_back(transaction.process);
    drawing.operation.push_back(transaction.index);
    drawing.text.push_back(transaction_text(transaction.value));
  }
  for (const check::CycleExample::Step& step : cycle.steps) {
    drawing.relation.emplace_back(step.relation);
    drawing.key.push_back(step.key ? sim::excerpt(check::to_details(*step.key).dump(), 24) : "");
    drawing.words.push_back(step.words);
  }
  return drawing;
}

void add_anomaly(EvidenceDrawings& evidence, const check::Anomaly& anomaly) {
  if (anomaly.examples.empty()) return;
  const check::AnomalyExample& example = anomaly.examples.front();
  if (example.cycle) {
    evidence.cycles.push_back(cycle_drawing(anomaly.name, *example.cycle));
    return;
  }
  evidence.cases.push_back({.anomaly = anomaly.name,
                            .gloss = check::gloss(anomaly.name),
                            .text = sim::excerpt(check::headline_of(anomaly), shown_case_bytes),
                            .operation = check::operations_of(example),
                            .place = {}});
}

void add_violation(EvidenceDrawings& evidence, const check::ViolationsFinding::Violation& violation) {
  const auto& example = violation.examples.front();
  std::vector<std::int64_t> operations;
  for (const check::Operation& operation : example.operations) operations.push_back(operation.index);
  evidence.cases.push_back({.anomaly = violation.name,
                            .gloss = check::gloss(violation.name),
                            .text = sim::excerpt(example.text, shown_case_bytes),
                            .operation = std::move(operations),
                            .place = {}});
}

void add_anomalies(EvidenceDrawings& evidence, const check::Verdict& workload) {
  if (const auto* transactions = workload.found<check::TransactionsFinding>()) {
    for (const check::Anomaly& anomaly : transactions->anomalies) add_anomaly(evidence, anomaly);
  }
  if (const auto* complete = workload.found<check::CompleteFinding>()) {
    for (const auto& model : complete->models) {
      const bool has_cycle = !model.examples.empty() && model.examples.front().cycle;
      if (has_cycle) evidence.cycles.push_back(cycle_drawing("not " + model.name, *model.examples.front().cycle));
    }
  }
  if (const auto* logs = workload.found<check::LogsFinding>()) {
    for (const auto& [anomaly, is_tolerated] : logs->errors) {
      if (!is_tolerated) add_anomaly(evidence, anomaly);
    }
  }
  if (const auto* found = workload.found<check::ViolationsFinding>()) {
    for (const auto& violation : found->violations) add_violation(evidence, violation);
  }
  // The shortest ones are the easiest to follow.
  std::stable_sort(evidence.cycles.begin(), evidence.cycles.end(),
                   [](const auto& a, const auto& b) { return a.text.size() < b.text.size(); });
  if (evidence.cycles.size() > shown_cycles) evidence.cycles.resize(shown_cycles);
  if (evidence.cases.size() > shown_cases) evidence.cases.resize(shown_cases);
}

CounterexampleDrawing counterexample_drawing(const std::string& key, const check::Contradiction& contradiction,
                                             const check::History& history) {
  CounterexampleDrawing drawing;
  drawing.key = key;
  drawing.value = sim::excerpt(check::to_details(contradiction.value).dump(), drawn_value_bytes);
  const auto time_us = [&](std::int64_t index) {
    // Where the history is a part of another one, an index is no position.
    const auto found =
        std::lower_bound(history.begin(), history.end(), index,
                         [](const check::Operation& each, std::int64_t wanted) { return each.index < wanted; });
    return found == history.end() ? std::int64_t{0} : found->time_ns / 1000;
  };
  for (const check::Contradiction::Member& member : contradiction.operations) {
    if (member.operation == contradiction.stuck) drawing.stuck = std::ssize(drawing.operation);
    drawing.operation.push_back(member.operation);
    drawing.process.push_back(member.process);
    drawing.start.push_back(time_us(member.operation));
    drawing.end.push_back(member.completion ? time_us(*member.completion) : -1);
    drawing.text.push_back(sim::excerpt(member.text, drawn_value_bytes));
    drawing.required.push_back(member.is_required ? 1 : 0);
    drawing.order.push_back(0);
    drawing.note.emplace_back();
    for (std::size_t i = 0; i < contradiction.linearization.size(); ++i) {
      const check::Contradiction::Step& step = contradiction.linearization[i];
      if (step.operation != member.operation) continue;
      drawing.order.back() = static_cast<std::int64_t>(i) + 1;
      drawing.note.back() = "the register then holds " + check::to_details(step.value).dump();
    }
    for (const check::Contradiction::Blocked& blocked : contradiction.blocked) {
      if (blocked.operation == member.operation) drawing.note.back() = blocked.reason;
    }
  }
  return drawing;
}

EvidenceDrawings evidence_of(const check::Verdict& workload, const check::History& history) {
  EvidenceDrawings evidence;
  add_anomalies(evidence, workload);
  const auto add = [&](const std::string& key, const check::Verdict& verdict) {
    const auto* found = verdict.found<check::RegisterFinding>();
    if (found == nullptr || !found->contradiction) return;
    evidence.counterexamples.push_back(counterexample_drawing(key, *found->contradiction, history));
  };
  add("", workload);
  if (const auto* registers = workload.found<check::RegistersFinding>()) {
    for (const auto& [key, verdict] : registers->registers) add(check::details_key(key), verdict);
  }
  return evidence;
}

/// Calls `place` with the operations of each part of the evidence, and where their places belong.
template <class Place>
void for_each_part(EvidenceDrawings& evidence, const Place& place) {
  for (auto& each : evidence.cycles) place(each.operation, each.place);
  for (auto& each : evidence.counterexamples) place(each.operation, each.place);
  for (auto& each : evidence.cases) place(each.operation, each.place);
}

}  // namespace

EvidenceDrawings evidence(const check::Verdict& workload, const check::History& history,
                          const OperationColumns& operations) {
  EvidenceDrawings evidence = evidence_of(workload, history);
  const OperationPlaces places(operations);
  for_each_part(evidence, [&](const auto& indexes, auto& found) {
    for (const std::int64_t index : indexes) found.push_back(places.of(index));
  });
  return evidence;
}

std::vector<std::int64_t> evidence_moments(const check::Verdict& workload, const check::History& history) {
  constexpr std::int64_t ns_per_us = 1000;
  EvidenceDrawings evidence = evidence_of(workload, history);
  std::map<std::int64_t, std::size_t> positions;
  for_each_part(evidence, [&](const auto& indexes, auto&) {
    for (const std::int64_t index : indexes) positions[index] = history.size();
  });
  if (positions.empty()) return {};
  const check::Pairing pairing(history);
  std::vector<std::int64_t> moments;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (!positions.contains(history[i].index)) continue;
    const bool is_completion = history[i].is_client() && history[i].type != check::Type::invoke;
    moments.push_back(history[is_completion ? pairing.invocation(i) : i].time_ns / ns_per_us);
  }
  return moments;
}

}  // namespace mznode::app
