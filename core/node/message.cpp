#include "mznode/node/message.hpp"

#include <charconv>
#include <cstring>

namespace mznode {
namespace {

std::optional<std::int64_t> to_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

// What scan_key() makes of the names, in the order in which it is asked for them.
enum EnvelopeName : std::size_t { src_name, dest_name, body_name };
enum BodyName : std::size_t { type_name, msg_id_name, in_reply_to_name };

/// A comparison whose length the compiler knows, so that it becomes one of integers.
template <std::size_t size>
bool is(std::string_view key, const char (&name)[size]) {
  return key.size() == size - 1 && std::memcmp(key.data(), name, size - 1) == 0;
}

}  // namespace

Json Message::fields() const {
  TextBuffer text;
  text += '{';
  codec::decode_object(body.text(), [&](std::string_view key, std::string_view value) {
    if (is(key, "type") || is(key, "msg_id") || is(key, "in_reply_to")) return;
    if (text.size() > 1) text += ',';
    append_quoted(text, key);
    text.append(':').append(value);
  });
  text += '}';
  return Json::from_valid(text.str());
}

inline void MessageView::reset() {
  // One by one: a chain of assignments reads back what was just written in halves, which stalls the processor.
  src_ = {};
  dest_ = {};
  body_ = {};
  in_reply_to_.reset();
  if (!unescaped_.empty()) [[unlikely]]
    unescaped_.clear();
  if (!problem_.empty()) [[unlikely]]
    problem_.clear();
}

MessageView::Status MessageView::junk(std::string problem) {
  problem_ = std::move(problem);
  return Status::junk;
}

inline std::string_view MessageView::plain(const Scanner& scanner, std::string_view content) {
  if (!scanner.string_has_escapes()) return content;
  std::string& text = unescaped_.emplace_back();
  unescape(content, text);
  return text;
}

/// Passes a key and its colon. `which` tells which of the names, given with their quotes, it is; their number when it
/// is another. Nearly every sender spells the names plainly, so they are looked for before the key is scanned as a
/// string.
template <std::size_t... sizes>
inline bool MessageView::scan_key(Scanner& scanner, std::string_view& key, std::size_t& which,
                                  const char (&... quoted_names)[sizes]) {
  scanner.peek();
  which = 0;
  const auto next = [&which] {
    ++which;
    return false;
  };
  if ((... || (scanner.skip(quoted_names) || next()))) return scanner.consume(':');
  if (!scanner.string(key)) return false;
  if (scanner.string_has_escapes()) {
    key = plain(scanner, key);
    which = 0;
    (void)(... || (key == std::string_view(quoted_names + 1, sizes - 3) || next()));
  }
  return scanner.consume(':');
}

/// Passes a value; `content` stays empty when it is not a string.
inline bool MessageView::scan_string_value(Scanner& scanner, std::string_view& content) {
  std::string_view raw;
  if (!scanner.value(raw)) return false;
  content = raw.front() == '"' ? plain(scanner, raw.substr(1, raw.size() - 2)) : std::string_view{};
  return true;
}

inline bool MessageView::scan_integer_value(Scanner& scanner, std::string_view& raw, bool& is_integer) {
  if (!scanner.value(raw)) return false;
  is_integer = Scanner::is_number_start(raw.front()) && scanner.number_is_integer();
  return true;
}

MessageView::Status MessageView::scan(std::string_view line) {
  reset();
  Scanner scanner(line);
  const auto invalid = [&] { return junk("not valid JSON at byte " + std::to_string(scanner.offset())); };
  if (!scanner.consume('{')) return scanner.at_end() ? junk("an empty line") : junk("not a JSON object");
  if (!scanner.consume('}')) {
    do {
      std::string_view key;
      std::size_t which = 0;
      bool valid = scan_key(scanner, key, which, "\"src\"", "\"dest\"", "\"body\"");
      if (!valid) return invalid();
      if (which == src_name) {
        valid = scan_string_value(scanner, src_);
      } else if (which == dest_name) {
        valid = scan_string_value(scanner, dest_);
      } else if (which == body_name && scanner.peek() == '{') {
        valid = scan_body(scanner);
      } else {
        std::string_view ignored;
        valid = scanner.value(ignored);
        if (which == body_name) body_ = {};
      }
      if (!valid) return invalid();
    } while (scanner.consume(','));
    if (!scanner.consume('}')) return invalid();
  }
  if (!scanner.at_end()) return invalid();
  if (src_.empty() || dest_.empty()) return junk("src and dest must be strings that are not empty");
  if (body_.empty()) return junk("body must be an object");
  return check_body();
}

bool MessageView::scan_body(Scanner& scanner) {
  // Of a body that is given twice, the last one counts.
  type_ = {};
  msg_id_ = {};
  raw_in_reply_to_ = {};
  fields_.clear();
  const char* start = scanner.position();
  scanner.consume('{');
  if (!scanner.consume('}')) {
    do {
      Field field;
      std::size_t which = 0;
      bool valid = scan_key(scanner, field.key, which, "\"type\"", "\"msg_id\"", "\"in_reply_to\"");
      if (!valid) return false;
      if (which == type_name) {
        valid = scan_string_value(scanner, type_);
      } else if (which == msg_id_name) {
        valid = scan_integer_value(scanner, msg_id_, msg_id_is_integer_);
      } else if (which == in_reply_to_name) {
        valid = scan_integer_value(scanner, raw_in_reply_to_, in_reply_to_is_integer_);
      } else {
        valid = scanner.value(field.value);
        if (valid) fields_.push_back(field);
      }
      if (!valid) return false;
    } while (scanner.consume(','));
    if (!scanner.consume('}')) return false;
  }
  body_ = {start, static_cast<std::size_t>(scanner.position() - start)};
  return true;
}

MessageView::Status MessageView::check_body() {
  if (!raw_in_reply_to_.empty() && in_reply_to_is_integer_) in_reply_to_ = to_int(raw_in_reply_to_);
  if (type_.empty()) {
    problem_ = "field \"type\" is missing or not a string";
  } else if (!msg_id_.empty() && !msg_id_is_integer_) {
    problem_ = "field \"msg_id\": expected an integer";
  } else if (!raw_in_reply_to_.empty() && !in_reply_to_) {
    problem_ = "field \"in_reply_to\": expected an integer in the range of 64 bits";
  } else {
    return Status::ok;
  }
  return Status::bad_body;
}

Message MessageView::own() const {
  return {.src = std::string(src_),
          .dest = std::string(dest_),
          .type = std::string(type_),
          .in_reply_to = in_reply_to_,
          .body = codec::decode_json(body_)};
}

}  // namespace mznode
