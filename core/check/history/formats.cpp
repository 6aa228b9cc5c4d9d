#include "mznode/check/formats.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "history/dbcop.hpp"
#include "history/jepsen_log.hpp"
#include "history/plume.hpp"
#include "mznode/json/suggestion.hpp"

namespace mznode::check {
namespace {

bool looks_like_json(std::string_view text) {
  static constexpr std::string_view blank = " \t\r\n,";
  std::size_t at = text.find_first_not_of(blank);
  if (at != std::string::npos && text[at] == '[') at = text.find_first_not_of(blank, at + 1);
  if (at == std::string::npos || text[at] != '{') return false;
  at = text.find_first_not_of(blank, at + 1);
  if (at == std::string::npos || text[at] != '"') return false;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  // EDN has no colon behind a key, but a keyword may be the value of a key that is a string: {"type" :ok}.
  const std::size_t colon = text.find_first_not_of(blank, at + 1);
  if (colon == std::string::npos || text[colon] != ':' || colon + 1 == text.size()) return false;
  const char next = text[colon + 1];
  return colon == at + 1 || !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
}

bool is_any_text(std::string_view) {
  return true;
}

constexpr HistoryFormat known_formats[] = {
    {"dbcop", "dbcop's JSON and its text, [x:=1 y==2]", looks_like_dbcop, read_dbcop},
    {"json", "JSON lines, or a list of objects as elle-cli takes", looks_like_json, read_recorded_jsonl},
    {"plume", "Plume's and PolySI's text, w(KEY,VALUE,SESSION,TRANSACTION)", looks_like_plume, read_plume},
    {"awdit", "AWDIT's text for tests, w KEY VALUE", looks_like_awdit, read_awdit},
    {"jepsen-log", "operations in Jepsen's log, jepsen.util - 0 :invoke :read nil", looks_like_jepsen_log,
     read_jepsen_log},
    {"porcupine", "Porcupine's key-value histories, EDN with :key", looks_like_porcupine, read_porcupine},
    {"edn", "Jepsen's history.edn, and what Elle and Knossos document", is_any_text, read_recorded_edn},
};

/// Some programs put a byte order mark before UTF-8.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

RecordedHistory read_unmarked(const std::string& text, std::string_view name) {
  if (!name.empty()) return find_history_format(name).read(text);
  const auto* const format = std::find_if(std::begin(known_formats), std::end(known_formats),
                                          [&](const HistoryFormat& each) { return each.recognises(text); });
  return format->read(text);  // the last one takes any
}

}  // namespace

std::span<const HistoryFormat> history_formats() {
  return known_formats;
}

const HistoryFormat& find_history_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const HistoryFormat& format : known_formats) names.push_back(format.name);
  const std::string_view known = word_in_any_case(name, names);
  for (const HistoryFormat& format : known_formats) {
    if (format.name == known) return format;
  }
  throw std::invalid_argument(unknown_word("format of histories", name, names));
}

RecordedHistory read_recorded(const std::string& text, std::string_view format) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw HistoryError("line 1, column 1: expected UTF-8, and this is UTF-16; iconv -f UTF-16 -t UTF-8 makes it so");
  }
  if (!text.starts_with(byte_order_mark)) return read_unmarked(text, format);
  return read_unmarked(text.substr(byte_order_mark.size()), format);
}

History read_history(const std::string& text) {
  return read_recorded(text).operations;
}

}  // namespace mznode::check
