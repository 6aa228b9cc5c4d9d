#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/edn_spellings.hpp"

namespace mznode::check {

/// A cursor over EDN text that turns one form after the other into JSON text. Containers, tags and discards nest on an
/// explicit stack, so the depth of a value is bounded by memory. Throws HistoryError with line and column.
class EdnTranscoder {
 public:
  /// `text` must outlive the transcoder; the NUL behind a std::string ends the last token. Keywords and strings, but
  /// for keys without quotes (see `key`), are noted in `words`, unless it is null.
  explicit EdnTranscoder(const std::string& text, WordSketch* words = nullptr);

  /// Passes white space, commas, comments and discarded forms, then tells the next byte, or NUL at the end of the text.
  char peek() {
    // Nearly always a blank stands before a token, or a comma and a blank.
    if (*at_ == ',') ++at_;
    if (*at_ == ' ') ++at_;
    return is_plain(*at_) ? *at_ : peek_behind_ignored();
  }
  bool at_end() { return peek() == '\0' && at_ == end_; }
  /// Passes the byte that `peek` told.
  void skip() { ++at_; }
  /// Passes the tag that stands before an element, `#` and a symbol.
  void skip_tag();
  /// What makes it uncertain which value was meant, and where it stands.
  struct Doubt {
    std::size_t offset;
    std::string why;
  };
  /// What is doubtful in what was passed since the last call: a tag that is not known here, whose element may mean
  /// anything, or else a string that is not UTF-8, to which others that are not would be equal. Of the tags that are
  /// known, the element tells the value: those of EDN, of Clojure's objects, errors and records (which have a dot in
  /// their names), and the namespace of a map.
  std::optional<Doubt> take_doubt() {
    if (!doubts_.unknown_tag && !doubts_.broken_text) return std::nullopt;
    return take_first_doubt();
  }

  /// Spells keywords and strings so that they differ, from here on; null: as JSON spells both.
  void tell_apart(Spellings* spellings) { spellings_ = spellings; }

  /// The next form as JSON, which holds until the next call; `what` says what is missing when there is none.
  std::string_view value(const char* what);
  /// The next form as a key, without quotes, which holds until the next call.
  std::string_view key();

  std::size_t offset() const { return static_cast<std::size_t>(at_ - text_.data()); }
  [[noreturn]] void fail(const std::string& why) const { fail(why, offset()); }
  [[noreturn]] void fail(const std::string& why, std::size_t offset) const;

 private:
  enum class Kind : std::uint8_t { list, vector, set, map, tag, discard };
  struct Doubts {
    std::optional<std::size_t> unknown_tag = {};
    std::optional<std::size_t> broken_text = {};
  };
  struct Frame {
    Kind kind;
    bool expects_key = false;  // of a map
    std::size_t opened;        // offset in the text
    std::size_t start = 0;     // offset in the output: of the current key of a map, or of what is to be discarded
  };

  /// Transcodes until the stack is empty again: one value, or one discarded form.
  void run(std::string& out, const char* what);
  /// What nearly all of a large history consists of: integers, plain keywords and nil in vectors of vectors. Stops
  /// where anything else begins, or ends.
  void run_in_vector(std::string& out);
  /// One token of any kind; true when it completed the outermost value.
  bool token(std::string& out, const char* what);
  bool dispatch(std::string& out);
  std::optional<Doubt> take_first_doubt();
  char peek_behind_ignored();
  void skip_blank();
  static bool is_plain(char c) { return static_cast<unsigned char>(c) > ' ' && c != ',' && c != ';' && c != '#'; }

  void begin_value(std::string& out);
  bool end_value(std::string& out);
  void open(Kind kind, std::string& out);
  bool close(std::string& out);
  /// Appends text of the history as a JSON string, and notes where it is not UTF-8.
  void append_text(std::string& out, std::string_view text);
  void quote_key(std::string& out, std::size_t start);
  /// Whether what begins at this offset of the output is the first element of a list within a list.
  bool heads_list(const std::string& out, std::size_t start) const;
  [[noreturn]] void fail_at_end(const char* what) const;

  std::string_view take_token();
  void string(std::string& out);
  void string_escape(std::string& out);
  void string_control_or_multibyte(std::string& out);
  void keyword(std::string& out);
  void character(std::string& out);
  void number(std::string& out);
  void irregular_number(std::string& out, const char* start);
  void symbol(std::string& out);
  void symbolic_value(std::string& out);

  const std::string& text_;
  const char* at_;
  const char* end_;
  std::vector<Frame> frames_;
  std::string key_;
  std::string value_;
  std::string discarded_;
  Doubts doubts_;
  std::size_t open_discards_ = 0;
  bool discarding_ = false;  // the outermost form is a discarded one
  Spellings* spellings_ = nullptr;
  WordSketch* words_;
};

}  // namespace mznode::check
