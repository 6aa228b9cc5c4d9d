#include "isolation/short_cycle.hpp"

#include "cycles/number_table.hpp"

namespace mznode::check::isolation {
namespace {

using txn::none;

class ShortCycle {
 public:
  ShortCycle(std::uint32_t nodes, std::span<const Arc> arcs) : arcs_(arcs), first_(nodes + 1, 0), of_(arcs.size()) {
    for (const Arc& arc : arcs) ++first_[arc.from];
    std::uint32_t sum = 0;
    for (std::uint32_t& first : first_) {
      sum += first;
      first = sum;
    }
    for (auto i = static_cast<std::uint32_t>(arcs.size()); i-- > 0;) of_[--first_[arcs[i].from]] = i;
  }

  std::optional<std::vector<std::uint32_t>> find() {
    constexpr std::size_t max_searches = 256;
    const std::vector<std::uint32_t> left = peel();
    std::vector<std::uint32_t> shortest;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (i >= max_searches && !shortest.empty()) break;
      std::vector<std::uint32_t> cycle = search(left[i], shortest.size());
      if (!cycle.empty()) shortest = std::move(cycle);
      if (shortest.size() == 2) break;
    }
    if (shortest.empty()) return std::nullopt;
    return shortest;
  }

 private:
  /// The nodes that are left when again and again those are taken away that nothing leads to.
  std::vector<std::uint32_t> peel() {
    const auto nodes = static_cast<std::uint32_t>(first_.size() - 1);
    std::vector<std::uint32_t> incoming(nodes, 0);
    for (const Arc& arc : arcs_) ++incoming[arc.to];
    std::vector<std::uint32_t> open;
    for (std::uint32_t node = 0; node < nodes; ++node) {
      if (incoming[node] == 0) open.push_back(node);
    }
    is_left_.assign(nodes, true);
    while (!open.empty()) {
      const std::uint32_t node = open.back();
      open.pop_back();
      is_left_[node] = false;
      for (std::uint32_t i = first_[node]; i < first_[node + 1]; ++i) {
        if (--incoming[arcs_[of_[i]].to] == 0) open.push_back(arcs_[of_[i]].to);
      }
    }
    std::vector<std::uint32_t> left;
    for (std::uint32_t node = 0; node < nodes; ++node) {
      if (is_left_[node]) left.push_back(node);
    }
    return left;
  }

  /// A shortest cycle through `start` that is shorter than `limit`, if that is not 0; empty when there is none.
  std::vector<std::uint32_t> search(std::uint32_t start, std::size_t limit) const {
    struct Reached {
      std::uint32_t node;
      std::uint32_t before;
      std::uint32_t arc;
      std::size_t length;
    };
    std::vector<bool> seen(first_.size() - 1, false);
    std::vector<Reached> reached = {{start, none, none, 0}};
    for (std::size_t at = 0; at < reached.size(); ++at) {
      if (limit > 0 && reached[at].length + 1 >= limit) return {};
      for (std::uint32_t i = first_[reached[at].node]; i < first_[reached[at].node + 1]; ++i) {
        const std::uint32_t to = arcs_[of_[i]].to;
        if (seen[to] || !is_left_[to]) continue;
        seen[to] = true;
        reached.push_back({to, static_cast<std::uint32_t>(at), of_[i], reached[at].length + 1});
        if (to != start) continue;
        std::vector<std::uint32_t> labels(reached.back().length);
        std::size_t place = labels.size();
        for (auto it = static_cast<std::uint32_t>(reached.size() - 1); place > 0; it = reached[it].before) {
          labels[--place] = arcs_[reached[it].arc].label;
        }
        return labels;
      }
    }
    return {};
  }

  std::span<const Arc> arcs_;
  std::vector<std::uint32_t> first_;  // by node
  std::vector<std::uint32_t> of_;     // arcs
  std::vector<bool> is_left_;
};

}  // namespace

std::optional<std::vector<std::uint32_t>> find_short_cycle(std::uint32_t nodes, std::span<const Arc> arcs) {
  return ShortCycle(nodes, arcs).find();
}

}  // namespace mznode::check::isolation
