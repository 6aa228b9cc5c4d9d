#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isolation/assignment.hpp"
#include "isolation/decision_queue.hpp"
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
  using Clause = std::vector<Literal>;

  static std::uint32_t choice_of(Literal literal) { return Assignment::choice_of(literal); }
  std::uint32_t level() const { return sides_.level(); }

  bool propagate();
  bool propagate_clauses(Literal literal);
  bool add_edges(Literal literal);
  bool resolve_conflict();
  Clause analyze();
  bool is_redundant(Literal literal) const;
  void learn(Clause clause, std::uint32_t back_level);
  void backtrack(std::uint32_t to_level);
  bool decide();

  /// Clauses that were learned; the first two literals of each are watched.
  struct Learned {
    std::vector<Clause> clauses;
    std::vector<std::vector<std::uint32_t>> watchers;  // by literal
  };

  OrderedGraph graph_;
  std::uint64_t steps_ = 0;
  bool is_impossible_ = false;
  std::vector<std::vector<Edge>> edges_;  // by literal
  Assignment sides_;
  DecisionQueue queue_;
  Restarts restarts_;
  Learned learned_;
  std::size_t propagated_ = 0;   // of the trail, through clauses
  std::size_t in_graph_ = 0;     // of the trail, as edges
  Clause conflict_;              // all false
  std::vector<bool> is_marked_;  // by choice, while a conflict is analyzed
};

}  // namespace mznode::check::isolation
