#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isolation/link.hpp"

namespace mznode::check::isolation {

/// What comes before what, whatever the order of commits is: what was read before who read it, what the model's order
/// says, and what has been inferred.
///
/// Nodes are the commits, and behind them with the realtime order a moment for the invocation of each: it comes after
/// the moment before and after all that had ended by then, so that the order takes an edge or two for each commit.
class Precedence {
 public:
  /// A ww that was inferred (see Link).
  struct Inferred {
    std::uint32_t version;
    std::uint32_t next;
    std::uint32_t reader;
  };

  Precedence(const Commits& commits, Order order);

  std::uint32_t nodes() const { return order_ == Order::realtime ? 2 * commits_.size() : commits_.size(); }
  void infer(std::span<const Inferred> inferred);

  /// Puts all commits in an order that respects it, as close to `wanted` as it goes, which has each commit once. False
  /// when there is none, and `order` is worth nothing then.
  bool sort(const std::vector<std::uint32_t>& wanted, std::vector<std::uint32_t>& order);
  /// After `sort` has failed: a cycle, the shortest of some.
  Cycle cycle() const;
  /// A shortest way between two commits without what was inferred, if there is any. A way along one process, and in
  /// real time, counts as one link.
  std::vector<Link> way(std::uint32_t from, std::uint32_t to) const;

 private:
  enum class Inference : bool { left_out, used };
  struct Reached {
    std::uint32_t node;
    std::uint32_t next;  // in the list of those reached
    Link link;           // from node to the next one
  };

  std::uint32_t before(std::uint32_t node, std::uint32_t& i) const;
  template <class Emit>
  void for_each_link(std::uint32_t node, Inference inference, std::vector<bool>& walked, Emit&& emit) const;
  std::optional<std::vector<Link>> shortest_way(std::uint32_t from, std::uint32_t to, Inference inference,
                                                const std::vector<bool>& allowed) const;
  std::vector<bool> component_of(std::uint32_t node) const;
  std::span<const std::uint32_t> inferred_before(std::uint32_t commit) const {
    if (first_inferred_.empty()) return {};
    return std::span(inferred_of_)
        .subspan(first_inferred_[commit], first_inferred_[commit + 1] - first_inferred_[commit]);
  }
  std::span<const std::uint32_t> ended_by(std::uint32_t moment) const {
    return std::span(ended_).subspan(first_ended_[moment], first_ended_[moment + 1] - first_ended_[moment]);
  }

  const Commits& commits_;
  const Order order_;
  std::vector<std::uint32_t> ended_;        // commits, in the order of their completions
  std::vector<std::uint32_t> first_ended_;  // by moment: those that ended between the moment before and it
  std::vector<Inferred> inferred_;
  std::vector<std::uint32_t> first_inferred_;  // by commit
  std::vector<std::uint32_t> inferred_of_;     // in inferred_
  std::uint32_t on_cycle_ = none;              // a node
};

}  // namespace mznode::check::isolation
