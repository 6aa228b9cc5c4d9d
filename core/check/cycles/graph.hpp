#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cycles/number_table.hpp"

namespace mznode::check::txn {

/// Why one transaction comes before another (Adya, "Weak Consistency", section 4.4.3; Alvaro and Kingsbury, "Elle",
/// section 4.1), as bits.
using Relations = std::uint8_t;
inline constexpr Relations ww = 1;         // it wrote a version, the other one the next version
inline constexpr Relations wr = 2;         // it wrote what the other one read
inline constexpr Relations rw = 4;         // it read a version, the other one wrote the next one
inline constexpr Relations process = 8;    // the same process did it before
inline constexpr Relations realtime = 16;  // it had ended before the other one began
inline constexpr Relations data = ww | wr | rw;

/// Dependencies in the order in which they are asked for an explanation.
using Priority = std::vector<Relations>;

/// A dependency graph. Its vertices are transactions in the order of their invocations.
///
/// The realtime order is not stored as edges, which would be a number in proportion to the square of the transactions
/// or to their concurrency: what follows a transaction in real time are all those that began after it ended, and so
/// all vertices from some position on.
class Graph {
 public:
  struct Edge {
    VertexId from;
    VertexId to;
    Relations relations;
  };
  struct Arc {
    VertexId to;
    Relations relations;
  };

  Graph() = default;
  /// `edges` are grouped by `to` and, within, in the order of `to`; several between the same vertices become one, and
  /// those from a vertex to itself are dropped.
  Graph(std::uint32_t size, std::span<const Edge> edges);

  std::uint32_t size() const { return static_cast<std::uint32_t>(first_.empty() ? 0 : first_.size() - 1); }
  /// In ascending order of where they lead.
  std::span<const Arc> arcs(VertexId vertex) const {
    return std::span(arcs_).subspan(first_[vertex], first_[vertex + 1] - first_[vertex]);
  }
  bool has_arcs() const { return !arcs_.empty(); }
  bool has_process() const;
  /// The relations that an edge between the two has, 0 when there is none. The realtime order is not among them.
  Relations between(VertexId from, VertexId to) const;

  /// Adds the realtime order: for each vertex the first one that began after it had ended; none for those that are not
  /// known to have ended, and where no other one began later.
  void set_followers(std::vector<VertexId> followers) { followers_ = std::move(followers); }
  bool has_realtime() const { return !followers_.empty(); }
  /// All vertices from this one on began after `vertex` had ended; none when there is none.
  VertexId follower(VertexId vertex) const { return followers_.empty() ? VertexId() : followers_[vertex]; }

  /// The graph of some of the vertices, which are given in ascending order and numbered anew. `numbers` has an entry
  /// `none` for each vertex, and has it again afterwards.
  Graph restricted_to(std::span<const VertexId> vertices, std::vector<VertexId>& numbers) const;
  /// The same graph with one relation for each edge: the first of `priority` that it has, or else an order.
  Graph explained(const Priority& priority) const;
  /// True when an edge explains the order of two vertices, so that the realtime order between them does not count.
  bool is_explained() const { return is_explained_; }

 private:
  std::vector<std::uint32_t> first_;  // of each vertex, its first arc; and the end of the last one
  std::vector<Arc> arcs_;
  std::vector<VertexId> followers_;
  bool is_explained_ = false;
};

/// What a search may use of a graph.
struct View {
  const Graph& graph;
  Relations relations;
  /// No two rw edges may follow each other, even if `relations` has rw.
  bool nonadjacent = false;

  /// A vertex, and whether it was reached by a rw edge where that matters. Vertices come first, in their order.
  using Node = std::uint32_t;
  Node node(VertexId vertex, bool by_rw) const {
    return by_rw && nonadjacent ? vertex + graph.size() : std::uint32_t{vertex};
  }
  VertexId vertex(Node node) const { return VertexId(node < graph.size() ? node : node - graph.size()); }
  bool is_by_rw(Node node) const { return node >= graph.size(); }
  std::uint32_t nodes() const { return nonadjacent ? 2 * graph.size() : graph.size(); }
  bool has_realtime() const { return (relations & realtime) != 0 && graph.has_realtime(); }

  /// What an edge may be used as by a search that stands at `node`.
  Relations usable(Node node, Relations edge) const {
    const Relations usable = edge & relations;
    return nonadjacent && is_by_rw(node) ? usable & static_cast<Relations>(~rw) : usable;
  }
  /// Where an edge leads that is used as one of `usable`. Anything else than rw leaves more ways to go on.
  Node target(VertexId to, Relations usable) const { return node(to, usable == rw); }
  static Relations choose(Relations usable) {
    const Relations preferred = usable == rw ? usable : usable & static_cast<Relations>(~rw);
    return preferred & static_cast<Relations>(-preferred);
  }
};

/// The strongly connected components (Tarjan, "Depth-first search and linear graph algorithms", 1972).
struct Components {
  /// By node: the number of its component. A node that another one can reach has at most that one's number.
  /// With the realtime order, a node for each vertex follows, which leads to that vertex and to the node behind it, so
  /// that one edge to it stands for edges to all vertices from there on.
  std::vector<std::uint32_t> number;
};
Components find_components(const View& view);

}  // namespace mznode::check::txn
