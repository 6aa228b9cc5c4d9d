#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mznode::app {

/// The files that hold a history.
struct StoredHistory {
  enum class Form : std::uint8_t {
    /// A file that is named itself, or the history.edn or history.jsonl of a directory, where Jepsen, Maelstrom or this
    /// program stores a run.
    text,
    /// history.bincode, as dbcop wrote it, or a file of that ending that is named itself.
    dbcop,
    /// Cobra's logs, one a session.
    cobra,
  };
  Form form = Form::text;
  std::vector<std::string> files = {};
};

/// What is read where a user names `path`: that file, standard input for -, or the history that a directory holds.
/// Throws std::runtime_error for a directory without a history.
StoredHistory files_of(const std::string& path);

/// What else a user may have meant by a file that is no text, in words that go behind the refusal; empty where nothing
/// speaks for it.
std::string advice_on(const std::string& path);

/// Whether what is written to the file `output` would take the place of what is read where a user names `path`.
bool would_overwrite(const std::string& output, const std::string& path);

}  // namespace mznode::app
