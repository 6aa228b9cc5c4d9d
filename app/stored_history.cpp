#include "stored_history.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace mznode::app {

StoredHistory find_stored_history(const std::string& directory) {
  const std::filesystem::path within = directory;
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

}  // namespace mznode::app
