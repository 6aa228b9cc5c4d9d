#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "cycles/number_table.hpp"

namespace mznode::check::isolation {

using txn::none;

/// A graph without cycles, to which edges are added and from which the last ones are taken away, together with a
/// topological order of it (Pearce and Kelly, "A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs",
/// 2007). The order changes only as far as a new edge demands.
class OrderedGraph {
 public:
  struct Edge {
    std::uint32_t from;
    std::uint32_t to;
  };

  /// `edges` are there for good, and have no cycle; `order` has each node once, and they lead along it.
  OrderedGraph(std::span<const Edge> edges, const std::vector<std::uint32_t>& order);

  /// An edge with its label, which is none for those that are there for good.
  struct Labelled {
    Edge edge;
    std::uint32_t label;
  };

  /// False, without a change, where the edge would close a cycle; `conflict` then tells the others on a shortest one,
  /// from the end of the edge to its begin.
  bool insert(Edge edge, std::uint32_t label);
  /// Takes away the edge that was inserted last.
  void remove_last();
  const std::vector<Labelled>& conflict() const { return conflict_; }

  std::uint32_t place(std::uint32_t node) const { return place_[node]; }
  /// The nodes that were moved since this was asked, some of them several times.
  std::vector<std::uint32_t> take_moved() { return std::exchange(moved_, {}); }
  /// How many edges were looked at: what all this costs.
  std::uint64_t steps() const { return steps_; }

 private:
  struct Arc {
    std::uint32_t to;
    std::uint32_t label;
  };
  struct Arcs {
    std::vector<std::uint32_t> first;  // by node
    std::vector<std::uint32_t> to;
    std::vector<std::vector<Arc>> added;  // by node
  };

  template <class Emit>
  void for_each_arc(const Arcs& arcs, std::uint32_t node, Emit&& emit);
  bool search_forward(Edge edge);
  void search_backward(Edge edge);
  void reorder();

  struct Origin {
    std::uint32_t node;
    std::uint32_t label;
  };

  Arcs after_;
  Arcs before_;
  std::vector<std::uint32_t> place_;  // by node
  std::vector<Edge> added_;
  std::vector<Labelled> conflict_;
  std::vector<std::uint32_t> moved_;
  std::uint64_t steps_ = 0;
  // Of the searches.
  std::vector<std::uint32_t> seen_;  // by node: the number of the search that has seen it last
  std::vector<Origin> origin_;       // by node
  std::uint32_t search_ = 0;
  std::vector<std::uint32_t> forward_;
  std::vector<std::uint32_t> backward_;
};

}  // namespace mznode::check::isolation
