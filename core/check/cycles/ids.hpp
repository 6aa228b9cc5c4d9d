#pragma once

#include <compare>
#include <cstdint>

namespace mznode::check::txn {

/// "There is none", wherever something is named by a number from 0.
struct None {
  // Everywhere else the place of a number is taken.
  constexpr operator std::uint32_t() const { return UINT32_MAX; }  // NOLINT(google-explicit-constructor)
};
inline constexpr None none{};

/// A number from 0 that names one of many things of a kind, or none. It can be read as a number, to index what is kept
/// by such things, but no number and no name of another kind becomes one unless that is written down.
template <class Kind>
class Id {
 public:
  constexpr Id() = default;
  constexpr Id(None) {}
  constexpr explicit Id(std::uint32_t number) : number_(number) {}
  constexpr explicit Id(std::size_t number) : number_(static_cast<std::uint32_t>(number)) {}

  constexpr operator std::uint32_t() const { return number_; }
  constexpr Id& operator++() {
    ++number_;
    return *this;
  }

  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;
  /// Names of different things are never the same.
  template <class Other>
  friend bool operator==(Id, Id<Other>) = delete;

 private:
  std::uint32_t number_ = none;
};

/// A transaction by its place among the invocations of a history.
using TransactionId = Id<struct TransactionKind>;
/// What transactions work on: a register, a list, a log.
using KeyId = Id<struct KeyKind>;
/// A value under a key, which was written there or read.
using ElementId = Id<struct ElementKind>;
/// A vertex of a graph, which stands for a transaction, or for a version of a key.
using VertexId = Id<struct VertexKind>;

}  // namespace mznode::check::txn
