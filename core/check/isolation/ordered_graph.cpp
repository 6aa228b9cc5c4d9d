#include "isolation/ordered_graph.hpp"

#include <algorithm>

namespace mznode::check::isolation {

OrderedGraph::OrderedGraph(std::span<const Edge> edges, const std::vector<std::uint32_t>& order)
    : place_(order.size()), seen_(order.size(), 0), origin_(order.size()) {
  for (std::uint32_t i = 0; i < order.size(); ++i) place_[order[i]] = i;
  const auto group = [&](Arcs& arcs, auto&& from, auto&& to) {
    arcs.first.assign(order.size() + 1, 0);
    for (const Edge& edge : edges) ++arcs.first[from(edge)];
    std::uint32_t sum = 0;
    for (std::uint32_t& first : arcs.first) {
      sum += first;
      first = sum;
    }
    arcs.to.resize(edges.size());
    for (std::size_t i = edges.size(); i-- > 0;) arcs.to[--arcs.first[from(edges[i])]] = to(edges[i]);
    arcs.added.resize(order.size());
  };
  const auto from = [](const Edge& edge) { return edge.from; };
  const auto to = [](const Edge& edge) { return edge.to; };
  group(after_, from, to);
  group(before_, to, from);
}

template <class Emit>
void OrderedGraph::for_each_arc(const Arcs& arcs, std::uint32_t node, Emit&& emit) {
  const std::uint32_t end = arcs.first[node + 1];
  for (std::uint32_t i = arcs.first[node]; i < end; ++i) emit(Arc{arcs.to[i], none});
  for (const Arc& arc : arcs.added[node]) emit(arc);
  steps_ += 1 + end - arcs.first[node] + arcs.added[node].size();
}

bool OrderedGraph::insert(Edge edge, std::uint32_t label) {
  conflict_.clear();
  if (place_[edge.from] >= place_[edge.to]) {
    if (edge.from == edge.to || !search_forward(edge)) return false;
    search_backward(edge);
    reorder();
  }
  ++steps_;
  after_.added[edge.from].push_back({edge.to, label});
  before_.added[edge.to].push_back({edge.from, label});
  added_.push_back(edge);
  return true;
}

void OrderedGraph::remove_last() {
  const Edge edge = added_.back();
  added_.pop_back();
  after_.added[edge.from].pop_back();
  before_.added[edge.to].pop_back();
}

/// Finds what comes after the end of the edge and not after its begin; false where that is its begin.
bool OrderedGraph::search_forward(Edge edge) {
  ++search_;
  forward_ = {edge.to};
  seen_[edge.to] = search_;
  for (std::size_t i = 0; i < forward_.size(); ++i) {
    const std::uint32_t node = forward_[i];
    bool closed = false;
    for_each_arc(after_, node, [&](const Arc& arc) {
      if (closed || place_[arc.to] > place_[edge.from] || seen_[arc.to] == search_) return;
      seen_[arc.to] = search_;
      origin_[arc.to] = {node, arc.label};
      forward_.push_back(arc.to);
      closed = arc.to == edge.from;
    });
    if (!closed) continue;
    for (std::uint32_t it = edge.from; it != edge.to; it = origin_[it].node) {
      conflict_.push_back({{origin_[it].node, it}, origin_[it].label});
    }
    std::reverse(conflict_.begin(), conflict_.end());
    return false;
  }
  return true;
}

/// Finds what comes before the begin of the edge and not before its end.
void OrderedGraph::search_backward(Edge edge) {
  ++search_;
  backward_ = {edge.from};
  seen_[edge.from] = search_;
  for (std::size_t i = 0; i < backward_.size(); ++i) {
    for_each_arc(before_, backward_[i], [&](const Arc& arc) {
      if (place_[arc.to] < place_[edge.to] || seen_[arc.to] == search_) return;
      seen_[arc.to] = search_;
      backward_.push_back(arc.to);
    });
  }
}

/// Puts what was found backward before what was found forward, in the places that they have.
void OrderedGraph::reorder() {
  const auto is_before = [this](std::uint32_t a, std::uint32_t b) { return place_[a] < place_[b]; };
  std::sort(backward_.begin(), backward_.end(), is_before);
  std::sort(forward_.begin(), forward_.end(), is_before);
  std::vector<std::uint32_t> places;
  places.reserve(backward_.size() + forward_.size());
  for (const std::uint32_t node : backward_) places.push_back(place_[node]);
  for (const std::uint32_t node : forward_) places.push_back(place_[node]);
  std::sort(places.begin(), places.end());
  std::size_t i = 0;
  for (const std::uint32_t node : backward_) place_[node] = places[i++];
  for (const std::uint32_t node : forward_) place_[node] = places[i++];
  moved_.insert(moved_.end(), backward_.begin(), backward_.end());
  moved_.insert(moved_.end(), forward_.begin(), forward_.end());
  steps_ += 2 * places.size();
}

}  // namespace mznode::check::isolation
