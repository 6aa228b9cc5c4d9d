#include "history/dbcop.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "history/operation_builder.hpp"
#include "history/sessions.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

bool is_dbcop_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view without_dbcop_space(std::string_view text) {
  while (!text.empty() && is_dbcop_space(text.front())) text.remove_prefix(1);
  return text;
}

bool is_dbcop_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t name_end(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_dbcop_name(text[end])) ++end;
  return end;
}

class DbcopJson {
 public:
  explicit DbcopJson(const std::string& text) : text_(text), scanner_(text) {}

  RecordedHistory read() {
    bool has_data = false;
    if (scanner_.peek() == '[') {
      data();
      has_data = true;
    } else {
      fields("the history", [&](std::string_view key) {
        if (key != "data") return skip();
        data();
        has_data = true;
      });
    }
    if (!has_data) fail("expected the field data, the sessions of the history");
    if (!scanner_.at_end()) fail("expected the end of the history");
    return sessions_.history();
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { fail_at(text_, scanner_.offset(), why); }
  /// For the field of `fields` whose value has not been read.
  [[noreturn]] void fail_at_field(const std::string& why) const { fail_at(text_, field_start_, why); }

  void demand(char c, const std::string& what) {
    if (!scanner_.consume(c)) fail("expected " + std::string(1, c) + ", " + what);
  }

  template <class Item>
  void list(const std::string& what, Item&& item) {
    demand('[', "the begin of " + what);
    if (scanner_.consume(']')) return;
    do item();
    while (scanner_.consume(','));
    demand(']', "or a comma, in " + what);
  }

  template <class Field>
  void fields(const std::string& what, Field&& field) {
    demand('{', "the begin of " + what);
    if (scanner_.consume('}')) return;
    std::vector<std::string_view> had;
    do {
      scanner_.peek();
      const std::size_t start = scanner_.offset();
      std::string_view key;
      if (!scanner_.string(key)) fail("expected the name of a field of " + what);
      if (std::find(had.begin(), had.end(), key) != had.end()) {
        fail_at(text_, start, "expected each field once in " + what);
      }
      had.push_back(key);
      demand(':', "behind the name of a field");
      field_start_ = start;
      field(key);
    } while (scanner_.consume(','));
    demand('}', "or a comma, in " + what);
  }

  void skip() { value("valid JSON"); }

  std::string_view value(const char* what) {
    std::string_view raw;
    if (!scanner_.value(raw)) fail(std::string("expected ") + what);
    return raw;
  }

  bool flag(const std::string& what) {
    scanner_.peek();
    const std::size_t start = scanner_.offset();
    const std::string_view raw = value("true or false");
    if (raw != "true" && raw != "false") fail_at(text_, start, "expected true or false as " + what);
    return raw == "true";
  }

  std::string_view scalar(const std::string& what, bool may_be_null = false) {
    scanner_.peek();
    const std::size_t start = scanner_.offset();
    const std::string_view raw = value(what.c_str());
    const bool fits = raw.front() != '[' && raw.front() != '{' && raw != "true" && raw != "false";
    if (!fits || (raw == "null" && !may_be_null)) fail_at(text_, start, "expected " + what + ", a number or a name");
    return raw;
  }

  void data() {
    std::int64_t session = 0;
    list("the list of sessions", [&] {
      list("the list of a session's transactions", [&] { transaction(session); });
      ++session;
    });
  }

  void transaction(std::int64_t session) {
    const std::size_t number = sessions_.begin(session, true);
    std::optional<bool> committed;
    bool has_events = false;
    fields("a transaction", [&](std::string_view key) {
      if (key == "events") {
        has_events = true;
        list("the list of a transaction's events", [&] { event(number, session); });
      } else if (key == "committed" || key == "success") {
        if (committed) fail_at_field("expected one of the fields committed and success in a transaction");
        committed = flag(std::string(key));
      } else {
        fail_at_field("expected the fields events and committed in a transaction, not " + std::string(key));
      }
    });
    if (!has_events || !committed) fail("expected the fields events and committed in the transaction");
    sessions_.set_committed(number, *committed);
  }

  void event(std::size_t transaction, std::int64_t session) {
    if (scanner_.peek() == '[') return short_event(transaction);
    fields_of_event_ = {};
    fields("an event", [&](std::string_view key) {
      if (key == "Read" || key == "Write" || key == "write") {
        if (fields_of_event_.is_write) fail_at_field("expected one of the fields Read, Write and write in an event");
      }
      if (key == "Read" || key == "Write") {
        fields_of_event_.is_write = key == "Write";
        fields("what was read or written", [&](std::string_view inner) { operand(inner, key == "Read"); });
      } else if (key == "write") {
        fields_of_event_.is_write = flag("write");
      } else if (key == "success") {
        fields_of_event_.succeeded = flag("success");
      } else {
        operand(key, false);
      }
    });
    const Event& it = fields_of_event_;
    if (!it.is_write || !it.key || !it.value) {
      fail("expected whether the event writes, its variable and its version in the event");
    }
    // A read that failed has shown nothing, and a write that failed is one of a transaction that was aborted.
    const bool succeeded = it.succeeded.value_or(true);
    if (!succeeded && !*it.is_write) return;
    add(succeeded ? transaction : sessions_.begin(session, false), *it.is_write, *it.key, *it.value);
  }

  void operand(std::string_view key, bool may_be_null) {
    if (key == "variable") {
      if (fields_of_event_.key) fail_at_field("expected one variable in an event");
      fields_of_event_.key = scalar("a variable");
    } else if (key == "version" || key == "value") {
      if (fields_of_event_.value) fail_at_field("expected one version or value in an event");
      fields_of_event_.value = scalar("a version", may_be_null);
    } else {
      fail_at_field("expected the fields variable and version in an event, not " + std::string(key));
    }
  }

  void short_event(std::size_t transaction) {
    demand('[', "the begin of an event");
    std::string_view function;
    if (!scanner_.string(function) || (function != "r" && function != "w")) fail("expected \"r\" or \"w\"");
    demand(',', "behind what the event does");
    const std::string_view key = scalar("a variable");
    demand(',', "behind the variable");
    const std::string_view version = scalar("a version", function == "r");
    demand(']', "the end of the event");
    add(transaction, function == "w", key, version);
  }

  void add(std::size_t transaction, bool is_write, std::string_view key, std::string_view value) {
    if (is_write) {
      sessions_.write(transaction, key, value);
    } else {
      sessions_.read(transaction, key, value);
    }
  }

  struct Event {
    std::optional<bool> is_write = std::nullopt;
    std::optional<std::string_view> key = std::nullopt;
    std::optional<std::string_view> value = std::nullopt;
    std::optional<bool> succeeded = std::nullopt;
  };

  const std::string& text_;
  Scanner scanner_;
  Sessions sessions_{Sessions::Initial::zero};
  Event fields_of_event_;
  std::size_t field_start_ = 0;  // the offset of the name of the field at hand
};

class DbcopText {
 public:
  explicit DbcopText(const std::string& text) : cursor_(text) {}

  RecordedHistory read() {
    for (cursor_.skip_space(); !cursor_.at_end(); cursor_.skip_space()) {
      if (cursor_.consume("//")) {
        cursor_.line();
      } else if (cursor_.peek() == '-') {
        while (cursor_.consume("-")) continue;
        cursor_.end_line();
        ++session_;
      } else {
        transaction();
      }
    }
    return sessions_.history();
  }

 private:
  void transaction() {
    if (!cursor_.consume("[")) cursor_.fail("expected a transaction such as [x:=1 y==2], a line of -, or a comment");
    const std::size_t number = sessions_.begin(session_, true);
    for (cursor_.skip_blanks(); !cursor_.consume("]"); cursor_.skip_blanks()) event(number);
    if (cursor_.consume("!")) sessions_.set_committed(number, false);
  }

  void event(std::size_t transaction) {
    const std::string key =
        '"' + std::string(cursor_.word(is_dbcop_name, "an event such as x:=1, x==1 or x==?, or ]")) + '"';
    if (cursor_.consume(":=")) {
      sessions_.write(transaction, key, cursor_.integer("a version"));
    } else if (!cursor_.consume("==")) {
      cursor_.fail("expected := or == behind the variable");
    } else {
      sessions_.read(transaction, key, cursor_.consume("?") ? "null" : cursor_.integer("a version"));
    }
  }

  TextCursor cursor_;
  Sessions sessions_{Sessions::Initial::zero};
  std::int64_t session_ = 0;
};

}  // namespace

bool looks_like_dbcop(std::string_view text) {
  text = without_dbcop_space(text);
  while (text.starts_with("//")) text = without_dbcop_space(text.substr(std::min(text.find('\n'), text.size())));
  const char first = text.empty() ? '\0' : text.front();
  const std::string_view inner = without_dbcop_space(text.substr(std::min<std::size_t>(1, text.size())));
  if (first == '{') return inner.starts_with("\"params\"") || inner.starts_with("\"data\"");
  if (first != '[') return false;
  if (inner.starts_with('[')) return true;
  const std::size_t end = name_end(inner);
  return end > 0 && (inner.substr(end).starts_with(":=") || inner.substr(end).starts_with("=="));
}

RecordedHistory read_dbcop(const std::string& text) {
  const std::string_view begin = without_dbcop_space(text);
  const std::string_view inner = without_dbcop_space(begin.substr(std::min<std::size_t>(1, begin.size())));
  const bool is_json =
      begin.starts_with('{') || (begin.starts_with('[') && (inner.starts_with('[') || inner.starts_with(']')));
  return is_json ? DbcopJson(text).read() : DbcopText(text).read();
}

}  // namespace mznode::check
