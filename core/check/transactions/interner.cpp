#include "transactions/interner.hpp"

#include "mznode/json/json.hpp"

namespace mznode::check::txn {
namespace {

/// Longer integers may leave 64 bits.
constexpr std::size_t max_digits = 18;

/// Reads a non-negative integer that is spelt in the only way there is.
bool plain_integer(std::string_view json, std::uint64_t& number) {
  if (json.size() > max_digits) return false;
  number = 0;
  for (const char c : json) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return false;
    number = number * 10 + digit;
  }
  return true;
}

}  // namespace

std::uint32_t Interner::intern(std::string_view json) {
  std::uint64_t integer = 0;
  if (plain_integer(json, integer)) return number_of(slot_of(integer), json);
  std::string canonical = Json::from_valid(std::string(json)).canonical();
  return number_of(others_.try_emplace(std::move(canonical), none).first->second, json);
}

std::uint32_t& Interner::slot_of(std::uint64_t integer) {
  constexpr std::size_t times = 4;
  constexpr std::size_t fewest = 256;
  if (integer >= small_integers_.size() && integer < times * texts_.size() + fewest)
    cover_more(2 * times * texts_.size() + fewest);
  return integer < small_integers_.size() ? small_integers_[integer] : integers_[integer];
}

void Interner::cover_more(std::size_t size) {
  small_integers_.resize(size, none);
  for (std::uint32_t number = 0; number < texts_.size(); ++number) {
    std::uint64_t integer = 0;
    if (plain_integer(texts_[number], integer) && integer < size) small_integers_[integer] = number;
  }
}

std::uint32_t Interner::number_of(std::uint32_t& slot, std::string_view json) {
  if (slot == none) {
    slot = static_cast<std::uint32_t>(texts_.size());
    texts_.push_back(json);
  }
  return slot;
}

}  // namespace mznode::check::txn
