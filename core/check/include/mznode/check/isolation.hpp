#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/verdict.hpp"

/// The complete checks of consistency models over transactions on registers: they find every violation, where Elle's
/// inference finds what the order of versions that it knows shows.
namespace mznode::check {

/// What a complete check found of each model that was asked for.
struct CompleteFinding final : Finding {
  struct Model {
    std::string name;
    Valid valid = Valid::yes;
    /// Of no: reads that nothing explains, or a cycle.
    std::vector<AnomalyExample> examples = {};
    /// Of no and unknown: the same in words.
    std::vector<std::string> explanation = {};
  };
  std::vector<Model> models = {};

  /// `complete`: by model `valid?`, and what shows it.
  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// Whether `model`, one of ConsistencyModels::known, has a complete check.
bool has_complete_check(std::string_view model);

}  // namespace mznode::check
