#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

struct EchoFinding final : Finding {
  /// What was sent and came back otherwise, with the completion; nothing where there was none.
  std::vector<std::pair<Json, std::optional<Operation>>> errors = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// Every `echo` must be answered with the value it sent (Maelstrom, workload/echo.clj). As there, an echo that failed
/// or was never answered is an error too. The completion's value is the payload, or a reply body that holds it as
/// `echo`.
/// Finds an EchoFinding.
Verdict check_echo(const History& history, const CheckOptions& options);

}  // namespace mznode::check
