#pragma once

#include <cstdint>

#include "mznode/json/strong_number.hpp"

namespace mznode::check::txn {

/// "There is none", wherever something is named by a number from 0.
struct None {
  // Everywhere else the place of a number is taken.
  constexpr operator std::uint32_t() const { return UINT32_MAX; }  // NOLINT(google-explicit-constructor)
};
inline constexpr None none{};

/// A number from 0 that names one of many things of a kind, or none.
template <class Kind>
using Id = StrongNumber<Kind, std::uint32_t, UINT32_MAX>;

/// A transaction by its place among the invocations of a history.
using TransactionId = Id<struct TransactionKind>;
/// What transactions work on: a register, a list, a log.
using KeyId = Id<struct KeyKind>;
/// A value under a key, which was written there or read.
using ElementId = Id<struct ElementKind>;
/// A vertex of a graph, which stands for a transaction, or for a version of a key.
using VertexId = Id<struct VertexKind>;

}  // namespace mznode::check::txn
