#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/formats.hpp"

namespace mznode::check {

/// Collects transactions on registers as sessions executed them, of which nothing else is known. The forms of Plume,
/// AWDIT and dbcop tell no more.
class Sessions {
 public:
  /// What the versions of a key begin with.
  enum class Initial : bool {
    /// A version that nobody writes: null.
    none,
    /// 0, where nobody writes 0 to that key.
    zero,
  };
  explicit Sessions(Initial initial) : initial_(initial) {}

  /// Begins a transaction, behind all that its session has executed; gives its number.
  std::size_t begin(std::int64_t session, bool is_committed);
  /// `key` and `value` are JSON; what was read may be null.
  void read(std::size_t transaction, std::string_view key, std::string_view value);
  void write(std::size_t transaction, std::string_view key, std::string_view value);
  /// For where the text says only behind a transaction what became of it.
  void set_committed(std::size_t transaction, bool is_committed) { list_[transaction].is_committed = is_committed; }

  RecordedHistory history() const;

 private:
  struct MicroOp {
    bool is_write;
    std::string key;
    std::string value;
  };
  struct Transaction {
    std::int64_t session;
    bool is_committed;
    std::vector<MicroOp> micro_ops = {};
  };

  Initial initial_;
  std::vector<Transaction> list_;
  std::set<std::string, std::less<>> with_zero_;  // keys to which 0 is written
};

/// A cursor over text whose errors tell line and column.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  /// The next byte; NUL at the end.
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t offset() const { return at_; }
  /// Passes blanks, and line breaks, too.
  void skip_space();
  void skip_blanks();
  /// Passes the word if it stands here.
  bool consume(std::string_view word);
  /// What is behind here up to the end of the line, which is passed as well.
  std::string_view line();
  /// A decimal number as it stands, perhaps with a minus, of at most 19 digits and without superfluous zeros.
  std::string_view integer(const char* what);
  /// Letters, digits and what else `is_part` takes, at least one.
  std::string_view word(bool (*is_part)(char), const char* what);
  /// Nothing but blanks may stand up to the end of the line, which is passed.
  void end_line();

  [[noreturn]] void fail(const std::string& why) const { fail(why, at_); }
  [[noreturn]] void fail(const std::string& why, std::size_t offset) const;

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// The numbers that TextCursor::integer has read.
std::int64_t number_in(std::string_view digits);

}  // namespace mznode::check
