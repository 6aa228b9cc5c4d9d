#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mznode::check {

/// Numbers by their places, of which the least in any range is found in log n (a segment tree).
class LeastInRange {
 public:
  static constexpr std::uint64_t none = static_cast<std::uint64_t>(-1);

  explicit LeastInRange(std::size_t size)
      : leaves_(std::bit_ceil(std::max<std::size_t>(size, 1))), least_(2 * leaves_, none) {}

  void set(std::size_t place, std::uint64_t number) {
    std::size_t node = place + leaves_;
    least_[node] = number;
    while (node > 1) {
      node /= 2;
      least_[node] = std::min(least_[2 * node], least_[2 * node + 1]);
    }
  }

  /// The first place from `begin` to before `end` whose number is below `bound`.
  std::optional<std::size_t> find_below(std::size_t begin, std::size_t end, std::uint64_t bound) const {
    return find(1, 0, leaves_, begin, end, bound);
  }

 private:
  std::optional<std::size_t> find(std::size_t node, std::size_t from, std::size_t to, std::size_t begin,
                                  std::size_t end, std::uint64_t bound) const {
    if (to <= begin || end <= from || least_[node] >= bound) return std::nullopt;
    if (to - from == 1) return from;
    const std::size_t middle = from + (to - from) / 2;
    if (const auto left = find(2 * node, from, middle, begin, end, bound)) return left;
    return find(2 * node + 1, middle, to, begin, end, bound);
  }

  std::size_t leaves_;
  std::vector<std::uint64_t> least_;
};

/// How many intervals cover each of some places. Finds the next place that none covers, and that any does.
class Coverage {
 public:
  explicit Coverage(std::size_t size)
      : size_(size), leaves_(std::bit_ceil(std::max<std::size_t>(size, 1))), nodes_(2 * leaves_) {}

  /// Covers the places from `begin` to before `end` once more, or, with -1, once less.
  void add(std::size_t begin, std::size_t end, std::int64_t times) { add(1, 0, leaves_, begin, end, times); }

  /// The first place from `begin` to before `end` that is covered, or not; `end` where there is none.
  std::size_t next(std::size_t begin, std::size_t end, bool covered) const {
    return next(1, 0, leaves_, begin, std::min(end, size_), covered).value_or(end);
  }

 private:
  /// Of the places below it: least and most, its own share included; `own` is that of all of them together.
  struct Node {
    std::int64_t own = 0;
    std::int64_t least = 0;
    std::int64_t most = 0;
  };

  void add(std::size_t at, std::size_t from, std::size_t to, std::size_t begin, std::size_t end, std::int64_t times) {
    if (to <= begin || end <= from) return;
    Node& node = nodes_[at];
    if (begin <= from && to <= end) {
      node.own += times;
      node.least += times;
      node.most += times;
      return;
    }
    const std::size_t middle = from + (to - from) / 2;
    add(2 * at, from, middle, begin, end, times);
    add(2 * at + 1, middle, to, begin, end, times);
    node.least = node.own + std::min(nodes_[2 * at].least, nodes_[2 * at + 1].least);
    node.most = node.own + std::max(nodes_[2 * at].most, nodes_[2 * at + 1].most);
  }

  std::optional<std::size_t> next(std::size_t at, std::size_t from, std::size_t to, std::size_t begin, std::size_t end,
                                  bool covered, std::int64_t above = 0) const {
    const Node& node = nodes_[at];
    const bool is_any = covered ? above + node.most > 0 : above + node.least == 0;
    if (to <= begin || end <= from || !is_any) return std::nullopt;
    if (to - from == 1) return from;
    const std::size_t middle = from + (to - from) / 2;
    above += node.own;
    if (const auto left = next(2 * at, from, middle, begin, end, covered, above)) return left;
    return next(2 * at + 1, middle, to, begin, end, covered, above);
  }

  std::size_t size_;
  std::size_t leaves_;
  std::vector<Node> nodes_;
};

}  // namespace mznode::check
