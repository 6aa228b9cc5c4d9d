#pragma once

#include <string>
#include <vector>

#include "mznode/workloads/harness.hpp"
#include "report/page_data.hpp"

namespace mznode::app {

/// What is the same for every seed and strategy of these settings.
std::vector<Labelled> setting_list(const TestSettings& settings);

/// One test as a page of HTML: the verdict and why, latency and rates over time with the faults, every operation and
/// every message. It needs nothing but itself. The report's journal must have been kept.
std::string test_page(const TestSettings& settings, const TestReport& report);

}  // namespace mznode::app
