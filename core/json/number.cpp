#include "mznode/json/number.hpp"

#include <algorithm>
#include <string>

namespace mznode {
namespace {

/// The integer that a possibly signed run of digits spells, in decimal without leading zeros; exponents can be longer
/// than any machine word.
struct BigExponent {
  bool negative = false;
  std::string magnitude = "0";

  static BigExponent of(std::string_view text) {
    BigExponent result;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
      result.negative = text.front() == '-';
      text.remove_prefix(1);
    }
    const std::size_t first = std::min(text.find_first_not_of('0'), text.size());
    text.remove_prefix(first);
    result.magnitude = text.empty() ? "0" : std::string(text);
    if (result.magnitude == "0") result.negative = false;
    return result;
  }

  /// Adds a small number exactly.
  void add(long long amount) {
    const bool amount_negative = amount < 0;
    std::string other = std::to_string(amount_negative ? -amount : amount);
    if (negative == amount_negative) {
      magnitude = plus(magnitude, other);
    } else if (less(magnitude, other)) {
      magnitude = minus(other, magnitude);
      negative = amount_negative;
    } else {
      magnitude = minus(magnitude, other);
    }
    if (magnitude == "0") negative = false;
  }

  std::strong_ordering operator<=>(const BigExponent& other) const {
    if (negative != other.negative) return negative ? std::strong_ordering::less : std::strong_ordering::greater;
    const auto by_size = magnitude.size() <=> other.magnitude.size();
    const auto order = by_size != 0 ? by_size : magnitude.compare(other.magnitude) <=> 0;
    return negative ? 0 <=> order : order;
  }
  bool operator==(const BigExponent&) const = default;

 private:
  static bool less(const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
  static std::string plus(std::string a, std::string b) {
    if (a.size() < b.size()) a.swap(b);
    int carry = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const int digit = (a[a.size() - 1 - i] - '0') + (i < b.size() ? b[b.size() - 1 - i] - '0' : 0) + carry;
      a[a.size() - 1 - i] = static_cast<char>('0' + digit % 10);
      carry = digit / 10;
    }
    if (carry != 0) a.insert(a.begin(), '1');
    return a;
  }
  static std::string minus(std::string a, const std::string& b) {
    int borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      int digit = (a[a.size() - 1 - i] - '0') - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0) - borrow;
      borrow = digit < 0 ? 1 : 0;
      if (digit < 0) digit += 10;
      a[a.size() - 1 - i] = static_cast<char>('0' + digit);
    }
    a.erase(0, std::min(a.find_first_not_of('0'), a.size() - 1));
    return a;
  }
};

/// A number as sign × 0.d1d2d3… × 10^exponent with d1 ≠ 0; zero has no digits.
struct Decimal {
  bool negative = false;
  bool is_float = false;
  std::string digits;
  BigExponent exponent;

  static Decimal of(std::string_view text) {
    Decimal result;
    if (text.front() == '-') {
      result.negative = true;
      text.remove_prefix(1);
    }
    result.is_float = text.find_first_of(".eE") != std::string_view::npos;
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    const std::string_view mantissa = text.substr(0, e);
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    result.digits = std::string(mantissa.substr(0, point));
    if (point < mantissa.size()) result.digits += mantissa.substr(point + 1);
    const std::size_t zeros = std::min(result.digits.find_first_not_of('0'), result.digits.size());
    result.digits.erase(0, zeros);
    result.digits.erase(result.digits.find_last_not_of('0') + 1);
    if (result.digits.empty()) {
      result.negative = false;
      return result;
    }
    if (e < text.size()) result.exponent = BigExponent::of(text.substr(e + 1));
    result.exponent.add(static_cast<long long>(point) - static_cast<long long>(zeros));
    return result;
  }
};

}  // namespace

void append_canonical_number(TextBuffer& out, std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) {
    out += number == "-0" ? std::string_view("0") : number;
    return;
  }
  const Decimal decimal = Decimal::of(number);
  if (decimal.negative) out += '-';
  out += "0.";
  out += decimal.digits.empty() ? std::string_view("0") : decimal.digits;
  out += 'e';
  if (decimal.exponent.negative) out += '-';
  out += decimal.exponent.magnitude;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  const Decimal x = Decimal::of(a);
  const Decimal y = Decimal::of(b);
  const auto by_kind = x.is_float <=> y.is_float;
  const int x_sign = x.digits.empty() ? 0 : x.negative ? -1 : 1;
  const int y_sign = y.digits.empty() ? 0 : y.negative ? -1 : 1;
  if (x_sign != y_sign) return x_sign <=> y_sign;
  if (x_sign == 0) return by_kind;
  const auto exponents = x.exponent <=> y.exponent;
  const auto magnitude = exponents != 0 ? exponents : x.digits.compare(y.digits) <=> 0;
  if (magnitude != 0) return x.negative ? 0 <=> magnitude : magnitude;
  return by_kind;
}

}  // namespace mznode
