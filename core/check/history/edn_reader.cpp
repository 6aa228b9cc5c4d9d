#include "history/edn_transcoder.hpp"
#include "history/operation_builder.hpp"
#include "mznode/check/edn.hpp"

namespace mznode::check {
namespace {

class EdnReader {
 public:
  /// Keywords and strings in values are told apart by `spellings`, unless it is null.
  explicit EdnReader(const std::string& text, Spellings* spellings = nullptr)
      : text_(text), spellings_(spellings), edn_(text, &words_) {}

  RecordedHistory read() {
    recorded_.operations.reserve(expected_operations(text_));
    const char first = peek_behind_tags();
    if (first == '[' || first == '(') {
      demand_certainty();
      edn_.skip();
      const char close = first == '[' ? ']' : ')';
      while (peek_behind_tags() != close) operation();
      edn_.skip();
      if (!edn_.at_end()) edn_.fail("expected the end of the history");
    } else {
      while (!edn_.at_end()) operation();
    }
    builder_.complete(recorded_);
    return std::move(recorded_);
  }

  /// Whether some name may stand there as a keyword and as a string.
  bool may_spell_both_ways() const { return words_.may_have_both(); }

 private:
  char peek_behind_tags() {
    for (;;) {
      const char next = edn_.peek();
      if (next != '#') return next;
      edn_.skip_tag();
    }
  }

  void operation() {
    if (peek_behind_tags() != '{') edn_.fail("expected {, the begin of an operation");
    const std::size_t start = edn_.offset();
    edn_.skip();
    builder_.start(recorded_.operations);
    demand_certainty();
    while (edn_.peek() != '}') field();
    edn_.skip();
    if (const auto problem = builder_.finish()) edn_.fail(*problem, start);
  }

  void demand_certainty() {
    if (const auto doubt = edn_.take_doubt()) edn_.fail(doubt->why, doubt->offset);
  }

  void field() {
    const std::string_view key = edn_.key();
    const OperationField known = operation_field(key);
    edn_.peek();
    const std::size_t start = edn_.offset();
    if (OperationBuilder::is_value(known)) edn_.tell_apart(spellings_);
    const std::string_view value = edn_.value("a value");
    edn_.tell_apart(nullptr);
    const auto doubt = edn_.take_doubt();
    if (doubt && OperationBuilder::is_judged(known)) edn_.fail(doubt->why, doubt->offset);
    // What no checker reads may be anything; nobody is to take it for what it perhaps is not.
    const std::string doubtful = doubt ? Json(text_.substr(start, edn_.offset() - start)).text() : std::string();
    if (const char* expected = builder_.set(known, key, doubt ? doubtful : value)) {
      edn_.fail(std::string("expected ") + expected, start);
    }
  }

  const std::string& text_;
  Spellings* spellings_;
  WordSketch words_;
  EdnTranscoder edn_;
  OperationBuilder builder_;
  RecordedHistory recorded_;
};

}  // namespace

RecordedHistory read_recorded_edn(const std::string& text) {
  EdnReader reader(text);
  RecordedHistory recorded = reader.read();
  if (!reader.may_spell_both_ways()) return recorded;
  return told_apart(text, std::move(recorded),
                    [&](Spellings& spellings) { return EdnReader(text, &spellings).read(); });
}

History read_edn(const std::string& text) {
  return read_recorded_edn(text).operations;
}

}  // namespace mznode::check
