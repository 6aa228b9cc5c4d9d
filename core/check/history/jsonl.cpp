#include "mznode/check/jsonl.hpp"

#include <algorithm>

#include "history/operation_builder.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

/// Two searches for one byte each are far quicker than one for either.
bool has_line_break(std::string_view text) {
  return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

class JsonlReader {
 public:
  explicit JsonlReader(const std::string& text) : text_(text), scanner_(text) {}

  RecordedHistory read() {
    recorded_.operations.reserve(expected_operations(text_));
    if (scanner_.peek() == '[') {
      array();
    } else {
      while (!scanner_.at_end()) operation();
    }
    if (!scanner_.at_end()) fail("expected the end of the history");
    builder_.complete(recorded_);
    return std::move(recorded_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { fail_at(text_, scanner_.offset(), why); }

  void array() {
    scanner_.consume('[');
    if (scanner_.consume(']')) return;
    do {
      operation();
    } while (scanner_.consume(','));
    if (!scanner_.consume(']')) fail("expected , or ] in the list of operations");
  }

  void operation() {
    if (!scanner_.consume('{')) fail("expected {, the begin of an operation");
    const std::size_t start = scanner_.offset() - 1;
    builder_.start(recorded_.operations);
    if (!scanner_.consume('}')) {
      do {
        field();
      } while (scanner_.consume(','));
      if (!scanner_.consume('}')) fail("expected , or } in an operation");
    }
    if (const auto problem = builder_.finish()) fail_at(text_, start, *problem);
  }

  void field() {
    std::string_view key;
    if (!scanner_.string(key)) fail("expected a field name, a string");
    if (scanner_.string_has_escapes()) {
      unescaped_.clear();
      unescape(key, unescaped_);
      key = unescaped_;
    }
    if (!scanner_.consume(':')) fail("expected : behind the field name");
    std::string_view raw;
    scanner_.peek();
    const std::size_t start = scanner_.offset();
    if (!scanner_.value(raw)) fail("expected valid JSON");
    if (has_line_break(raw)) raw = one_line(raw);
    if (const char* expected = builder_.set(key, raw)) fail_at(text_, start, std::string("expected ") + expected);
  }

  /// Line breaks can only be white space in a valid text, and a value is one line.
  std::string_view one_line(std::string_view raw) {
    line_ = raw;
    std::replace(line_.begin(), line_.end(), '\n', ' ');
    std::replace(line_.begin(), line_.end(), '\r', ' ');
    return line_;
  }

  const std::string& text_;
  Scanner scanner_;
  OperationBuilder builder_;
  RecordedHistory recorded_;
  std::string unescaped_;
  std::string line_;
};

}  // namespace

RecordedHistory read_recorded_jsonl(const std::string& text) {
  return JsonlReader(text).read();
}

History read_jsonl(const std::string& text) {
  return read_recorded_jsonl(text).operations;
}

void append_jsonl(std::string& out, const Operation& operation) {
  out.append("{\"index\":").append(std::to_string(operation.index));
  out.append(",\"type\":\"").append(type_name(operation.type));
  out.append("\",\"process\":");
  out.append(operation.is_client() ? std::to_string(operation.process) : "\"nemesis\"");
  out.append(",\"f\":");
  append_quoted(out, operation.f);
  out.append(",\"value\":").append(operation.value.text());
  out.append(",\"time\":").append(std::to_string(operation.time_ns));
  for (const auto& [key, value] : operation.other_fields) {
    append_quoted(out += ',', key);
    out.append(1, ':').append(value.text());
  }
  if (operation.error) out.append(",\"error\":").append(operation.error->text());
  if (operation.is_final) out.append(",\"final?\":true");
  out.append("}\n");
}

std::string write_jsonl(const History& history) {
  std::string out;
  for (const Operation& operation : history) append_jsonl(out, operation);
  return out;
}

}  // namespace mznode::check
