#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mznode/sim/host.hpp"

namespace mznode::sim {

/// Why programs that ended before anything was asked of them may have done so: `program`, as it was given, is a script
/// that names no interpreter, or one of its `arguments` is a file here and none where nodes run, and the end of a log
/// among `failures` speaks of it. Nothing when neither is so.
std::optional<std::string> start_hint(const std::string& program, const std::vector<std::string>& arguments,
                                      const std::vector<NodeFailure>& failures);

}  // namespace mznode::sim
