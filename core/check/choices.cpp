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
  const Checker* known = find_checker(checker);
  if (options.complete == CompleteCheck::demanded && (known == nullptr || !known->has_complete_checks)) {
    throw std::invalid_argument(std::string(dashes) +
                                "complete is about transactions on registers, rw-register and txn-rw-register; " +
                                std::string(checker) + " has no complete checks");
  }
  const bool takes_order = known != nullptr && known->has_complete_checks;
  if (!options.transaction_order.empty() && !takes_order) {
    throw std::invalid_argument(std::string(dashes) +
                                "transaction-order is about transactions on registers, rw-register and "
                                "txn-rw-register, and not about " +
                                std::string(checker));
  }
}

}  // namespace mznode::check
