#include "linearizability/configurations.hpp"

#include <algorithm>

namespace mznode::check {
namespace {

constexpr int first_size_bits = 8;

bool is_subset(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) {
    if ((a[i] & ~b[i]) != 0) return false;
  }
  return true;
}

}  // namespace

Configurations::Configurations(std::size_t words)
    : words_(words), stride_(words + 3), shift_(64 - first_size_bits), heads_(std::size_t{1} << first_size_bits, 0) {}

bool Configurations::insert(std::uint32_t position, std::uint32_t state, std::uint64_t kind,
                            const std::uint64_t* bits) {
  const std::uint64_t key = (std::uint64_t{position} << 32) | state;
  for (Index index = head(key, kind); index != 0; ++comparisons_) {
    const std::uint64_t* known = entry(index);
    if (known[0] == key && is_subset(known + 3, bits, words_)) return false;
    index = static_cast<Index>(known[2]);
  }
  if (size_ == heads_.size()) grow();
  ++size_;
  Index& first = head(key, kind);
  entries_.push_back(key);
  entries_.push_back(kind);
  entries_.push_back(first);
  entries_.insert(entries_.end(), bits, bits + words_);
  first = static_cast<Index>(size_);
  return true;
}

void Configurations::grow() {
  --shift_;
  heads_.assign(heads_.size() * 2, 0);
  for (Index index = 1; index <= size_; ++index) {
    std::uint64_t* known = entry(index);
    Index& first = head(known[0], known[1]);
    known[2] = first;
    first = index;
  }
}

}  // namespace mznode::check
