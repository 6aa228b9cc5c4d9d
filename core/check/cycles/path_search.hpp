#pragma once

#include <cstdint>
#include <vector>

#include "cycles/graph.hpp"

namespace mznode::check::txn {

/// A closed way: each vertex leads to the next one, and the last one to the first, by the relation at its place.
struct Cycle {
  std::vector<VertexId> vertices;
  std::vector<Relations> steps;  // one bit each

  std::size_t size() const { return vertices.size(); }
};

/// What the steps of a way must have had among them at its end, its first one not counted.
struct Needs {
  /// The process or the realtime order.
  bool order = false;
  /// A rw edge.
  bool rw_inside = false;
  /// A rw edge as the last one.
  bool rw_last = false;
};

/// Finds shortest closed ways through a given edge, breadth first. A step in the realtime order counts as one, however
/// far it leads.
class PathSearch {
 public:
  PathSearch(const View& view, const Components& components, Needs needs);

  /// Finds a way that begins with the edge, of the relation `by`. Takes the edges that it looks at off the budget;
  /// false when there is no way or the budget is used up.
  bool find(VertexId from, VertexId to, Relations by, std::uint64_t& budget, Cycle& found);

 private:
  /// What a way has had among its steps, as far as it matters.
  using State = std::uint8_t;
  static constexpr State has_order = 1;
  static constexpr State has_rw_inside = 2;
  static constexpr State ends_with_rw = 4;
  static constexpr std::uint32_t states = 8;

  struct Reached {
    VertexId vertex;
    State state;
    Relations by;
    std::uint32_t previous;  // in reached_
  };

  bool may_lead(VertexId vertex, State state) const;
  State after(State state, Relations step) const;
  bool reach(VertexId vertex, std::uint32_t previous, Relations by, State state);
  bool expand(std::uint32_t at, std::uint64_t& budget);
  bool expand_realtime(std::uint32_t at, std::uint64_t& budget);
  void trace(Cycle& found) const;

  const View& view_;
  const Components& components_;
  State tracked_;
  State needed_;
  VertexId goal_ = none;
  std::vector<std::uint32_t> seen_;  // by vertex and state: the number of the search that has reached it last
  std::uint32_t search_ = 0;
  std::vector<Reached> reached_;
  /// By state: all vertices from here on have been reached in the realtime order, but for those that were left out.
  VertexId began_[states] = {};
  std::vector<VertexId> left_out_[states];
};

}  // namespace mznode::check::txn
