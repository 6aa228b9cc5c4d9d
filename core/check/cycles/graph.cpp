#include "cycles/graph.hpp"

#include <algorithm>

namespace mznode::check::txn {

Graph::Graph(std::uint32_t size, std::span<const Edge> edges) : first_(size + 1) {
  // Counting sort: within a vertex, the arcs keep the ascending order that the edges have.
  for (const Edge& edge : edges) ++first_[edge.from];
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_) {
    sum += first;
    first = sum;
  }
  arcs_.resize(edges.size());
  for (auto edge = edges.rbegin(); edge != edges.rend(); ++edge)
    arcs_[--first_[edge->from]] = {edge->to, edge->relations};
  std::uint32_t end = 0;
  for (VertexId vertex{0U}; vertex < size; ++vertex) {
    const std::uint32_t begin = first_[vertex];
    first_[vertex] = end;
    for (std::uint32_t i = begin; i < first_[vertex + 1]; ++i) {
      const Arc arc = arcs_[i];
      if (arc.to == vertex) continue;
      if (end > first_[vertex] && arcs_[end - 1].to == arc.to) {
        arcs_[end - 1].relations |= arc.relations;
      } else {
        arcs_[end++] = arc;
      }
    }
  }
  first_[size] = end;
  arcs_.resize(end);
  // Where a stronger dependency exists, no search needs the weaker one: every cycle through it is one through the
  // other.
  for (Arc& arc : arcs_) {
    if ((arc.relations & (ww | wr)) != 0) arc.relations &= static_cast<Relations>(~rw);
  }
}

bool Graph::has_process() const {
  return std::any_of(arcs_.begin(), arcs_.end(), [](const Arc& arc) { return (arc.relations & process) != 0; });
}

Relations Graph::between(VertexId from, VertexId to) const {
  const auto row = arcs(from);
  const auto arc = std::lower_bound(row.begin(), row.end(), to, [](const Arc& a, VertexId b) { return a.to < b; });
  return arc != row.end() && arc->to == to ? arc->relations : Relations{0};
}

Graph Graph::restricted_to(std::span<const VertexId> vertices, std::vector<VertexId>& numbers) const {
  for (std::uint32_t i = 0; i < vertices.size(); ++i) numbers[vertices[i]] = VertexId(i);
  Graph part;
  part.first_.push_back(0);
  for (const VertexId vertex : vertices) {
    for (const Arc& arc : arcs(vertex)) {
      if (numbers[arc.to] != none) part.arcs_.push_back({numbers[arc.to], arc.relations});
    }
    part.first_.push_back(static_cast<std::uint32_t>(part.arcs_.size()));
    if (!has_realtime()) continue;
    const auto next = follower(vertex) == none ? vertices.end()
                                               : std::lower_bound(vertices.begin(), vertices.end(), follower(vertex));
    part.followers_.push_back(next == vertices.end() ? VertexId()
                                                     : VertexId(static_cast<std::uint32_t>(next - vertices.begin())));
  }
  for (const VertexId vertex : vertices) numbers[vertex] = none;
  return part;
}

Graph Graph::explained(const Priority& priority) const {
  Graph graph = *this;
  graph.is_explained_ = true;
  for (Arc& arc : graph.arcs_) {
    const auto first =
        std::find_if(priority.begin(), priority.end(), [&](Relations one) { return (arc.relations & one) != 0; });
    if (first != priority.end()) arc.relations = *first;
  }
  return graph;
}

namespace {

class Tarjan {
 public:
  explicit Tarjan(const View& view)
      : view_(view),
        size_(view.graph.size()),
        nodes_(view.nodes()),
        order_(nodes_ + (view.has_realtime() ? size_ : 0), 0),
        low_(order_.size()) {
    components_.number.assign(order_.size(), none);
  }

  Components run() {
    for (std::uint32_t node = 0; node < nodes_; ++node) {
      if (order_[node] == 0) search(node);
    }
    return std::move(components_);
  }

 private:
  struct Frame {
    std::uint32_t node;
    std::uint32_t cursor;
  };

  void enter(std::uint32_t node) {
    order_[node] = low_[node] = ++entered_;
    stack_.push_back(node);
    path_.push_back({node, 0});
  }

  void search(std::uint32_t root) {
    enter(root);
    while (!path_.empty()) {
      Frame& top = path_.back();
      const std::uint32_t node = top.node;
      const std::uint32_t next = successor(top);
      if (next == none) {
        path_.pop_back();
        if (!path_.empty()) low_[path_.back().node] = std::min(low_[path_.back().node], low_[node]);
        if (low_[node] == order_[node]) close(node);
      } else if (order_[next] == 0) {
        enter(next);
      } else if (components_.number[next] == none) {
        low_[node] = std::min(low_[node], order_[next]);
      }
    }
  }

  /// The next node that the frame's node leads to.
  std::uint32_t successor(Frame& frame) const {
    if (frame.node >= nodes_) {
      const std::uint32_t position = frame.node - nodes_;
      switch (frame.cursor++) {
        case 0: return position;
        case 1: return position + 1 < size_ ? frame.node + 1 : none;
        default: return none;
      }
    }
    const VertexId vertex = view_.vertex(frame.node);
    const auto arcs = view_.graph.arcs(vertex);
    while (frame.cursor < arcs.size()) {
      const Graph::Arc& arc = arcs[frame.cursor++];
      const Relations usable = view_.usable(frame.node, arc.relations);
      if (usable != 0) return view_.target(arc.to, usable);
    }
    if (frame.cursor++ > arcs.size() || !view_.has_realtime()) return none;
    const VertexId follower = view_.graph.follower(vertex);
    return follower == none ? none : nodes_ + follower;
  }

  void close(std::uint32_t root) {
    std::uint32_t node = none;
    do {
      node = stack_.back();
      stack_.pop_back();
      components_.number[node] = closed_;
    } while (node != root);
    ++closed_;
  }

  const View& view_;
  std::uint32_t size_;
  std::uint32_t nodes_;
  std::vector<std::uint32_t> order_;  // counted from 1; 0 for those not yet found
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> path_;
  std::uint32_t entered_ = 0;
  std::uint32_t closed_ = 0;
  Components components_;
};

}  // namespace

Components find_components(const View& view) {
  return Tarjan(view).run();
}

}  // namespace mznode::check::txn
