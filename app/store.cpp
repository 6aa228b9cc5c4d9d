#include "store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/node/descriptor.hpp"
#include "report/test_page.hpp"

namespace mznode::app {
namespace {

namespace fs = std::filesystem;

/// Sorts by time, and tells two runs of one second apart.
fs::path fresh_directory(const fs::path& parent) {
  const std::time_t now = std::time(nullptr);
  std::tm local = {};
  localtime_r(&now, &local);
  char name[32];
  std::strftime(name, sizeof name, "%Y%m%dT%H%M%S", &local);
  fs::create_directories(parent);
  for (int attempt = 0;; ++attempt) {
    const fs::path path =
        parent / (attempt == 0 ? std::string(name) : std::string(name) + "-" + std::to_string(attempt));
    if (fs::create_directory(path)) return path;
  }
}

void point_latest_at(const fs::path& root, const fs::path& directory) {
  // Renamed into place, so that `latest` exists at every moment, whoever else writes here: another process, or another
  // seed of this one.
  const fs::path fresh = root / ("latest." + std::to_string(::getpid()) + "." + directory.filename().string());
  std::error_code ignored;
  fs::remove(fresh, ignored);
  fs::create_directory_symlink(fs::relative(directory, root), fresh);
  fs::rename(fresh, root / "latest");
}

[[noreturn]] void refuse_file(const fs::path& path, int error) {
  const std::string why = error == 0 ? "" : ": " + std::generic_category().message(error);
  throw std::runtime_error("cannot write " + path.string() + why);
}

[[noreturn]] void refuse_store(const std::string& root, const fs::path& path, const std::error_code& error) {
  throw std::runtime_error("cannot store the results in " + root + ": " + path.string() + ": " + error.message() +
                           "; --store takes a directory, or '' for none");
}

/// What a test stores, beside its page and the logs.
constexpr const char* stored_names[] = {"results.json", "history.edn", "history.jsonl", "messages.jsonl"};

/// Whether the file is there under a name of those that a test stores.
bool is_stored(const fs::path& path) {
  std::error_code unknown;
  return fs::exists(path, unknown) &&
         std::find(std::begin(stored_names), std::end(stored_names), path.filename()) != std::end(stored_names);
}

/// Opens it, which alone tells all that may forbid to write it.
void try_file(const fs::path& path) {
  std::error_code unknown;
  const fs::file_status status = fs::status(path, unknown);
  // To open a pipe may wait for its reader, and a device may do anything.
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) return;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!file.is_open()) refuse_file(path, errno);
  // Where a link leads nowhere, it is what it names that was made.
  if (!fs::exists(status)) fs::remove(fs::canonical(path, unknown), unknown);
}

/// Makes a directory in it, or in the nearest above it that is there.
void try_directory(const std::string& root, const fs::path& path) {
  std::error_code error;
  fs::path there = fs::absolute(path);
  while (fs::status(there, error).type() == fs::file_type::not_found && there.has_relative_path()) {
    there = there.parent_path();
  }
  std::string trial = (there / "mznode-XXXXXX").string();
  if (::mkdtemp(trial.data()) == nullptr) refuse_store(root, there, {errno, std::generic_category()});
  fs::remove(trial, error);
}

std::string_view event_name(sim::JournalEntry::Event event) {
  switch (event) {
    case sim::JournalEntry::Event::send: return "send";
    case sim::JournalEntry::Event::receive: return "recv";
    case sim::JournalEntry::Event::drop: return "drop";
  }
  return "?";
}

}  // namespace

void demand_writable(const Outputs& outputs) {
  if (outputs.report == "-") {
    throw std::invalid_argument(
        "--report writes a page for a browser, and no stream: name a file, such as report.html");
  }
  if (is_stored(outputs.report)) {
    throw std::invalid_argument("--report would write over " + outputs.report +
                                ", which a test has stored; name another file");
  }
  if (!outputs.report.empty()) try_file(outputs.report);
  if (outputs.store.empty()) return;
  try_directory(outputs.store, outputs.store);
  for (const std::string& workload : outputs.workloads)
    try_directory(outputs.store, fs::path(outputs.store) / workload);
}

void write_file(const fs::path& path, const std::string& text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) refuse_file(path, errno);
}

std::string history_edn(const TestReport& report) {
  return check::write_edn(report.run.history);
}
std::string history_jsonl(const TestReport& report) {
  return check::write_jsonl(report.run.history);
}

std::string messages_jsonl(const TestReport& report) {
  TextBuffer out;
  for (const sim::JournalEntry& entry : report.run.journal) {
    const sim::Packet& packet = report.run.packets.at(entry.packet);
    out += "{\"time\":";
    encode(out, (entry.at - report.run.started).count());
    out.append(",\"event\":\"").append(event_name(entry.event)).append("\",\"id\":");
    encode(out, packet.id);
    out += ",\"src\":";
    append_quoted(out, packet.src);
    out += ",\"dest\":";
    append_quoted(out, packet.dest);
    // The body is the same at every event of a message.
    if (entry.event == sim::JournalEntry::Event::send) out.append(",\"body\":").append(packet.body);
    out += "}\n";
  }
  return out.str();
}

fs::path store(const std::string& root, const TestSettings& settings, const TestReport& report) {
  try {
    const fs::path directory = fresh_directory(fs::path(root) / settings.workload);
    write_file(directory / "results.json", report.results().dump(2) + "\n");
    write_file(directory / "history.edn", history_edn(report));
    write_file(directory / "history.jsonl", history_jsonl(report));
    write_file(directory / "messages.jsonl", messages_jsonl(report));
    write_file(directory / "report.html", test_page(settings, report));
    fs::create_directory(directory / "node-logs");
    for (const auto& node : settings.nodes) {
      std::string log;
      const auto lines = report.logs.find(node);
      if (lines != report.logs.end()) {
        for (const auto& line : lines->second) log += line + "\n";
      }
      write_file(directory / "node-logs" / (node + ".log"), log);
    }
    point_latest_at(root, directory);
    return directory;
  } catch (const fs::filesystem_error& error) {
    refuse_store(root, error.path1(), error.code());
  }
}

}  // namespace mznode::app
