#pragma once

#include <string>

#include "workloads/harness.hpp"

namespace mznode::app {

/// One test as a page of HTML: the verdict and why, latency and rates over time with the faults, every operation and every
/// message. It needs nothing but itself. The report's journal must have been kept.
std::string test_page(const TestSettings& settings, const TestReport& report);

}  // namespace mznode::app
