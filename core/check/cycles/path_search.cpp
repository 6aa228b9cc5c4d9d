#include "cycles/path_search.hpp"

#include <algorithm>

namespace mznode::check::txn {

PathSearch::PathSearch(const View& view, const Components& components, Needs needs)
    : view_(view),
      components_(components),
      tracked_(static_cast<State>((needs.order ? has_order : 0) | (needs.rw_inside ? has_rw_inside : 0) |
                                  (needs.rw_last || view.nonadjacent ? ends_with_rw : 0))),
      needed_(static_cast<State>((needs.order ? has_order : 0) | (needs.rw_inside ? has_rw_inside : 0) |
                                 (needs.rw_last ? ends_with_rw : 0))),
      seen_(std::size_t{states} * view.graph.size(), 0) {}

bool PathSearch::find(VertexId from, VertexId to, Relations by, std::uint64_t& budget, Cycle& found) {
  goal_ = from;
  const State start = by == rw ? tracked_ & ends_with_rw : State{0};
  if (!may_lead(to, start)) return false;
  ++search_;
  reached_ = {{from, 0, 0, none}};
  std::fill(std::begin(began_), std::end(began_), VertexId(view_.graph.size()));
  for (auto& vertices : left_out_) vertices.clear();
  bool closed = reach(to, 0, by, start);
  for (std::uint32_t at = 1; !closed && at < reached_.size() && budget > 0; ++at) closed = expand(at, budget);
  if (closed) trace(found);
  return closed;
}

bool PathSearch::may_lead(VertexId vertex, State state) const {
  return components_.number[view_.node(vertex, (state & ends_with_rw) != 0)] >= components_.number[goal_];
}

PathSearch::State PathSearch::after(State state, Relations step) const {
  const State had = state & (has_order | has_rw_inside);
  if ((step & data) == 0) return (had | has_order) & tracked_;
  return step == rw ? (had | has_rw_inside | ends_with_rw) & tracked_ : had;
}

/// True where the way closes with everything that it needs.
bool PathSearch::reach(VertexId vertex, std::uint32_t previous, Relations by, State state) {
  std::uint32_t& seen = seen_[std::size_t{state} * view_.graph.size() + vertex];
  if (seen == search_ || !may_lead(vertex, state)) return false;
  seen = search_;
  reached_.push_back({vertex, state, by, previous});
  const bool breaks_rule = view_.nonadjacent && (state & ends_with_rw) != 0;
  return vertex == goal_ && (state & needed_) == needed_ && !breaks_rule;
}

bool PathSearch::expand(std::uint32_t at, std::uint64_t& budget) {
  const Reached here = reached_[at];
  const View::Node node = view_.node(here.vertex, (here.state & ends_with_rw) != 0);
  const auto arcs = view_.graph.arcs(here.vertex);
  budget -= std::min<std::uint64_t>(budget, 1 + arcs.size());
  for (const Graph::Arc& arc : arcs) {
    const Relations usable = view_.usable(node, arc.relations);
    if (usable == 0) continue;
    const Relations step = View::choose(usable);
    if (reach(arc.to, at, step, after(here.state, step))) return true;
  }
  return view_.has_realtime() && expand_realtime(at, budget);
}

bool PathSearch::expand_realtime(std::uint32_t at, std::uint64_t& budget) {
  const Reached here = reached_[at];
  const VertexId follower = view_.graph.follower(here.vertex);
  if (follower == none) return false;
  const State state = after(here.state, realtime);
  auto& left_out = left_out_[state];
  const auto is_joined = [&](VertexId to) {
    return view_.graph.is_explained() && (view_.graph.between(here.vertex, to) & data) != 0;
  };
  std::size_t kept = 0;
  for (std::size_t i = 0; i < left_out.size(); ++i) {
    const VertexId vertex = left_out[i];
    if (vertex < follower || is_joined(vertex)) {
      left_out[kept++] = vertex;
    } else if (reach(vertex, at, realtime, state)) {
      return true;
    }
  }
  left_out.resize(kept);
  const VertexId end = began_[state];
  began_[state] = std::min(end, follower);
  // Nothing behind the first vertex from which no way leads on can lead to the goal.
  for (VertexId to = follower; to < end; ++to) {
    if (components_.number[view_.nodes() + to] < components_.number[goal_]) break;
    if (budget > 0) --budget;
    if (is_joined(to)) {
      left_out.push_back(to);
    } else if (reach(to, at, realtime, state)) {
      return true;
    }
  }
  return false;
}

void PathSearch::trace(Cycle& found) const {
  found = {};
  for (auto at = static_cast<std::uint32_t>(reached_.size() - 1); reached_[at].previous != none;
       at = reached_[at].previous) {
    found.vertices.push_back(reached_[reached_[at].previous].vertex);
    found.steps.push_back(reached_[at].by);
  }
  std::reverse(found.vertices.begin(), found.vertices.end());
  std::reverse(found.steps.begin(), found.steps.end());
}

}  // namespace mznode::check::txn
