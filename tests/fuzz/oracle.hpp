#pragma once

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "mznode/json/json.hpp"
#include "mznode/node/message.hpp"

/// What the JSON reader must do on any bytes, checked against nlohmann's parser. Used by the fuzzer and by the seeded
/// mutation test.
namespace mznode::fuzz {

inline void require(bool holds, std::string_view what, std::string_view input) {
  if (holds) return;
  std::cerr << "the JSON reader and its oracle disagree: " << what << "\ninput: " << input << '\n';
  std::abort();
}

/// True when nlohmann can tell: its parser reads a number that does not fit a double, or an unpaired surrogate, as an
/// error, where the grammar (RFC 8259) has none.
inline bool oracle_can_tell(std::string_view text) {
  bool has_surrogate = false;
  for (std::size_t at = text.find("\\u"); at != std::string_view::npos && at + 2 < text.size();
       at = text.find("\\u", at + 1)) {
    has_surrogate = has_surrogate || text[at + 2] == 'd' || text[at + 2] == 'D';
  }
  const bool has_exponent = text.find_first_of("eE") != std::string_view::npos;
  const bool has_long_number = text.find_first_of("0123456789") != std::string_view::npos && text.size() > 300;
  return !has_surrogate && !has_exponent && !has_long_number;
}

inline bool reader_accepts(std::string_view text) {
  try {
    const Json value = Json::parse(text);
    // What was accepted is one line, reads back as the same value, and has one canonical form.
    require(value.text().find_first_of("\r\n") == std::string::npos, "a line break was kept", text);
    const Json again = Json::parse(value.text());
    require(again == value && again.hash() == value.hash(), "a value differs from itself", text);
    const Json canonical = Json::parse(value.canonical());
    require(canonical == value, "a value differs from its canonical form", text);
    require(canonical.canonical() == value.canonical(), "the canonical form is not canonical", text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

inline void check_value(std::string_view text) {
  const bool accepted = reader_accepts(text);
  const bool oracle = nlohmann::json::accept(text);
  // The oracle takes NUL for the end of its input, and passes over a byte order mark, which JSON text must not begin
  // with.
  const bool oracle_is_lax = text.find('\0') != std::string_view::npos || text.substr(0, 1) == "\xEF";
  if (oracle && !oracle_is_lax) require(accepted, "only the oracle accepts it", text);
  if (accepted && oracle_can_tell(text)) require(oracle, "only the reader accepts it", text);
}

/// A message is junk exactly when it is not JSON or its envelope has not the right members; else the views agree with
/// the tree.
inline void check_line(std::string_view text) {
  const std::string line(text);  // ends with NUL
  MessageView view;
  const auto status = view.scan(line);
  const bool valid = reader_accepts(text);
  if (!valid) {
    require(status == MessageView::Status::junk, "a line that is not JSON was accepted", text);
    return;
  }
  if (!nlohmann::json::accept(text)) return;
  const auto tree = nlohmann::json::parse(text);
  const auto named = [&](const char* key) {
    return tree.is_object() && tree.contains(key) && tree[key].is_string() && tree[key] != "";
  };
  const bool is_message = named("src") && named("dest") && tree.contains("body") && tree["body"].is_object();
  require(is_message == (status != MessageView::Status::junk), "the envelope was misjudged", text);
  if (!is_message) return;
  require(tree["src"] == std::string(view.src()) && tree["dest"] == std::string(view.dest()), "the envelope differs",
          text);
  const auto& body = tree["body"];
  const Message owned = view.own();
  require(owned.body == Json::parse(view.body()), "the body differs", text);
  const bool has_type = body.contains("type") && body["type"].is_string() && body["type"] != "";
  const bool good_id = !body.contains("msg_id") || body["msg_id"].is_number_integer();
  if (status == MessageView::Status::ok) {
    require(has_type && good_id && body["type"] == std::string(view.type()), "a bad body was accepted", text);
  }
  std::size_t fields = 0;
  for (const auto& [key, value] : body.items()) {
    if (!codec::is_envelope_key(key)) ++fields;
  }
  require(codec::FieldList(owned.body.text()).fields().size() >= fields, "fields are missing", text);
}

}  // namespace mznode::fuzz
