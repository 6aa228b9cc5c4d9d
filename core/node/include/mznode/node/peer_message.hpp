#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mznode/json/codec.hpp"

/// What a message of another node may say. Numbers in it are counts (terms, indexes, ballots, offsets, totals): whoever
/// adopts a count goes on counting from there, so one forged count near the end of 64 bits would end all counting. Two
/// rules leave room to grow. No count is above `largest_count`; Node::on_peer() sees to that for every field. And a
/// count that this node adopts is at most `longest_leap` beyond its own, which its protocol checks with
/// demand_within_reach().
namespace mznode {

/// The sum of two is within 64 bits, signed ones too.
inline constexpr std::uint64_t largest_count = std::uint64_t{1} << 62;
/// More than a node can have missed (at a million a second, that takes nine years), and so little that it takes
/// thousands of forged messages to use up the counts.
inline constexpr std::uint64_t longest_leap = std::uint64_t{1} << 48;

/// `MZNODE_IDENTITIES(life)`, beside MZNODE_FIELDS, lists the fields whose numbers are no counts: they are only
/// compared, and may be any 64 bits.
#define MZNODE_IDENTITIES(...) static constexpr std::string_view identities = ", " #__VA_ARGS__ ",";

namespace detail {

template <Fielded T>
bool is_identity([[maybe_unused]] std::string_view name) {
  if constexpr (requires { T::identities; }) {
    for (auto at = T::identities.find(name); at != std::string_view::npos; at = T::identities.find(name, at + 1)) {
      if (T::identities[at - 1] == ' ' && T::identities[at + name.size()] == ',') return true;
    }
    return false;
  } else {
    return false;
  }
}

}  // namespace detail

/// Throws Error malformed_request when a number in a value, however deep, is below 0 or above `largest_count`. What is
/// inside a Json is left to whoever reads it (see from_peer()).
template <class T>
void demand_counts(const T& value) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, Json> || std::is_same_v<T, std::string> ||
                std::is_same_v<T, double>) {
    return;
  } else if constexpr (IsStrongNumber<T>) {
    demand_counts(static_cast<typename T::number_type>(value));
  } else if constexpr (std::integral<T>) {
    if (!std::in_range<std::uint64_t>(value) || static_cast<std::uint64_t>(value) > largest_count) {
      throw Error(ErrorCode::malformed_request, "a count is from 0 to 2^62, and not " + std::to_string(value));
    }
  } else if constexpr (codec::is_optional<T>) {
    if (value) demand_counts(*value);
  } else if constexpr (codec::is_vector<T>) {
    for (const auto& element : value) demand_counts(element);
  } else if constexpr (codec::is_string_map<T>) {
    for (const auto& member : value) demand_counts(member.second);
  } else if constexpr (codec::TupleLike<T>) {
    std::apply([](const auto&... element) { (demand_counts(element), ...); }, value);
  } else {
    T::visit_fields(value, [](std::string_view name, const auto& member) {
      if (detail::is_identity<T>(name)) return;
      try {
        demand_counts(member);
      } catch (const Error& error) {
        codec::fail_in_field(name, error);
      }
    });
  }
}

/// What a message of a peer carries as a Json, as a T. Throws Error malformed_request when it is none, or holds a
/// number that is no count.
template <class T>
T from_peer(const Json& json) {
  T value = from_json<T>(json);
  demand_counts(value);
  return value;
}

/// Throws Error malformed_request unless something that a peer could have told is so; `why` says what is wrong.
inline void demand(bool is_possible, std::string_view why) {
  if (!is_possible) throw Error(ErrorCode::malformed_request, std::string(why));
}

/// Throws Error malformed_request when a count is further beyond the `own` one of this node than can be.
inline void demand_within_reach(std::string_view what, std::uint64_t count, std::uint64_t own,
                                std::uint64_t leap = longest_leap) {
  if (count <= own || (count - own <= leap && count <= largest_count)) return;
  throw Error(ErrorCode::malformed_request, std::string(what) + " " + std::to_string(count) + " is out of reach of " +
                                                std::to_string(own) + ", where this node is");
}

}  // namespace mznode
