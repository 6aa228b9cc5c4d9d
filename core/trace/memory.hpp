#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "machine.hpp"

/// The memory of a traced process. Everything in it was written by others: an address may lead nowhere.
namespace mznode::trace {

/// False when not all of it can be read.
bool read_memory(pid_t thread, Address from, void* to, std::size_t bytes);
/// False when not all of it can be written.
bool write_memory(pid_t thread, Address to, const void* from, std::size_t bytes);
/// Writes also where the process itself may only read, such as in its code.
bool write_code(pid_t thread, Address to, std::string_view code);
/// Text up to its NUL; nothing when it is longer than `limit` or not readable.
std::optional<std::string> read_text(pid_t thread, Address from, std::size_t limit);

template <class T>
std::optional<T> read_value(pid_t thread, Address from) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  if (from == 0 || !read_memory(thread, from, &value, sizeof value)) return std::nullopt;
  return value;
}

template <class T>
bool write_value(pid_t thread, Address to, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return write_memory(thread, to, &value, sizeof value);
}

}  // namespace mznode::trace
