#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"

/// The parts of values, as the texts that they have in the history, and what is told of operations.
namespace mznode::check {

/// The elements of an array; nothing when `text` is no array.
std::optional<std::vector<std::string_view>> elements_of(std::string_view text);

/// The two elements of an array that has as many.
std::optional<std::pair<std::string_view, std::string_view>> pair_of(std::string_view text);

/// The members of an object, each with the characters of its key; nothing when `text` is no object.
std::optional<std::vector<std::pair<std::string, std::string_view>>> members_of(std::string_view text);

/// A part of a value that was read, as a value.
inline Json json_of(std::string_view text) {
  return Json::from_valid(std::string(text));
}

/// As much of a value as is told in words.
std::string shown(std::string_view text);

/// "the read of process 3 (operation 17)".
std::string named(const Operation& operation);

/// Whether what was invoked at this position certainly had no effect.
bool has_failed(const History& history, const Pairing& pairing, std::size_t invocation);

}  // namespace mznode::check
