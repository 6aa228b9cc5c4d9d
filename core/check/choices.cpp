#include "mznode/check/choices.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "mznode/check/objects.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/json/suggestion.hpp"

namespace mznode::check {
namespace {

constexpr std::array<std::string_view, 3> names_of_assumptions = {"wfr-keys", "sequential-keys", "linearizable-keys"};
constexpr std::array<bool Assumptions::*, 3> members_of_assumptions = {
    &Assumptions::wfr_keys, &Assumptions::sequential_keys, &Assumptions::linearizable_keys};

constexpr std::string_view checker_of_models = "linearizable";

std::vector<std::string_view> model_names() {
  std::vector<std::string_view> names;
  for (const SequentialModelInfo& model : sequential_models()) names.push_back(model.name);
  return names;
}

void demand_model(std::string_view checker, std::string_view model, const std::string& option) {
  if (checker != checker_of_models) {
    if (model.empty()) return;
    throw std::invalid_argument(option + " is of " + std::string(checker_of_models) + ", and not of " +
                                std::string(checker));
  }
  if (find_sequential_model(model) != nullptr) return;
  const std::vector<std::string_view> known = model_names();
  if (!model.empty()) throw std::invalid_argument(unknown_word("model", model, known));
  std::string names;
  for (const std::string_view name : known) names.append(names.empty() ? "" : ", ").append(name);
  throw std::invalid_argument(std::string(checker) + " needs " + option + ": " + names);
}

/// An option that only some checkers read, by its name.
struct Choice {
  std::string_view option;
  bool is_given;
  std::vector<std::string_view> checkers;
};

std::vector<Choice> choices_of_some(const CheckOptions& options) {
  const std::vector<std::string_view> registers = {"lin-kv", "cas-register", checker_of_models};
  std::vector<std::string_view> complete;
  for (const Checker& checker : checkers()) {
    if (checker.has_complete_checks) complete.push_back(checker.name);
  }
  return {{"total-amount", options.bank.total_amount.has_value(), {"bank"}},
          {"accounts", !options.bank.accounts.empty(), {"bank"}},
          {"negative-balances", options.bank.negative_balances, {"bank"}},
          {"group-size", options.group_size.has_value(), {"long-fork"}},
          {"permits", options.permits != CheckOptions().permits, {checker_of_models}},
          {"initial-value", options.initial_value.has_value(), registers},
          {"strict-null-reads", options.strict_null_reads, registers},
          {"complete", options.complete == CompleteCheck::demanded, complete},
          {"transaction-order", !options.transaction_order.empty(), complete}};
}

}  // namespace

std::span<const std::string_view> assumption_names() {
  return names_of_assumptions;
}

void assume(Assumptions& assumptions, std::string_view name) {
  const auto known = std::find(names_of_assumptions.begin(), names_of_assumptions.end(), name);
  if (known == names_of_assumptions.end()) {
    throw std::invalid_argument(
        unknown_word("assumption", name, {names_of_assumptions.begin(), names_of_assumptions.end()}));
  }
  assumptions.*members_of_assumptions.at(static_cast<std::size_t>(known - names_of_assumptions.begin())) = true;
}

void demand_fitting(std::string_view checker, const CheckOptions& options, std::string_view dashes) {
  demand_model(checker, options.model, std::string(dashes) + "model");
  for (const Choice& choice : choices_of_some(options)) {
    const auto& fitting = choice.checkers;
    if (!choice.is_given || std::find(fitting.begin(), fitting.end(), checker) != fitting.end()) continue;
    std::string names;
    for (const std::string_view name : fitting) names.append(names.empty() ? "" : ", ").append(name);
    throw std::invalid_argument(std::string(dashes).append(choice.option) + " is of " + names + ", and not of " +
                                std::string(checker));
  }
}

}  // namespace mznode::check
