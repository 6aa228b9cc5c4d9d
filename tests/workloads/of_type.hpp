#pragma once

#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"

namespace mznode {

/// The entries of clients that have the type, and, unless it is empty, the operation `f`.
inline std::vector<check::Operation> of_type(const sim::RunResult& run, check::Type type, const std::string& f = "") {
  std::vector<check::Operation> found;
  for (const auto& each : run.history) {
    if (each.is_client() && each.type == type && (f.empty() || each.f == f)) found.push_back(each);
  }
  return found;
}

}  // namespace mznode
