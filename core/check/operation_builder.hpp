#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/check/history.hpp"

namespace mznode::check {

/// Collects the fields of one operation for the readers, which both hand over JSON text.
class OperationBuilder {
 public:
  /// Appends an operation to the history, to take the fields that follow.
  void start(History& history);

  /// Takes `json`, one valid value without white space around it, as the field `key`.
  /// Returns what was expected instead where the value does not fit, null otherwise.
  const char* set(std::string_view key, std::string_view json);

  /// The field that is required and missing, null when there is none.
  const char* missing() const;

 private:
  const char* set_type(std::string_view json);
  const char* set_process(std::string_view json);
  const char* set_f(std::string_view json);

  Operation* operation_ = nullptr;  // the last one of the history, which does not move while it is read
  bool has_type_ = false;
  bool has_process_ = false;
  bool has_f_ = false;
};

/// Throws HistoryError with the line and the column, in characters, of the byte at `offset`; both count from 1.
[[noreturn]] void fail_at(std::string_view text, std::size_t offset, const std::string& why);

/// "line 3, column 17" of the byte at `offset`.
std::string describe_position(std::string_view text, std::size_t offset);

/// How many operations to make room for, judged by the length of the first lines.
std::size_t expected_operations(std::string_view text);

}  // namespace mznode::check
