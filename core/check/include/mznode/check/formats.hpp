#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// A history as somebody's tool has recorded it.
struct RecordedHistory {
  History operations = {};
  /// Whether the order of the operations is that in which they happened. Where it is not, only that of each process is
  /// known (CheckOptions::tells_time).
  bool tells_time = true;
  /// Whether the text tells when operations began. Where a reader has made that up, a later line may tell of the write
  /// that an earlier one has read.
  bool tells_beginnings = true;
};

/// A form in which tools write histories.
struct HistoryFormat {
  std::string_view name;
  /// Who writes it, in a few words.
  std::string_view summary;
  /// Whether a text looks like one of these. `text` has no byte order mark.
  bool (*recognises)(std::string_view text);
  /// Throws HistoryError, with line and column, for all that it does not understand.
  RecordedHistory (*read)(const std::string& text);
};

/// All formats, in the order in which they are tried.
std::span<const HistoryFormat> history_formats();

/// The format of this name, in small letters or capitals. Throws std::invalid_argument where none has it.
const HistoryFormat& find_history_format(std::string_view name);

/// Reads EDN as read_edn does, and JSON as read_jsonl does.
RecordedHistory read_recorded_edn(const std::string& text);
RecordedHistory read_recorded_jsonl(const std::string& text);

/// Reads a history in the format of this name; without one in that which it looks like. Throws std::invalid_argument
/// for a name that is not known and HistoryError for a text that cannot be read. Everything in the text is understood,
/// or it is refused.
RecordedHistory read_recorded(const std::string& text, std::string_view format = {});

/// Reads Cobra's logs, one a session, given as name and bytes. They are binary, and stand in a directory. Throws
/// HistoryError with the name and the position of what is not understood.
RecordedHistory read_cobra(const std::vector<std::pair<std::string, std::string>>& logs);

/// Reads dbcop's history.bincode, as it was before its history became JSON. Throws HistoryError with the position of
/// what is not understood.
RecordedHistory read_dbcop_binary(const std::string& bytes);

}  // namespace mznode::check
