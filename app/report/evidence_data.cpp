#include "report/evidence_data.hpp"

#include <algorithm>

#include "mznode/check/isolation.hpp"
#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::app {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t shown_cycles = 6;
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
  CycleDrawing drawing{
      .anomaly = anomaly, .process = {}, .operation = {}, .text = {}, .relation = {}, .key = {}, .words = {}};
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

void add_cycle(std::vector<CycleDrawing>& cycles, const check::Anomaly& anomaly) {
  const auto& cycle = anomaly.examples.front().cycle;
  if (cycle) cycles.push_back(cycle_drawing(anomaly.name, *cycle));
}

std::vector<CycleDrawing> cycle_drawings(const check::Verdict& workload) {
  std::vector<CycleDrawing> cycles;
  if (const auto* transactions = workload.found<check::TransactionsFinding>()) {
    for (const check::Anomaly& anomaly : transactions->anomalies) add_cycle(cycles, anomaly);
  }
  if (const auto* complete = workload.found<check::CompleteFinding>()) {
    for (const auto& model : complete->models) {
      const bool has_cycle = !model.examples.empty() && model.examples.front().cycle;
      if (has_cycle) cycles.push_back(cycle_drawing("not " + model.name, *model.examples.front().cycle));
    }
  }
  if (const auto* logs = workload.found<check::LogsFinding>()) {
    for (const auto& [anomaly, is_tolerated] : logs->errors) {
      if (!is_tolerated) add_cycle(cycles, anomaly);
    }
  }
  // The shortest ones are the easiest to follow.
  std::stable_sort(cycles.begin(), cycles.end(),
                   [](const auto& a, const auto& b) { return a.text.size() < b.text.size(); });
  if (cycles.size() > shown_cycles) cycles.resize(shown_cycles);
  return cycles;
}

CounterexampleDrawing counterexample_drawing(const std::string& key, const check::Contradiction& contradiction,
                                             const check::History& history) {
  CounterexampleDrawing drawing;
  drawing.key = key;
  drawing.value = sim::excerpt(check::to_details(contradiction.value).dump(), drawn_value_bytes);
  const auto time_us = [&](std::int64_t index) { return history.at(static_cast<std::size_t>(index)).time_ns / 1000; };
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

}  // namespace

Evidence evidence(const TestReport& report) {
  const check::Verdict& workload = report.verdict.workload;
  Evidence evidence{.cycles = cycle_drawings(workload), .counterexamples = {}};
  const auto add = [&](const std::string& key, const check::Verdict& verdict) {
    const auto* found = verdict.found<check::RegisterFinding>();
    if (found == nullptr || !found->contradiction) return;
    evidence.counterexamples.push_back(counterexample_drawing(key, *found->contradiction, report.run.history));
  };
  add("", workload);
  if (const auto* registers = workload.found<check::RegistersFinding>()) {
    for (const auto& [key, verdict] : registers->registers) add(check::details_key(key), verdict);
  }
  return evidence;
}

}  // namespace mznode::app
