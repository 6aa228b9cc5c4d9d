#include "isolation/complete.hpp"

#include <algorithm>

#include "isolation/decision.hpp"
#include "isolation/narrator.hpp"

namespace mznode::check {

bool has_complete_check(std::string_view model) {
  return isolation::find_model(model) != nullptr;
}

void CompleteFinding::write_to(nlohmann::ordered_json& details) const {
  nlohmann::ordered_json complete = nlohmann::ordered_json::object();
  for (const Model& model : models) {
    nlohmann::ordered_json result = {{"valid?", check::to_details(model.valid)}};
    if (!model.examples.empty()) result["examples"] = check::to_details(model.examples);
    if (!model.explanation.empty()) result["explanation"] = model.explanation;
    complete[model.name] = std::move(result);
  }
  details["complete"] = std::move(complete);
}

std::string CompleteFinding::reason() const {
  std::string names;
  for (const Model& model : models) {
    if (model.valid == Valid::no) names += (names.empty() ? "not " : ", ") + model.name;
  }
  return names;
}

namespace isolation {
namespace {

constexpr std::size_t max_read_anomalies = 8;

std::string gave_up(const SearchLimits& limits, bool is_demanded) {
  return "gave up after " + std::to_string(limits.steps) + " steps" +
         (is_demanded ? " (--search-steps)" : "; --complete searches further");
}

void tell(const ModelVerdict& decision, Narrator& narrator, CompleteFinding::Model& told) {
  if (decision.valid != Valid::no) return;
  for (std::size_t i = 0; i < std::min(max_read_anomalies, decision.anomalies.size()); ++i) {
    const ReadAnomaly& anomaly = decision.anomalies[i];
    told.examples.push_back(narrator.example(anomaly));
    told.explanation.push_back("not " + told.name + ", " + std::string(Narrator::name(anomaly.kind)) + ": " +
                               narrator.words(anomaly));
  }
  if (!decision.anomalies.empty()) return;
  if (decision.cycle.empty()) {
    told.explanation = {"not " + told.name + ": whichever of two writers of a key comes first, a cycle follows; no " +
                        "shorter reason was found"};
    return;
  }
  told.examples.emplace_back(narrator.example(decision.cycle));
  told.explanation = {"not " + told.name + ": these transactions come before one another"};
  const auto words = narrator.words(decision.cycle);
  told.explanation.insert(told.explanation.end(), words.begin(), words.end());
}

}  // namespace

CompleteFinding check_completely(const History& history, const txn::Transactions& transactions,
                                 const std::vector<std::string_view>& models, const SearchLimits& limits,
                                 bool is_demanded) {
  std::vector<ReadAnomaly> anomalies;
  const Commits commits = find_commits(history, transactions, anomalies);
  Narrator narrator(history, transactions, commits);
  CompleteFinding finding;
  for (const std::string_view name : models) {
    const Model* model = find_model(name);
    if (model == nullptr) continue;
    const ModelVerdict decision = decide(commits, anomalies, *model, limits);
    CompleteFinding::Model told{.name = std::string(name), .valid = decision.valid};
    if (decision.valid == Valid::unknown) told.explanation = {told.name + ": " + gave_up(limits, is_demanded)};
    tell(decision, narrator, told);
    finding.models.push_back(std::move(told));
  }
  return finding;
}

}  // namespace isolation
}  // namespace mznode::check
