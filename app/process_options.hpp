#pragma once

#include <cstddef>
#include <string>

#include "command_line.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// What the flags about the processes of --bin hold before they are understood.
struct ProcessFlags {
  std::string time = "auto";
  std::string schedule = "random";
  std::string cpu_time = "0";
  std::string stall = "30";
  std::size_t memory_mib = TestSettings().memory_mib;
};

/// Adds those flags to a command.
void declare(CLI::App& app, ProcessFlags& flags);
/// Puts what they mean into the settings. Throws std::invalid_argument with one line for the user.
void set_processes(const ProcessFlags& flags, TestSettings& settings);
/// Throws std::invalid_argument when settings are for processes of --bin, which is not given.
void refuse_process_settings(const TestSettings& settings);

}  // namespace mznode::app
