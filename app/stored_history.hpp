#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mznode::app {

/// The files of a directory that hold a history.
struct StoredHistory {
  enum class Form : std::uint8_t {
    /// history.edn or history.jsonl, where Jepsen, Maelstrom or this program stores a run.
    text,
    /// history.bincode, as dbcop wrote it.
    dbcop,
    /// Cobra's logs, one a session.
    cobra,
  };
  Form form = Form::text;
  std::vector<std::string> files = {};
};

/// Throws std::runtime_error where there is none.
StoredHistory find_stored_history(const std::string& directory);

}  // namespace mznode::app
