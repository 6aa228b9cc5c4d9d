#pragma once

#include <string>

#include "mznode/check/history.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::app {

/// A history that was recorded elsewhere as a page of HTML, as far as it alone tells: the verdict and why, operations
/// by process, latency and rates, what last reads lack. It knows no nodes and no messages. `checker` is the name under
/// which it was judged, `file` where it was read from, and `command` what was typed.
std::string history_page(const std::string& checker, const std::string& file, const std::string& command,
                         check::History history, const check::Verdict& verdict);

}  // namespace mznode::app
