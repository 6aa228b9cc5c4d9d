#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/json/json.hpp"

namespace mznode {

/// A message as a handler or a caller owns it. The body stays text until someone asks for it.
struct Message {
  std::string src;
  std::string dest;
  std::string type;
  std::optional<std::int64_t> in_reply_to;
  /// The whole body, an object: type, ids and every other field, unchanged.
  Json body;

  /// The fields of the body, which are all but type, msg_id and in_reply_to, as a struct with MZNODE_FIELDS. Throws
  /// Error malformed_request when one is missing or ill-typed; that of a reply counts as received, because it says
  /// nothing about the request that is being handled.
  template <Fielded T>
  T as() const {
    static_assert(codec::is_body<T>(), "type, msg_id and in_reply_to are no fields of a body: a Message has them");
    try {
      T value{};
      decode_fields(codec::FieldList(body.text()).fields(), value);
      return value;
    } catch (const Error& error) {
      if (!in_reply_to) throw;
      throw Error::received(error.code(), error.what());
    }
  }
  /// The body without type, msg_id and in_reply_to, an object: what is passed on under another id.
  Json fields() const;
};

/// One line from the network, scanned once: validated as a whole, the envelope and the fields of the body found. All
/// views point into the line (or into this object, for keys with escapes), so it must not outlive the line. It
/// has a member for each part of a message, which one scan fills.
class MessageView {
 public:
  MessageView() = default;
  MessageView(const MessageView&) = delete;
  MessageView& operator=(const MessageView&) = delete;

  enum class Status {
    ok,
    /// Not one JSON object with the strings src and dest and an object body: there is nobody to answer.
    junk,
    /// The envelope is well-formed, but the body's type, msg_id or in_reply_to is not: its sender can be told.
    bad_body,
  };

  /// Scans `line`; the byte behind it must be readable and a newline or NUL. `problem()` explains what is not ok.
  Status scan(std::string_view line);
  const std::string& problem() const { return problem_; }

  std::string_view src() const { return src_; }
  std::string_view dest() const { return dest_; }
  std::string_view type() const { return type_; }
  std::string_view body() const { return body_; }
  /// The id as it is spelled, empty when absent; an ill-typed one too, so that an error reply can name it.
  std::string_view msg_id() const { return msg_id_; }
  std::optional<std::int64_t> in_reply_to() const { return in_reply_to_; }
  /// The members of the body other than type, msg_id and in_reply_to, in their order.
  const std::vector<Field>& fields() const { return fields_; }

  /// The body as a struct. Throws Error malformed_request when a field is missing or ill-typed.
  template <Fielded T>
  T as() const {
    T value{};
    decode_fields(fields_, value);
    return value;
  }

  /// A copy that may outlive the line.
  Message own() const;

 private:
  void reset();
  Status junk(std::string problem);
  bool scan_body(Scanner& scanner);
  template <std::size_t... sizes>
  bool scan_key(Scanner& scanner, std::string_view& key, std::size_t& which, const char (&... quoted_names)[sizes]);
  bool scan_string_value(Scanner& scanner, std::string_view& content);
  bool scan_integer_value(Scanner& scanner, std::string_view& raw, bool& is_integer);
  Status check_body();
  /// The characters of the string that was scanned last; one with escapes is unescaped into this object.
  std::string_view plain(const Scanner& scanner, std::string_view content);

  std::string_view src_, dest_, type_, body_, msg_id_, raw_in_reply_to_;
  bool msg_id_is_integer_ = false;
  bool in_reply_to_is_integer_ = false;
  std::optional<std::int64_t> in_reply_to_;
  std::vector<Field> fields_;
  std::deque<std::string> unescaped_;
  std::string problem_;
};

}  // namespace mznode
