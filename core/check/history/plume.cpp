#include "history/plume.hpp"

#include <algorithm>
#include <unordered_map>

#include "history/sessions.hpp"

namespace mznode::check {
namespace {

constexpr std::string_view text_space = " \t\r\n";

std::string_view without_leading_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(text_space), text.size()));
  return text;
}

bool is_plume_event(char c) {
  return c == 'r' || c == 'w';
}

/// Whether a line is nothing but this mark, and that more than once.
bool is_rule(std::string_view line, char mark) {
  while (!line.empty() && text_space.find(line.back()) != std::string_view::npos) line.remove_suffix(1);
  return line.size() > 1 && line.find_first_not_of(mark) == std::string_view::npos;
}

class PlumeReader {
 public:
  explicit PlumeReader(const std::string& text) : cursor_(text) {}

  RecordedHistory read() {
    for (cursor_.skip_space(); !cursor_.at_end(); cursor_.skip_space()) event();
    return sessions_.history();
  }

 private:
  void event() {
    const bool is_write = cursor_.consume("w(");
    if (!is_write && !cursor_.consume("r(")) cursor_.fail("expected r(KEY,VALUE,SESSION,TRANSACTION) or w(…)");
    const std::string_view key = part("a key", ",");
    const std::string_view value = part("a value", ",");
    const std::size_t session_offset = cursor_.offset();
    const std::int64_t session = number_in(part("a session", ","));
    if (session < 0) cursor_.fail("expected a session, a number from 0", session_offset);
    const std::int64_t number = number_in(part("a transaction", ")"));
    cursor_.end_line();
    const std::size_t transaction = number == aborted ? sessions_.begin(session, false) : find(number, session);
    if (is_write) {
      sessions_.write(transaction, key, value);
    } else {
      sessions_.read(transaction, key, value);
    }
  }

  std::string_view part(const char* what, std::string_view behind) {
    cursor_.skip_blanks();
    const std::string_view digits = cursor_.integer(what);
    cursor_.skip_blanks();
    if (!cursor_.consume(behind)) cursor_.fail("expected " + std::string(behind) + " behind " + what);
    return digits;
  }

  std::size_t find(std::int64_t number, std::int64_t session) {
    const auto [known, is_new] = transactions_.try_emplace(number);
    if (is_new) {
      known->second = {sessions_.begin(session, true), session};
    } else if (known->second.session != session) {
      cursor_.fail("expected transaction " + std::to_string(number) + " to be one of session " +
                   std::to_string(known->second.session) + ", as before, and not of " + std::to_string(session));
    }
    return known->second.position;
  }

  static constexpr std::int64_t aborted = -1;
  struct Known {
    std::size_t position = 0;
    std::int64_t session = 0;
  };

  TextCursor cursor_;
  Sessions sessions_{Sessions::Initial::zero};
  std::unordered_map<std::int64_t, Known> transactions_;
};

}  // namespace

bool looks_like_plume(std::string_view text) {
  text = without_leading_space(text);
  return text.size() > 1 && is_plume_event(text[0]) && text[1] == '(';
}

RecordedHistory read_plume(const std::string& text) {
  return PlumeReader(text).read();
}

bool looks_like_awdit(std::string_view text) {
  text = without_leading_space(text);
  const std::string_view line = text.substr(0, text.find('\n'));
  if (is_rule(line, '=') || is_rule(line, '-')) return true;
  return text.size() > 2 && is_plume_event(text[0]) && text[1] == ' ' &&
         (text[2] == '-' || (text[2] >= '0' && text[2] <= '9'));
}

RecordedHistory read_awdit(const std::string& text) {
  TextCursor cursor(text);
  Sessions sessions(Sessions::Initial::none);
  std::int64_t session = 0;
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t transaction = none;
  for (cursor.skip_space(); !cursor.at_end(); cursor.skip_space()) {
    const bool is_write = cursor.consume("w ");
    if (is_write || cursor.consume("r ")) {
      cursor.skip_blanks();
      const std::string_view key = cursor.integer("a key");
      cursor.skip_blanks();
      const std::string_view value = cursor.integer("a value");
      cursor.end_line();
      if (transaction == none) transaction = sessions.begin(session, true);
      if (is_write) {
        sessions.write(transaction, key, value);
      } else {
        sessions.read(transaction, key, value);
      }
      continue;
    }
    TextCursor before = cursor;
    const std::string_view line = cursor.line();
    const bool ends_session = is_rule(line, '=');
    if (!ends_session && !is_rule(line, '-')) {
      before.fail("expected r KEY VALUE, w KEY VALUE, or a line of - between transactions or of = between sessions");
    }
    transaction = none;
    if (ends_session) ++session;
  }
  return sessions.history();
}

}  // namespace mznode::check
