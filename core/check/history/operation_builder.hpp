#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mznode/check/formats.hpp"
#include "mznode/check/history.hpp"

namespace mznode::check {

/// The fields of operations that have a meaning, and all others. `key` is Porcupine's; `position` and `link` are read
/// by the checker causal.
enum class OperationField : std::uint8_t {
  type,
  f,
  value,
  process,
  time,
  index,
  error,
  is_final,
  key,
  position,
  link,
  other,
};
OperationField operation_field(std::string_view name);

/// Collects the fields of one operation for the readers, which both hand over JSON text.
class OperationBuilder {
 public:
  /// Appends an operation to the history, to take the fields that follow.
  void start(History& history);

  /// Takes `json`, one valid value without white space around it, as the field `key`.
  /// Returns what was expected instead where the value does not fit, or the field is one that it has had, null
  /// otherwise.
  const char* set(std::string_view key, std::string_view json) { return set(operation_field(key), key, json); }
  /// The same where it is known which field that is.
  const char* set(OperationField field, std::string_view key, std::string_view json);

  /// Completes the operation. Returns what it misses: where others of the history have one, its type or process, and
  /// its type unless it is a transaction, with a list as its value. In a history without processes, such as Elle's
  /// documentation shows, all operations are those of process 0; transactions without types are acknowledged. An
  /// operation without `f` has an empty one.
  std::optional<std::string> finish();

  /// Completes the history. Where it tells of transactions by their completions alone, as Elle's documentation does,
  /// each gets an invocation, as early as it may have been: after what its process completed before, or at the begin.
  /// Without processes each is one's of its own, so that nothing is known of their order in time. The history says
  /// then that it tells no beginnings.
  void complete(RecordedHistory& recorded) const;

  /// Whether a checker may read a field of this name. Beside those, only that which the user names as the order of
  /// transactions.
  static bool is_judged(OperationField field) {
    return field != OperationField::error && field != OperationField::other;
  }
  /// Whether it may hold values of objects.
  static bool is_value(OperationField field) {
    using enum OperationField;
    return field == value || field == key || field == position || field == link;
  }

 private:
  /// Whether a field has stood in the operation before; notes that it stands there, where it has a meaning.
  bool has_had(OperationField field, std::string_view key);
  const char* set_type(std::string_view json);
  const char* set_process(std::string_view json);
  const char* set_f(std::string_view json);

  Operation* operation_ = nullptr;  // the last one of the history, which does not move while it is read
  std::uint32_t fields_ = 0;        // those of the known ones that it has had, a bit each
  bool has_type_ = false;
  bool has_process_ = false;
  bool is_stranger_ = false;  // its process has a name, and is not the nemesis
  std::optional<bool> history_has_processes_;
  std::optional<bool> history_has_types_;
  bool has_invocations_ = false;
};

/// Throws HistoryError with the line and the column, in characters, of the byte at `offset`; both count from 1.
[[noreturn]] void fail_at(std::string_view text, std::size_t offset, const std::string& why);

/// "line 3, column 17" of the byte at `offset`.
std::string describe_position(std::string_view text, std::size_t offset);

/// How many operations to make room for, judged by the length of the first lines.
std::size_t expected_operations(std::string_view text);

}  // namespace mznode::check
