#include <algorithm>
#include <bit>

#include "txn/txn.hpp"

namespace mznode::txn {
TxnGenerator::TxnGenerator(const sim::KeyOptions& options, std::string write, sim::Random& random)
    : write_(std::move(write)), max_length_(options.max_txn_length), max_writes_(options.max_writes_per_key) {
  if (options.writes == sim::KeyOptions::Writes::zipf) {
    // Elle's skew is 1.0001 because its method has no answer at 1; whole numbers have, and the same on every machine.
    constexpr std::uint64_t unit = 1'000'000;
    std::uint64_t sum = 0;
    for (std::size_t x = 1; x <= max_writes_; ++x) cumulative_.push_back(sum += std::max<std::uint64_t>(unit / x, 1));
  }
  for (std::size_t key = 0; key < options.key_count; ++key) {
    const std::uint64_t max_writes = draw_max_writes(random);
    keys_.push_back({.key = static_cast<std::int64_t>(key), .max_writes = max_writes});
  }
}

std::uint64_t TxnGenerator::draw_max_writes(sim::Random& random) {
  if (cumulative_.empty()) return max_writes_;
  const std::uint64_t point = random.below(cumulative_.back());
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  return static_cast<std::uint64_t>(found - cumulative_.begin()) + 1;
}

TxnGenerator::Key& TxnGenerator::choose(sim::Random& random) {
  // The numbers with k digits in binary are twice as many as those with k - 1. Keys further down than any draw reaches
  // would be chosen once in 2^62 times.
  const std::size_t depth = std::min<std::size_t>(keys_.size(), 62);
  const std::uint64_t draw = random.below((std::uint64_t{1} << depth) - 1) + 1;
  const auto digits = static_cast<std::size_t>(std::bit_width(draw));
  return keys_[keys_.size() - depth + digits - 1];
}

MicroOps TxnGenerator::next(sim::Random& random) {
  MicroOps txn;
  const std::uint64_t length = 1 + random.below(max_length_);
  while (txn.size() < length) {
    const bool writes = random.below(2) == 1;
    Key& key = choose(random);
    if (!writes) {
      txn.emplace_back("r", Json(key.key), Json());
    } else if (key.writes < key.max_writes) {
      txn.emplace_back(write_, Json(key.key), Json(++key.writes));
    } else {
      const auto highest =
          std::max_element(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) { return a.key < b.key; });
      const std::int64_t fresh = highest->key + 1;
      key = {.key = fresh, .max_writes = draw_max_writes(random)};
    }
  }
  return txn;
}

}  // namespace mznode::txn
