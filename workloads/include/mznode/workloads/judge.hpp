#pragma once

#include "mznode/workloads/harness.hpp"

namespace mznode {

/// Judges what a run left behind.
TestVerdict judge(const TestPlan& plan, const sim::RunResult& run);

}  // namespace mznode
