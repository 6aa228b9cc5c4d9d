#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// What a run wrote, in the forms that other tools read.
std::string history_edn(const TestReport& report);
std::string history_jsonl(const TestReport& report);
/// A line for every event of every message: sent, received or dropped, with the time of the run in nanoseconds.
std::string messages_jsonl(const TestReport& report);

/// What a command is to write when its work is done.
struct Outputs {
  /// The file for a page; empty for none.
  std::string report = {};
  /// The directory for results; empty for none.
  std::string store = {};
  /// Those of which results are stored.
  std::set<std::string> workloads = {};
};

/// Tries, before the work begins, whether that can be written, and leaves nothing behind. Throws std::invalid_argument
/// for a --report that is no name of a file, or of one that a test has stored, and std::runtime_error, which says why,
/// for what cannot be written.
void demand_writable(const Outputs& outputs);

/// Throws std::runtime_error that names the file when it cannot be written.
void write_file(const std::filesystem::path& path, const std::string& text);

/// Writes results.json, history.edn, history.jsonl, messages.jsonl, report.html and node-logs/ into
/// `<root>/<workload>/<time>/`, and points `<root>/latest` at it. Returns the directory. Throws std::runtime_error that
/// says what could not be written.
std::filesystem::path store(const std::string& root, const TestSettings& settings, const TestReport& report);

}  // namespace mznode::app
