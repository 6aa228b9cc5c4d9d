#include "mznode/check/txn/anomalies.hpp"

#include <algorithm>

#include "anomalies/words.hpp"

namespace mznode::check {

using nlohmann::ordered_json;

namespace {

ordered_json details_of(const CycleExample::Step& step) {
  ordered_json details = {{"type", step.relation}};
  if (step.key) details["key"] = check::to_details(*step.key);
  if (step.value) details["value"] = check::to_details(*step.value);
  if (step.next_value) details["value'"] = check::to_details(*step.next_value);
  if (step.process) details["process"] = *step.process;
  if (step.completed) details["completed"] = *step.completed;
  if (step.invoked) details["invoked"] = *step.invoked;
  return details;
}

}  // namespace

std::size_t answers_in(const History& history) {
  return static_cast<std::size_t>(std::count_if(history.begin(), history.end(), [](const Operation& operation) {
    return operation.is_client() && operation.type == Type::ok;
  }));
}

std::string too_few_answers(std::size_t answers) {
  return "too little happened to say: of " + std::to_string(answers) +
         " answered operations none depends on another one; give it a longer --time-limit or a higher --rate";
}

std::string headline_of(const Anomaly& anomaly) {
  return txn::explain_anomaly(anomaly).front();
}

std::vector<std::int64_t> operations_of(const AnomalyExample& example) {
  std::vector<std::int64_t> indexes;
  if (example.cycle) {
    for (const Operation& transaction : example.cycle->transactions) indexes.push_back(transaction.index);
    return indexes;
  }
  const auto add = [&indexes](const ordered_json& part) {
    if (part.is_object() && part.contains("index") && part.contains("process")) indexes.push_back(part["index"]);
  };
  for (const ordered_json& part : example.parts) {
    add(part);
    if (!part.is_array()) continue;
    for (const ordered_json& each : part) add(each);
  }
  return indexes;
}

std::optional<Json> key_of(const AnomalyExample& example) {
  if (!example.parts.is_object() || !example.parts.contains("key")) return std::nullopt;
  return Json::from_valid(example.parts["key"].dump());
}

std::vector<Json> values_of(const AnomalyExample& example) {
  std::vector<Json> values;
  const auto add = [&values](const ordered_json& part) {
    if (!part.is_null()) values.push_back(Json::from_valid(part.dump()));
  };
  if (!example.parts.is_object()) return values;
  for (const char* name : {"value", "element"}) {
    if (example.parts.contains(name)) add(example.parts[name]);
  }
  if (example.parts.contains("values") && example.parts["values"].is_array()) {
    for (const ordered_json& each : example.parts["values"]) add(each);
  }
  return values;
}

ordered_json to_details(const AnomalyExample& example) {
  if (!example.cycle) return example.parts;
  ordered_json details = ordered_json::object();
  details["cycle"] = ordered_json::array();
  for (const Operation& transaction : example.cycle->transactions) details["cycle"].push_back(to_details(transaction));
  details["steps"] = ordered_json::array();
  details["explanation"] = ordered_json::array();
  for (const CycleExample::Step& step : example.cycle->steps) {
    details["steps"].push_back(details_of(step));
    details["explanation"].push_back(step.words);
  }
  return details;
}

ordered_json to_details(const std::vector<AnomalyExample>& examples) {
  ordered_json details = ordered_json::array();
  for (const AnomalyExample& example : examples) details.push_back(to_details(example));
  return details;
}

void TransactionsFinding::write_to(ordered_json& details) const {
  if (anomalies.empty()) return;
  ordered_json types = ordered_json::array();
  ordered_json counts = ordered_json::object();
  ordered_json examples = ordered_json::object();
  for (const Anomaly& anomaly : anomalies) {
    types.push_back(anomaly.name);
    counts[anomaly.name] = anomaly.count;
    examples[anomaly.name] = to_details(anomaly.examples);
  }
  details["anomaly-types"] = std::move(types);
  details["not"] = ruled_out;
  details["also-not"] = also_ruled_out;
  details["anomaly-counts"] = std::move(counts);
  details["anomalies"] = std::move(examples);
}

std::string TransactionsFinding::reason() const {
  if (anomalies.empty()) return {};
  ordered_json types = ordered_json::array();
  for (const Anomaly& anomaly : anomalies) types.push_back(anomaly.name);
  return "anomaly-types " + types.dump();
}

void StrongestModelsFinding::write_to(ordered_json& details) const {
  details["strongest-models"] = models;
  if (violated.empty()) return;
  ordered_json stronger = {{"not", violated}, {"anomaly-types", ordered_json::array()}};
  for (const Anomaly& anomaly : anomalies) {
    stronger["anomaly-types"].push_back(anomaly.name);
    stronger["anomalies"][anomaly.name] = to_details(anomaly.examples);
  }
  details["stronger-models"] = std::move(stronger);
}

std::vector<std::string> StrongestModelsFinding::words() const {
  const auto list = [](const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
    return text;
  };
  std::vector<std::string> lines = {"the strongest that nothing rules out: " +
                                    (models.empty() ? "none" : list(models))};
  if (violated.empty()) return lines;
  lines.push_back("ruled out: " + list(violated) + ", and what implies " + (violated.size() == 1 ? "it" : "them"));
  constexpr std::size_t max_told = 3;
  for (std::size_t i = 0; i < std::min(max_told, anomalies.size()); ++i) {
    for (std::string& line : txn::explain_anomaly(anomalies[i])) lines.push_back(std::move(line));
  }
  return lines;
}

std::string VersionOrderFinding::text() const {
  constexpr std::size_t whole = 100;
  return std::to_string(count == 0 ? whole : ordered * whole / count) + " % of versions ordered";
}

void VersionOrderFinding::write_to(ordered_json& details) const {
  details["version-order"] = {{"count", count}, {"ordered", ordered}};
}

}  // namespace mznode::check
