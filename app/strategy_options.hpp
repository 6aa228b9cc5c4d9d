#pragma once

#include <map>
#include <string>
#include <vector>

namespace mznode::app {

/// Reads the options of a strategy, `--name value` or `--name=value`, from what is left of a command line. Throws
/// std::invalid_argument for anything else.
std::map<std::string, std::string> strategy_options(const std::vector<std::string>& words);

}  // namespace mznode::app
