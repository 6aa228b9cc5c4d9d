#pragma once

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Every `echo` must be answered with the value it sent (Maelstrom, workload/echo.clj). As there, an echo that failed
/// or was never answered is an error too. The completion's value is the payload, or a reply body that holds it as
/// `echo`.
///
/// Details: `errors`, what was expected and what came instead.
Verdict check_echo(const History& history, const CheckOptions& options);

}  // namespace mznode::check
