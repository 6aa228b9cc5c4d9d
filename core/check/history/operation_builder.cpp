#include "history/operation_builder.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mznode::check {
namespace {

bool parse_int(std::string_view json, std::int64_t& number) {
  const char* end = json.data() + json.size();
  const auto [stop, error] = std::from_chars(json.data(), end, number);
  return error == std::errc{} && stop == end;
}

/// A text shorter than this cannot be an operation; it bounds what a file full of line breaks makes us reserve.
constexpr std::size_t shortest_operation = 32;

constexpr std::uint32_t bit_of(OperationField field) {
  return std::uint32_t{1} << static_cast<unsigned>(field);
}

/// Whether its completion is nothing without a value.
bool shows_value(const Operation& operation) {
  constexpr std::string_view showing[] = {"read", "get", "generate", "dequeue", "pop", "contains"};
  return std::find(std::begin(showing), std::end(showing), operation.f) != std::end(showing);
}

bool is_transaction(const Operation& operation) {
  return operation.f.empty() || operation.f == "txn";
}

}  // namespace

void OperationBuilder::start(History& history) {
  const std::int64_t previous_time_ns = history.empty() ? 0 : history.back().time_ns;
  operation_ = &history.emplace_back();
  operation_->index = static_cast<std::int64_t>(history.size()) - 1;
  operation_->time_ns = previous_time_ns;
  fields_ = 0;
  has_type_ = has_process_ = is_stranger_ = false;
}

OperationField operation_field(std::string_view name) {
  using enum OperationField;
  // By length first: a name is asked for with every field of every operation.
  switch (name.size()) {
    case 1: return name == "f" ? f : other;
    case 3: return name == "key" ? key : other;
    case 4: return name == "type" ? type : name == "time" ? time : name == "link" ? link : other;
    case 5: return name == "value" ? value : name == "index" ? index : name == "error" ? error : other;
    case 6: return name == "final?" ? is_final : other;
    case 7: return name == "process" ? process : other;
    case 8: return name == "position" ? position : other;
    default: return other;
  }
}

bool OperationBuilder::has_had(OperationField field, std::string_view key) {
  if (field != OperationField::other) return (std::exchange(fields_, fields_ | bit_of(field)) & bit_of(field)) != 0;
  const auto& others = operation_->other_fields;
  return std::any_of(others.begin(), others.end(), [&](const auto& each) { return each.first == key; });
}

const char* OperationBuilder::set(OperationField field, std::string_view key, std::string_view json) {
  if (has_had(field, key)) return "each field once in an operation";
  switch (field) {
    case OperationField::f: return set_f(json);
    case OperationField::type: return set_type(json);
    case OperationField::process: return set_process(json);
    case OperationField::value: operation_->value = Json::from_valid(std::string(json)); return nullptr;
    case OperationField::index:
      return json == "null" || parse_int(json, operation_->index) ? nullptr : "an integer as index";
    case OperationField::time:
      return json == "null" || parse_int(json, operation_->time_ns) ? nullptr : "an integer as time, in nanoseconds";
    case OperationField::error:
      if (json != "null") operation_->error = Json::from_valid(std::string(json));
      return nullptr;
    case OperationField::is_final:
      if (json != "true" && json != "false" && json != "null") return "true or false as final?";
      operation_->is_final = json == "true";
      return nullptr;
    case OperationField::key:
    case OperationField::position:
    case OperationField::link:
    case OperationField::other: break;
  }
  operation_->other_fields.emplace_back(key, Json::from_valid(std::string(json)));
  return nullptr;
}

const char* OperationBuilder::set_type(std::string_view json) {
  has_type_ = true;
  if (json == R"("ok")") {
    operation_->type = Type::ok;
  } else if (json == R"("invoke")") {
    operation_->type = Type::invoke;
  } else if (json == R"("fail")") {
    operation_->type = Type::fail;
  } else if (json == R"("info")") {
    operation_->type = Type::info;
  } else {
    return "invoke, ok, fail or info as type";
  }
  return nullptr;
}

const char* OperationBuilder::set_process(std::string_view json) {
  has_process_ = true;
  if (json.front() == '"') {
    operation_->process = nemesis_process;
    is_stranger_ = json != R"("nemesis")" && json != R"(":nemesis")";
    return nullptr;
  }
  return parse_int(json, operation_->process) && operation_->process >= 0 ? nullptr : "a number or a name as process";
}

const char* OperationBuilder::set_f(std::string_view json) {
  if (json == "null") return nullptr;  // Jepsen allows operations without a function
  if (json.front() != '"') return "a name as f";
  const std::string_view content = json.substr(1, json.size() - 2);
  if (content.find('\\') == std::string_view::npos) {
    operation_->f = content;
  } else {
    operation_->f = *Json::from_valid(std::string(json)).as_string();
  }
  return nullptr;
}

std::optional<std::string> OperationBuilder::finish() {
  if (!history_has_types_) history_has_types_ = has_type_;
  const bool is_acknowledged = is_transaction(*operation_) && operation_->value.text().front() == '[';
  if (!has_type_ && (*history_has_types_ || !is_acknowledged)) {
    return "expected the field type in the operation";
  }
  if (has_type_ && !*history_has_types_) {
    return "expected no type in the operation: those before it have none, which makes all of them acknowledged";
  }
  if (!has_type_) operation_->type = Type::ok;
  if (!history_has_processes_) history_has_processes_ = has_process_;
  if (*history_has_processes_ != has_process_) {
    return has_process_
               ? "expected no process in the operation: those before it have none, which makes all of them one's"
               : "expected the field process in the operation";
  }
  if (!has_process_) operation_->process = 0;
  // Jepsen numbers its clients. What others have done would not be judged, and the verdict would not tell.
  if (is_stranger_ && operation_->type != Type::info) {
    return "expected a number as the process of an operation that is to be judged, or nemesis";
  }
  // A slip in its name would make nothing of what was read.
  const bool has_value = (fields_ & bit_of(OperationField::value)) != 0;
  if (!has_value && operation_->type == Type::ok && operation_->is_client() && shows_value(*operation_)) {
    return "expected the field value in an acknowledged " + operation_->f;
  }
  has_invocations_ = has_invocations_ || (operation_->type == Type::invoke && operation_->is_client());
  return std::nullopt;
}

void OperationBuilder::complete(RecordedHistory& recorded) const {
  if (has_invocations_) return;
  History& history = recorded.operations;
  const bool tells_transactions = std::all_of(history.begin(), history.end(), [](const Operation& operation) {
    return !operation.is_client() || is_transaction(operation);
  });
  if (!tells_transactions) return;
  if (!history_has_processes_.value_or(true)) {
    std::int64_t process = 0;
    for (Operation& operation : history) operation.process = process++;
  }
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> next(history.size(), none);  // the completion that the same process has next
  std::vector<std::size_t> first;
  std::unordered_map<std::int64_t, std::size_t> last;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (!history[i].is_client()) continue;
    const auto [known, is_new] = last.try_emplace(history[i].process, i);
    if (is_new) {
      first.push_back(i);
    } else {
      next[std::exchange(known->second, i)] = i;
    }
  }
  History whole;
  whole.reserve(2 * history.size());
  const auto invoke = [&](std::size_t completion) {
    Operation& invocation = whole.emplace_back();
    invocation.index = history[completion].index;
    invocation.time_ns = whole.size() == 1 ? history.front().time_ns : whole[whole.size() - 2].time_ns;
    invocation.process = history[completion].process;
    invocation.f = history[completion].f;
  };
  for (const std::size_t i : first) invoke(i);
  for (std::size_t i = 0; i < history.size(); ++i) {
    whole.push_back(history[i]);
    if (next[i] != none) invoke(next[i]);
  }
  history = std::move(whole);
  recorded.tells_beginnings = first.empty();
}

std::string describe_position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  // The bytes that continue a UTF-8 sequence are no characters of their own.
  const auto column = 1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

void fail_at(std::string_view text, std::size_t offset, const std::string& why) {
  throw HistoryError(describe_position(text, offset) + ": " + why);
}

std::size_t expected_operations(std::string_view text) {
  // Operations of one history are alike, so its first lines tell enough.
  const std::string_view sample = text.substr(0, std::size_t{1} << 16);
  const auto lines = 1 + static_cast<std::size_t>(std::count(sample.begin(), sample.end(), '\n'));
  const std::size_t length = std::max(sample.size() / lines, shortest_operation);
  return text.size() / length + text.size() / length / 16 + 1;
}

}  // namespace mznode::check
