#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isolation/ordered_graph.hpp"

namespace mznode::check::isolation {

/// Finds out whether of each of some choices one side can be had so that the edges of all together have no cycle. A
/// solver of satisfiability with conflict-driven learning (Marques-Silva and Sakallah, "GRASP", 1999; Moskewicz et al.,
/// "Chaff", 2001; Biere et al., "CaDiCaL", 2020, for the order of decisions), modulo a theory of graphs without cycles
/// (Bayless et al., "SAT Modulo Monotonic Theories", 2015), without more of either than is needed here.
class OrderSolver {
 public:
  enum class Outcome : std::uint8_t { possible, impossible, gave_up };
  using Edge = OrderedGraph::Edge;

  OrderSolver(std::span<const Edge> edges, const std::vector<std::uint32_t>& order) : graph_(edges, order) {}

  /// Adds a choice between two sets of edges, of which the first is tried first.
  void add_choice(std::vector<Edge> first, std::vector<Edge> second);
  /// Beyond `max_steps`, counted over all calls, it gives up. What is possible stays in the graph until the next call.
  Outcome solve(std::uint64_t max_steps);

  const OrderedGraph& graph() const { return graph_; }
  OrderedGraph& graph() { return graph_; }
  std::uint64_t steps() const { return graph_.steps() + steps_; }

 private:
  /// A choice and its side: 2 * choice for the first one, and one more for the second.
  using Literal = std::uint32_t;
  using Clause = std::vector<Literal>;
  enum Value : std::uint8_t { open, first_side, second_side };

  static std::uint32_t choice_of(Literal literal) { return literal / 2; }
  bool is_true(Literal it) const { return value_[it / 2] == (it % 2 == 0 ? first_side : second_side); }
  bool is_false(Literal it) const { return value_[it / 2] == (it % 2 == 0 ? second_side : first_side); }
  std::uint32_t level() const { return static_cast<std::uint32_t>(level_begin_.size()); }

  void assign(Literal literal, std::uint32_t reason);
  bool propagate();
  bool propagate_clauses(Literal literal);
  bool add_edges(Literal literal);
  bool resolve_conflict();
  void analyze();
  bool is_redundant(Literal literal) const;
  void learn(Clause clause, std::uint32_t back_level);
  void backtrack(std::uint32_t to_level);
  bool decide();
  void restart();
  void bump(std::uint32_t choice);
  void link_front(std::uint32_t choice);
  void unlink(std::uint32_t choice);

  OrderedGraph graph_;
  std::uint64_t steps_ = 0;
  bool is_impossible_ = false;

  // By choice.
  std::vector<Value> value_;
  std::vector<Value> preferred_;
  std::vector<std::uint32_t> level_of_;
  std::vector<std::uint32_t> reason_;  // a clause; none for a decision
  std::vector<bool> is_marked_;
  // By literal.
  std::vector<std::vector<Edge>> edges_;
  std::vector<std::vector<std::uint32_t>> watchers_;

  std::vector<Clause> clauses_;  // learned; the first two literals are watched
  std::vector<Literal> trail_;
  std::vector<std::uint32_t> level_begin_;  // in the trail
  std::size_t propagated_ = 0;              // of the trail, through clauses
  std::size_t in_graph_ = 0;                // of the trail, as edges
  Clause conflict_;                         // all false
  Clause learned_;

  // Choices in the order of their decision: those of late conflicts first.
  struct Neighbours {
    std::uint32_t before = none;
    std::uint32_t after = none;
  };
  std::vector<Neighbours> queue_;
  std::vector<std::uint64_t> bumped_;  // by choice
  std::uint32_t queue_front_ = none;
  std::uint32_t queue_back_ = none;
  std::uint32_t next_decision_ = none;  // all before it in the queue are decided
  std::uint64_t bumps_ = 0;
  std::uint64_t conflicts_ = 0;
  std::uint64_t restart_at_ = 0;
  std::uint64_t restarts_ = 0;
};

}  // namespace mznode::check::isolation
