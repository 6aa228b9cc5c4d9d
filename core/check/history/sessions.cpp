#include "history/sessions.hpp"

#include <algorithm>
#include <charconv>

#include "history/operation_builder.hpp"

namespace mznode::check {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace

std::size_t Sessions::begin(std::int64_t session, bool is_committed) {
  list_.push_back({session, is_committed});
  return list_.size() - 1;
}

void Sessions::read(std::size_t transaction, std::string_view key, std::string_view value) {
  list_[transaction].micro_ops.push_back({false, std::string(key), std::string(value)});
}

void Sessions::write(std::size_t transaction, std::string_view key, std::string_view value) {
  list_[transaction].micro_ops.push_back({true, std::string(key), std::string(value)});
  if (value == "0") with_zero_.emplace(key);
}

RecordedHistory Sessions::history() const {
  RecordedHistory recorded;
  recorded.tells_time = recorded.tells_beginnings = false;
  recorded.operations.reserve(2 * list_.size());
  for (const Transaction& transaction : list_) {
    std::string value = "[";
    for (const MicroOp& each : transaction.micro_ops) {
      const bool is_initial =
          initial_ == Initial::zero && !each.is_write && each.value == "0" && !with_zero_.contains(each.key);
      value.append(value.size() == 1 ? "" : ",").append(each.is_write ? "[\"w\"," : "[\"r\",");
      value.append(each.key).append(",").append(is_initial ? "null" : each.value).append("]");
    }
    Operation operation;
    operation.index = static_cast<std::int64_t>(recorded.operations.size());
    operation.process = transaction.session;
    operation.f = "txn";
    recorded.operations.push_back(operation);
    ++operation.index;
    operation.type = transaction.is_committed ? Type::ok : Type::fail;
    operation.value = Json::from_valid(value + "]");
    recorded.operations.push_back(std::move(operation));
  }
  return recorded;
}

void TextCursor::skip_blanks() {
  while (!at_end() && is_blank(text_[at_])) ++at_;
}

void TextCursor::skip_space() {
  while (!at_end() && (is_blank(text_[at_]) || text_[at_] == '\n')) ++at_;
}

bool TextCursor::consume(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

std::string_view TextCursor::line() {
  const std::size_t end = std::min(text_.find('\n', at_), text_.size());
  const std::string_view line = text_.substr(at_, end - at_);
  at_ = std::min(end + 1, text_.size());
  return line;
}

std::string_view TextCursor::integer(const char* what) {
  constexpr std::size_t max_digits = 19;
  const std::size_t start = at_;
  if (peek() == '-') ++at_;
  const std::size_t digits = at_;
  while (peek() >= '0' && peek() <= '9') ++at_;
  const std::string_view text = text_.substr(start, at_ - start);
  std::int64_t number = 0;
  const bool fits = std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{};
  const bool is_plain = at_ - digits == 1 || (at_ > digits && text_[digits] != '0');
  if (!fits || !is_plain || at_ - digits > max_digits || text == "-0") {
    fail(std::string("expected ") + what + ", a whole number of 64 bits", start);
  }
  return text;
}

std::string_view TextCursor::word(bool (*is_part)(char), const char* what) {
  const std::size_t start = at_;
  while (!at_end() && is_part(text_[at_])) ++at_;
  if (at_ == start) fail(std::string("expected ") + what);
  return text_.substr(start, at_ - start);
}

void TextCursor::end_line() {
  skip_blanks();
  if (!at_end() && !consume("\n")) fail("expected the end of the line");
}

void TextCursor::fail(const std::string& why, std::size_t offset) const {
  fail_at(text_, offset, why);
}

std::int64_t number_in(std::string_view digits) {
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace mznode::check
