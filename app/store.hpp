#pragma once

#include <filesystem>
#include <string>

#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// What a run wrote, in the forms that other tools read.
std::string history_edn(const TestReport& report);
std::string history_jsonl(const TestReport& report);
/// A line for every event of every message: sent, received or dropped, with the time of the run in nanoseconds.
std::string messages_jsonl(const TestReport& report);

/// Throws std::invalid_argument for a --report that is no name of a file.
void demand_page_name(const std::string& path);

/// Throws std::runtime_error that names the file when it cannot be written.
void write_file(const std::filesystem::path& path, const std::string& text);

/// Writes results.json, history.edn, history.jsonl, messages.jsonl, report.html and node-logs/ into
/// `<root>/<workload>/<time>/`, and points `<root>/latest` at it. Returns the directory. Throws std::runtime_error that
/// says what could not be written.
std::filesystem::path store(const std::string& root, const TestSettings& settings, const TestReport& report);

}  // namespace mznode::app
