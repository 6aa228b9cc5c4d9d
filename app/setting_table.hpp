#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// A setting of a test as a flag: declared, read and written by one row of a table, so that what a replay command says
/// is what the command line takes.
struct Setting {
  enum class Group : std::uint8_t { test, network, processes };

  Group group = Group::test;
  /// "--rate".
  std::string flag = {};
  /// What it takes, such as "N"; empty for a switch.
  std::string takes = {};
  std::string summary = {};
  /// What help shows as its value without the flag; empty where there is none.
  std::string shown_default = {};
  /// Words that it takes, for completion.
  std::vector<std::string> words = {};
  /// Puts what the user gave into the settings, in which all rows above have been read. Throws std::invalid_argument
  /// with one line for the user.
  std::function<void(const std::string& text, TestSettings& settings)> read = {};
  /// What reads back as this setting; nothing where the flag may be left out.
  std::function<std::optional<std::string>(const TestSettings& settings)> write = {};
};

/// All of them but the workload, the nodes' program or strategy, and the seed, in the order of --help.
const std::vector<Setting>& setting_table();

/// What a command line gives for the rows of the table.
class GivenSettings {
 public:
  /// Adds the flags of a group to a command.
  void declare(CLI::App& app, Setting::Group group);
  /// Puts what was given into the settings, whose workload is set. Throws std::invalid_argument.
  void read(const CLI::App& app, TestSettings& settings) const;

 private:
  std::map<std::string, std::string> texts_;
};

/// Throws std::invalid_argument when settings are for processes of --bin, which is not given.
void refuse_process_settings(const TestSettings& settings);

}  // namespace mznode::app
