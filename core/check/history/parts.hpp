#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The parts of values, as the texts that they have in the history.
namespace mznode::check {

/// The elements of an array; nothing when `text` is no array.
std::optional<std::vector<std::string_view>> elements_of(std::string_view text);

/// The two elements of an array that has as many.
std::optional<std::pair<std::string_view, std::string_view>> pair_of(std::string_view text);

/// The members of an object, each with the characters of its key; nothing when `text` is no object.
std::optional<std::vector<std::pair<std::string, std::string_view>>> members_of(std::string_view text);

/// As much of a value as is told in words.
std::string shown(std::string_view text);

}  // namespace mznode::check
