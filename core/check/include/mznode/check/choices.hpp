#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mznode/check/options.hpp"

/// What users choose by name and number, the same on the command line and from other languages.
namespace mznode::check {

/// The most that each may be: a bound in MiB, the keys of a group, the permits of a semaphore.
inline constexpr std::size_t most_mib = std::size_t{1} << 20;
inline constexpr std::size_t most_group_size = std::size_t{1} << 20;
inline constexpr std::int64_t most_permits = std::int64_t{1} << 40;

/// The names of the members of Assumptions, as Elle has them.
std::span<const std::string_view> assumption_names();

/// Adds the one of this name. Throws std::invalid_argument where none has it.
void assume(Assumptions& assumptions, std::string_view name);

/// Throws std::invalid_argument where the checker of this name cannot do what the options ask for: where it needs a
/// model and is given none, or one that nobody knows; and where an option is given that it does not read. `dashes`
/// stand before the names of options in the message.
void demand_fitting(std::string_view checker, const CheckOptions& options, std::string_view dashes = {});

}  // namespace mznode::check
