#pragma once

#include "mznode/workloads/harness.hpp"

namespace mznode {

/// Judges what a run left behind.
TestVerdict judge(const TestSettings& settings, const sim::RunResult& run);

}  // namespace mznode
