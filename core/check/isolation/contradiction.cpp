#include "isolation/contradiction.hpp"

#include <algorithm>
#include <optional>

#include "isolation/short_cycle.hpp"

namespace mznode::check::isolation {
namespace {

using Labelled = OrderedGraph::Labelled;
using EdgePath = std::vector<Labelled>;

class ContradictionFinder {
 public:
  ContradictionFinder(const Commits& commits, const Polygraph& polygraph) : commits_(commits), polygraph_(polygraph) {}

  Cycle known_cycle() const {
    std::vector<Arc> arcs;
    const auto& known = polygraph_.known();
    for (std::uint32_t i = 0; i < known.size(); ++i) arcs.push_back({known[i].from, known[i].to, i});
    const auto cycle = find_short_cycle(polygraph_.size(), arcs);
    EdgePath path;
    for (const std::uint32_t i : cycle.value_or(std::vector<std::uint32_t>{})) path.push_back({known[i], none});
    return links(path);
  }

  Cycle find(const std::vector<std::uint32_t>& order, std::span<const std::pair<std::uint32_t, std::uint32_t>> pairs) {
    graph_.emplace(polygraph_.known(), order);
    for (const auto& [a, b] : pairs) orders_.push_back({a, b});
    while (true) {
      const std::size_t known = count_known();
      std::vector<Finding> findings;
      if (Cycle cycle = look(findings); !cycle.empty()) return cycle;
      for (const Finding& it : findings) {
        if (Cycle cycle = conclude(it); !cycle.empty()) return cycle;
      }
      if (count_known() == known) return {};
    }
  }

 private:
  /// Two writers; when it is known, `first` is the one that comes first.
  struct PairOrder {
    std::uint32_t first;
    std::uint32_t second;
    bool is_known = false;
    std::vector<Link> because = {};
  };
  /// The order of a pair that closes a cycle.
  struct Finding {
    std::uint32_t pair;
    bool is_swapped;
    EdgePath cycle;
  };

  std::size_t count_known() const {
    return static_cast<std::size_t>(
        std::count_if(orders_.begin(), orders_.end(), [](const PairOrder& it) { return it.is_known; }));
  }

  /// Tries each pair both ways. A pair of which both close a cycle is the contradiction, the one with the shortest
  /// cycles.
  Cycle look(std::vector<Finding>& findings) {
    std::optional<std::pair<Finding, Finding>> shortest;
    for (std::uint32_t pair = 0; pair < orders_.size(); ++pair) {
      if (orders_[pair].is_known) continue;
      auto forth = try_order(pair, false);
      auto back = try_order(pair, true);
      if (forth && back) {
        const auto length = [](const auto& it) { return it.first.cycle.size() + it.second.cycle.size(); };
        std::pair both(std::move(*forth), std::move(*back));
        if (!shortest || length(both) < length(*shortest)) shortest = std::move(both);
      } else if (forth || back) {
        findings.push_back(std::move(forth ? *forth : *back));
      }
    }
    if (!shortest) return {};
    Finding main = std::move(shortest->second);
    set_known(shortest->first);
    return links(main.cycle);
  }

  /// The order and a cycle that it closes, if it does.
  std::optional<Finding> try_order(std::uint32_t pair, bool is_swapped) {
    const auto edges = edges_of(pair, is_swapped);
    std::optional<Finding> found;
    std::size_t inserted = 0;
    for (const Polygraph::Edge& edge : edges) {
      if (graph_->insert(edge, pair)) {
        ++inserted;
        continue;
      }
      found = {pair, is_swapped, {{edge, pair}}};
      found->cycle.insert(found->cycle.end(), graph_->conflict().begin(), graph_->conflict().end());
      break;
    }
    for (; inserted > 0; --inserted) graph_->remove_last();
    return found;
  }

  std::vector<Polygraph::Edge> edges_of(std::uint32_t pair, bool is_swapped) const {
    const PairOrder& it = orders_[pair];
    return is_swapped ? polygraph_.edges(it.second, it.first) : polygraph_.edges(it.first, it.second);
  }

  /// Adds the opposite of an order that closes a cycle. A cycle where that closes one, too.
  Cycle conclude(const Finding& finding) {
    const std::uint32_t pair = finding.pair;
    set_known(finding);
    for (const Polygraph::Edge& edge : edges_of(pair, false)) {
      if (graph_->insert(edge, pair)) continue;
      EdgePath cycle = {{edge, pair}};
      cycle.insert(cycle.end(), graph_->conflict().begin(), graph_->conflict().end());
      return links(cycle);
    }
    return {};
  }

  void set_known(const Finding& refuted) {
    PairOrder& order = orders_[refuted.pair];
    if (refuted.is_swapped) std::swap(order.first, order.second);
    order.because = links(refuted.cycle);  // of the order that is refuted
    std::swap(order.first, order.second);
    order.is_known = true;
  }

  /// What a closed path of events says about commits.
  std::vector<Link> links(const EdgePath& path) const {
    std::vector<Link> links;
    // It begins at an event of a commit.
    std::size_t start = 0;
    while (start < path.size() && polygraph_.commit(path[start].edge.from) == none) ++start;
    for (std::size_t i = 0; i < path.size();) {
      const Labelled& it = path[(start + i++) % path.size()];
      const std::uint32_t from = polygraph_.commit(it.edge.from);
      std::uint32_t to = polygraph_.commit(it.edge.to);
      if (from == to) continue;
      if (to != none) {
        add(links, link(it, from, to));
        continue;
      }
      const KeyId key = polygraph_.initial_key(it.edge.to);
      while (to == none) to = polygraph_.commit(path[(start + i++) % path.size()].edge.to);
      if (from == to) continue;
      add(links,
          key == none ? Link{.kind = Link::Kind::realtime, .from = from, .to = to} : initial_link(from, to, key));
    }
    return links;
  }

  /// Links along one process become one.
  static void add(std::vector<Link>& links, Link link) {
    const bool goes_on = !links.empty() && link.kind == links.back().kind &&
                         (link.kind == Link::Kind::session || link.kind == Link::Kind::realtime);
    if (goes_on) {
      links.back().to = link.to;
    } else {
      links.push_back(std::move(link));
    }
  }

  Link initial_link(std::uint32_t from, std::uint32_t to, KeyId key) const {
    return {.kind = Link::Kind::rw, .from = from, .to = to, .key = key, .next = commits_.version_of(to, key)};
  }

  Link link(const Labelled& it, std::uint32_t from, std::uint32_t to) const {
    if (it.label != none) return pair_link(it.label, from, to);
    for (const Commits::Read& read : commits_.reads_of(to)) {
      if (read.version == none || commits_.versions[read.version].writer != from) continue;
      return {.kind = Link::Kind::wr, .from = from, .to = to, .key = read.key, .version = read.version};
    }
    if (commits_.predecessors[to] == from) return {.kind = Link::Kind::session, .from = from, .to = to};
    for (const Commits::Read& read : commits_.reads_of(from)) {
      if (read.version == none && commits_.version_of(to, read.key) != none) return initial_link(from, to, read.key);
    }
    return {.kind = Link::Kind::session, .from = from, .to = to};
  }

  /// A link by the order of a pair: between the two, or from who read what the first one wrote to the second one.
  Link pair_link(std::uint32_t pair, std::uint32_t from, std::uint32_t to) const {
    const PairOrder& order = orders_[pair];
    const std::uint32_t first = order.second == to ? order.first : order.second;
    Link link = {.kind = from == first ? Link::Kind::ww : Link::Kind::rw, .from = from, .to = to};
    if (order.is_known) link.because = order.because;
    for (const Commits::Version& version : commits_.versions_of(first)) {
      const std::uint32_t next = commits_.version_of(to, version.key);
      if (next == none) continue;
      const auto number = static_cast<std::uint32_t>(&version - commits_.versions.data());
      const auto readers = polygraph_.readers(number);
      if (link.kind == Link::Kind::rw && std::find(readers.begin(), readers.end(), from) == readers.end()) continue;
      link.key = version.key;
      link.version = number;
      link.next = next;
      break;
    }
    return link;
  }

  const Commits& commits_;
  const Polygraph& polygraph_;
  std::optional<OrderedGraph> graph_;
  std::vector<PairOrder> orders_;
};

}  // namespace

Cycle explain_contradiction(const Commits& commits, const Polygraph& polygraph, const std::vector<std::uint32_t>& order,
                            std::span<const std::pair<std::uint32_t, std::uint32_t>> pairs) {
  ContradictionFinder finder(commits, polygraph);
  return order.empty() ? finder.known_cycle() : finder.find(order, pairs);
}

}  // namespace mznode::check::isolation
