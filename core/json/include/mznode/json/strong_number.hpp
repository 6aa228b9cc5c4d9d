#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace mznode {

/// A number that counts or names things of one kind, such as terms. It can be read as a number, to index what is kept
/// by such things or to be printed, but no number and nothing of another kind becomes one unless that is written down.
/// A literal says by where it stands what it is. For the codec it is a number.
///
/// `initial` is what it is unless it is told; where that is not 0, the numbers are names, and nobody counts with them.
template <class Kind, std::unsigned_integral Number = std::uint64_t, Number initial = 0>
class StrongNumber {
 public:
  using number_type = Number;
  static constexpr bool is_count = initial == 0;

  constexpr StrongNumber() = default;
  consteval StrongNumber(int literal) requires is_count : number_(static_cast<Number>(literal)) {}
  /// A value that stands for "there is none".
  template <class None>
  requires std::is_empty_v<None> && std::convertible_to<None, Number>
  constexpr StrongNumber(None none) : number_(none) {}
  template <std::unsigned_integral From>
  constexpr explicit StrongNumber(From number) : number_(static_cast<Number>(number)) {}
  /// Of a thing that stands for one of another kind.
  template <class Other, class N, N other>
  requires(!std::same_as<Kind, Other>) constexpr explicit StrongNumber(StrongNumber<Other, N, other> number)
      : number_(static_cast<Number>(static_cast<N>(number))) {}

  constexpr operator Number() const { return number_; }  // NOLINT(google-explicit-constructor)
  constexpr StrongNumber& operator++() {
    ++number_;
    return *this;
  }
  constexpr StrongNumber& operator--() {
    --number_;
    return *this;
  }
  template <std::integral Count>
  constexpr StrongNumber& operator+=(Count count) requires is_count {
    number_ += static_cast<Number>(count);
    return *this;
  }
  template <std::integral Count>
  friend constexpr StrongNumber operator+(StrongNumber from, Count count) requires is_count {
    return StrongNumber(from.number_ + static_cast<Number>(count));
  }
  template <std::integral Count>
  friend constexpr StrongNumber operator-(StrongNumber from, Count count) requires is_count {
    return StrongNumber(from.number_ - static_cast<Number>(count));
  }
  friend constexpr Number operator-(StrongNumber a, StrongNumber b) requires is_count { return a.number_ - b.number_; }

  friend constexpr bool operator==(StrongNumber, StrongNumber) = default;
  friend constexpr auto operator<=>(StrongNumber, StrongNumber) = default;
  template <std::integral Other>
  friend constexpr bool operator==(StrongNumber a, Other b) {
    return a.number_ == static_cast<Number>(b);
  }
  template <std::integral Other>
  friend constexpr auto operator<=>(StrongNumber a, Other b) {
    return a.number_ <=> static_cast<Number>(b);
  }
  /// Numbers of different things are never the same, nor one before the other.
  template <class Other, class N, N other>
  requires(!std::same_as<Kind, Other>) friend bool operator==(StrongNumber, StrongNumber<Other, N, other>) = delete;
  template <class Other, class N, N other>
  requires(!std::same_as<Kind, Other>) friend auto operator<=>(StrongNumber, StrongNumber<Other, N, other>) = delete;

 private:
  Number number_ = initial;
};

namespace detail {
template <class T>
inline constexpr bool is_strong_number = false;
template <class Kind, class Number, Number initial>
inline constexpr bool is_strong_number<StrongNumber<Kind, Number, initial>> = true;
}  // namespace detail

template <class T>
concept IsStrongNumber = detail::is_strong_number<T>;

}  // namespace mznode
