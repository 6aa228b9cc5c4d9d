#include "history/jepsen_log.hpp"

#include <algorithm>

#include "history/edn_transcoder.hpp"
#include "history/integers.hpp"
#include "history/operation_builder.hpp"

namespace mznode::check {
namespace {

constexpr std::string_view logger = "jepsen.util";
constexpr std::string_view log_blank = " \t\r";

/// The text of a line behind the name of the logger; empty where it is no line of it.
std::string_view logged(std::string_view line) {
  const std::size_t at = line.find(logger);
  if (at == std::string_view::npos) return {};
  std::string_view rest = line.substr(at + logger.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(log_blank), rest.size()));
  if (!rest.starts_with('-') && !rest.starts_with(':')) return {};
  rest.remove_prefix(1);
  rest.remove_prefix(std::min(rest.find_first_not_of(log_blank), rest.size()));
  return rest;
}

class LogReader {
 public:
  /// Keywords and strings in values are told apart by `spellings`, unless it is null.
  explicit LogReader(const std::string& text, Spellings* spellings = nullptr) : text_(text), spellings_(spellings) {}

  RecordedHistory read() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      const std::string_view line = std::string_view(text_).substr(at, end - at);
      if (line.find_first_not_of(log_blank) != std::string_view::npos) operation(line, at);
      at = end + 1;
    }
    // What a number or a name ends with may be yet to come.
    if (!text_.empty() && text_.back() != '\n') fail_at(text_, text_.size(), "expected the end of the last line");
    builder_.complete(recorded_);
    return std::move(recorded_);
  }

 private:
  void operation(std::string_view line, std::size_t start) {
    const std::string_view rest = logged(line);
    if (rest.empty()) {
      fail_at(
          text_, start,
          "expected a line of jepsen.util, such as INFO jepsen.util - 0 :invoke :read nil (grep takes them out of a "
          "larger log)");
    }
    // Positions are those of the log, so that errors tell them.
    const std::string part(rest);
    const std::size_t offset = start + static_cast<std::size_t>(rest.data() - line.data());
    EdnTranscoder edn(part);
    try {
      fields(edn, offset);
    } catch (const HistoryError& error) {
      const std::string why = error.what();
      if (why.starts_with("line 1, ")) fail_at(text_, offset, why.substr(why.find(": ") + 2));
      throw;
    }
  }

  void fields(EdnTranscoder& edn, std::size_t offset) {
    builder_.start(recorded_.operations);
    set(edn, offset, "process", "a process");
    set(edn, offset, "type", "a type, such as :invoke");
    set(edn, offset, "f", "a function, such as :read");
    const Operation& operation = recorded_.operations.back();
    const bool tells_error = (operation.type == Type::fail || operation.type == Type::info) && edn.peek() == ':';
    set(edn, offset, tells_error ? "error" : "value", "a value");
    if (!edn.at_end()) set(edn, offset, "error", "the end of the line");
    if (!edn.at_end()) fail_at(text_, offset + edn.offset(), "expected the end of the line");
    if (const auto problem = builder_.finish()) fail_at(text_, offset, *problem);
  }

  void set(EdnTranscoder& edn, std::size_t offset, std::string_view key, const char* what) {
    const OperationField known = operation_field(key);
    edn.peek();
    const std::size_t start = edn.offset();
    if (OperationBuilder::is_value(known)) edn.tell_apart(spellings_);
    const std::string_view json = edn.value(what);
    edn.tell_apart(nullptr);
    // What no checker reads may be anything.
    const auto doubt = edn.take_doubt();
    if (doubt && OperationBuilder::is_judged(known)) fail_at(text_, offset + doubt->offset, doubt->why);
    if (const char* expected = builder_.set(known, key, json)) {
      fail_at(text_, offset + start, std::string("expected ") + expected);
    }
  }

  const std::string& text_;
  Spellings* spellings_;
  OperationBuilder builder_;
  RecordedHistory recorded_;
};

bool is_key_value_function(std::string_view f) {
  return f == "get" || f == "put" || f == "append";
}

}  // namespace

bool looks_like_jepsen_log(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return !text.starts_with('{') && !text.starts_with('[') && !text.starts_with('(') && !text.starts_with('#') &&
         !logged(text.substr(0, text.find('\n'))).empty();
}

RecordedHistory read_jepsen_log(const std::string& text) {
  return told_apart(text, LogReader(text).read(),
                    [&](Spellings& spellings) { return LogReader(text, &spellings).read(); });
}

bool looks_like_porcupine(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto has = [&](std::string_view part) { return line.find(part) != std::string_view::npos; };
  return has("{:process ") && has(", :key ") && (has(":f :get") || has(":f :put") || has(":f :append"));
}

RecordedHistory read_porcupine(const std::string& text) {
  RecordedHistory recorded = read_recorded_edn(text);
  for (Operation& operation : recorded.operations) {
    if (!operation.is_client()) continue;
    if (!is_key_value_function(operation.f)) refuse(operation, "expected get, put or append as f");
    const auto key = std::find_if(operation.other_fields.begin(), operation.other_fields.end(),
                                  [](const auto& field) { return field.first == "key"; });
    if (key == operation.other_fields.end()) refuse(operation, "expected the field key");
    std::string pair;
    pair.reserve(key->second.text().size() + operation.value.text().size() + 3);
    pair.append("[").append(key->second.text()).append(",").append(operation.value.text()).append("]");
    operation.value = Json::from_valid(std::move(pair));
    operation.other_fields.erase(key);
  }
  return recorded;
}

}  // namespace mznode::check
