#include "stored_history.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace mznode::app {
namespace {

StoredHistory find_stored_history(const std::filesystem::path& within) {
  for (const auto& [name, form] : {std::pair{"history.edn", StoredHistory::Form::text},
                                   {"history.jsonl", StoredHistory::Form::text},
                                   {"history.bincode", StoredHistory::Form::dbcop}}) {
    if (std::filesystem::exists(within / name)) return {form, {(within / name).string()}};
  }
  StoredHistory logs{StoredHistory::Form::cobra};
  for (const auto& entry : std::filesystem::directory_iterator(within)) {
    if (entry.path().extension() == ".log") logs.files.push_back(entry.path().string());
  }
  if (logs.files.empty()) {
    throw std::runtime_error(
        "it is a directory without history.edn, history.jsonl, dbcop's history.bincode or Cobra's logs");
  }
  std::sort(logs.files.begin(), logs.files.end());
  return logs;
}

bool is_same_file(const std::string& output, const std::string& input) {
  struct stat written {};
  struct stat read {};
  if (::stat(output.c_str(), &written) != 0) return false;
  const bool is_known = input == "-" ? ::fstat(STDIN_FILENO, &read) == 0 : ::stat(input.c_str(), &read) == 0;
  // A terminal or a pipe loses nothing.
  return is_known && (S_ISREG(read.st_mode) || S_ISDIR(read.st_mode)) && written.st_dev == read.st_dev &&
         written.st_ino == read.st_ino;
}

}  // namespace

StoredHistory files_of(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) return find_stored_history(path);
  const bool is_dbcop = std::filesystem::path(path).extension() == ".bincode";
  return {is_dbcop ? StoredHistory::Form::dbcop : StoredHistory::Form::text, {path}};
}

std::string advice_on(const std::string& path) {
  if (std::filesystem::path(path).extension() != ".log") return {};
  return "; where it is one of Cobra's logs, one a session, name their directory";
}

bool would_overwrite(const std::string& output, const std::string& path) {
  if (is_same_file(output, path)) return true;
  StoredHistory stored;
  try {
    stored = files_of(path);
  } catch (const std::exception&) {
    return false;  // nothing will be read
  }
  return std::any_of(stored.files.begin(), stored.files.end(),
                     [&](const std::string& file) { return is_same_file(output, file); });
}

}  // namespace mznode::app
