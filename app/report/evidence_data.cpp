#include "report/evidence_data.hpp"

#include <algorithm>

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

std::string transaction_text(const ordered_json& value) {
  if (!value.is_array()) return sim::excerpt(value.dump(), drawn_value_bytes);
  std::string text;
  for (const ordered_json& each : value) text += (text.empty() ? "" : ", ") + micro_operation(each);
  return sim::excerpt(text, drawn_value_bytes);
}

CycleDrawing cycle_drawing(const std::string& anomaly, const ordered_json& example) {
  CycleDrawing drawing{
      .anomaly = anomaly, .process = {}, .operation = {}, .text = {}, .relation = {}, .key = {}, .words = {}};
  for (const ordered_json& operation : example.at("cycle")) {
    drawing.process.push_back(operation.at("process").get<std::int64_t>());
    drawing.operation.push_back(operation.at("index").get<std::int64_t>());
    drawing.text.push_back(transaction_text(operation.at("value")));
  }
  for (const ordered_json& step : example.at("steps")) {
    drawing.relation.push_back(step.at("type").get<std::string>());
    drawing.key.push_back(step.contains("key") ? sim::excerpt(step["key"].dump(), 24) : "");
  }
  drawing.words = example.at("explanation").get<std::vector<std::string>>();
  return drawing;
}

void add_cycle(std::vector<CycleDrawing>& cycles, const std::string& anomaly, const ordered_json& examples) {
  const bool has_cycle =
      examples.is_array() && !examples.empty() && examples[0].is_object() && examples[0].contains("cycle");
  if (has_cycle) cycles.push_back(cycle_drawing(anomaly, examples[0]));
}

std::vector<CycleDrawing> cycle_drawings(const ordered_json& workload) {
  std::vector<CycleDrawing> cycles;
  const ordered_json anomalies = workload.value("anomalies", ordered_json::object());
  for (const auto& [name, examples] : anomalies.items()) add_cycle(cycles, name, examples);
  // Logs have theirs beside the verdict.
  for (const ordered_json& name : workload.value("bad-error-types", ordered_json::array())) {
    const std::string& error = name.get_ref<const std::string&>();
    add_cycle(cycles, error, workload.at(error).at("errs"));
  }
  // The shortest ones are the easiest to follow.
  std::stable_sort(cycles.begin(), cycles.end(),
                   [](const auto& a, const auto& b) { return a.text.size() < b.text.size(); });
  if (cycles.size() > shown_cycles) cycles.resize(shown_cycles);
  return cycles;
}

CounterexampleDrawing counterexample_drawing(const std::string& key, const ordered_json& example,
                                             const check::History& history) {
  CounterexampleDrawing drawing;
  drawing.key = key;
  drawing.value = sim::excerpt(example.at("value").dump(), drawn_value_bytes);
  const auto time_us = [&](const ordered_json& index) { return history.at(index.get<std::size_t>()).time_ns / 1000; };
  for (const ordered_json& member : example.at("operations")) {
    const auto operation = member.at("operation").get<std::int64_t>();
    if (member["operation"] == example.at("stuck")) drawing.stuck = std::ssize(drawing.operation);
    drawing.operation.push_back(operation);
    drawing.process.push_back(member.at("process").get<std::int64_t>());
    drawing.start.push_back(time_us(member["operation"]));
    drawing.end.push_back(member.at("completion").is_null() ? -1 : time_us(member["completion"]));
    drawing.text.push_back(sim::excerpt(member.at("text").get<std::string>(), drawn_value_bytes));
    drawing.required.push_back(member.at("required").get<bool>() ? 1 : 0);
    drawing.order.push_back(0);
    drawing.note.emplace_back();
    const ordered_json& order = example.at("linearization");
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (order[i].at("operation") != member["operation"]) continue;
      drawing.order.back() = static_cast<std::int64_t>(i) + 1;
      drawing.note.back() = "the register then holds " + order[i].at("value").dump();
    }
    for (const ordered_json& blocked : example.value("blocked", ordered_json::array())) {
      if (blocked.at("operation") == member["operation"]) drawing.note.back() = blocked.at("reason").get<std::string>();
    }
  }
  return drawing;
}

}  // namespace

Evidence evidence(const TestReport& report) {
  constexpr const char* name = "counterexample";
  const ordered_json& workload = report.results.at("workload");
  Evidence evidence{.cycles = cycle_drawings(workload), .counterexamples = {}};
  const auto add = [&](const std::string& key, const ordered_json& result) {
    if (!result.is_object() || !result.contains(name)) return;
    evidence.counterexamples.push_back(counterexample_drawing(key, result[name], report.run.history));
  };
  add("", workload);
  const ordered_json results = workload.value("results", ordered_json::object());
  for (const auto& [key, result] : results.items()) add(key, result);
  return evidence;
}

}  // namespace mznode::app
