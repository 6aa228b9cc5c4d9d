#include "isolation/precedence.hpp"

#include <algorithm>

namespace mznode::check::isolation {

Precedence::Precedence(const Commits& commits, Order order) : commits_(commits), order_(order) {
  if (order_ != Order::realtime) return;
  for (std::uint32_t i = 0; i < commits_.size(); ++i) {
    if (commits_.ends[i] != none) ended_.push_back(i);
  }
  std::sort(ended_.begin(), ended_.end(), [&](auto a, auto b) { return commits_.ends[a] < commits_.ends[b]; });
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < commits_.size(); ++i) {
    first_ended_.push_back(at);
    while (at < ended_.size() && commits_.ends[ended_[at]] < commits_.begins[i]) ++at;
  }
  first_ended_.push_back(at);
}

void Precedence::infer(std::span<const Inferred> inferred) {
  inferred_.insert(inferred_.end(), inferred.begin(), inferred.end());
  first_inferred_.assign(commits_.size() + 1, 0);
  for (const Inferred& it : inferred_) ++first_inferred_[commits_.versions[it.next].writer];
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_inferred_) {
    sum += first;
    first = sum;
  }
  inferred_of_.resize(sum);
  for (auto i = static_cast<std::uint32_t>(inferred_.size()); i-- > 0;) {
    inferred_of_[--first_inferred_[commits_.versions[inferred_[i].next].writer]] = i;
  }
}

/// The next node right before `node`, where `i` counts through them; none at their end.
std::uint32_t Precedence::before(std::uint32_t node, std::uint32_t& i) const {
  if (node >= commits_.size()) {
    const std::uint32_t moment = node - commits_.size();
    const auto ended = ended_by(moment);
    if (i == 0) {
      i = 1;
      if (moment > 0) return node - 1;
    }
    return i <= ended.size() ? ended[i++ - 1] : none;
  }
  if (i == 0) {
    ++i;
    if (order_ == Order::realtime) return commits_.size() + node;
    if (order_ == Order::session && commits_.predecessors[node] != none) return commits_.predecessors[node];
  }
  const auto reads = commits_.reads_of(node);
  while (i <= reads.size()) {
    const std::uint32_t version = reads[i++ - 1].version;
    if (version != none) return commits_.versions[version].writer;
  }
  const auto inferred = inferred_before(node);
  const std::size_t at = i - 1 - reads.size();
  if (at == inferred.size()) return none;
  ++i;
  return commits_.versions[inferred_[inferred[at]].version].writer;
}

bool Precedence::sort(const std::vector<std::uint32_t>& wanted, std::vector<std::uint32_t>& order) {
  struct Open {
    std::uint32_t node;
    std::uint32_t i;
  };
  enum : std::uint8_t { unseen, open, done };
  std::vector<std::uint8_t> state(nodes(), unseen);
  std::vector<Open> path;
  order.clear();
  order.reserve(commits_.size());
  for (const std::uint32_t commit : wanted) {
    if (state[commit] == done) continue;
    path.push_back({commit, 0});
    state[commit] = open;
    while (!path.empty()) {
      const std::uint32_t next = before(path.back().node, path.back().i);
      if (next == none) {
        const std::uint32_t node = path.back().node;
        state[node] = done;
        if (node < commits_.size()) order.push_back(node);
        path.pop_back();
      } else if (state[next] == open) {
        on_cycle_ = next;
        return false;
      } else if (state[next] == unseen) {
        state[next] = open;
        path.push_back({next, 0});
      }
    }
  }
  return true;
}

/// Calls `emit` with all links that lead to `node`. Along a process and in real time these are links over any distance,
/// but for those that `walked` knows to have been emitted before.
template <class Emit>
void Precedence::for_each_link(std::uint32_t node, Inference inference, std::vector<bool>& walked, Emit&& emit) const {
  if (order_ == Order::realtime) {
    for (std::uint32_t moment = node;; --moment) {
      if (walked[commits_.size() + moment]) break;
      walked[commits_.size() + moment] = true;
      for (const std::uint32_t it : ended_by(moment)) emit(Link{.kind = Link::Kind::realtime, .from = it, .to = node});
      if (moment == 0) break;
    }
  } else if (order_ == Order::session) {
    for (std::uint32_t it = commits_.predecessors[node]; it != none && !walked[it]; it = commits_.predecessors[it]) {
      walked[it] = true;
      emit(Link{.kind = Link::Kind::session, .from = it, .to = node});
    }
  }
  for (const Commits::Read& it : commits_.reads_of(node)) {
    if (it.version == none) continue;
    emit(Link{.kind = Link::Kind::wr,
              .from = commits_.versions[it.version].writer,
              .to = node,
              .key = it.key,
              .version = it.version});
  }
  if (inference == Inference::left_out) return;
  for (const std::uint32_t i : inferred_before(node)) {
    const Inferred& it = inferred_[i];
    emit(Link{.kind = Link::Kind::ww,
              .from = commits_.versions[it.version].writer,
              .to = node,
              .key = commits_.versions[it.version].key,
              .version = it.version,
              .next = it.next,
              .reader = it.reader});
  }
}

/// Searches breadth first, from the end. Only through nodes that are `allowed`, where that says anything.
std::optional<std::vector<Link>> Precedence::shortest_way(std::uint32_t from, std::uint32_t to, Inference inference,
                                                          const std::vector<bool>& allowed) const {
  std::vector<bool> seen(commits_.size(), false);
  std::vector<bool> walked(nodes(), false);
  std::vector<Reached> reached = {{to, none, {}}};
  for (std::uint32_t at = 0; at < reached.size(); ++at) {
    bool closed = false;
    for_each_link(reached[at].node, inference, walked, [&](Link link) {
      if (closed || seen[link.from] || (!allowed.empty() && !allowed[link.from])) return;
      seen[link.from] = true;
      closed = link.from == from;
      reached.push_back({link.from, at, std::move(link)});
    });
    if (!closed) continue;
    std::vector<Link> way;
    for (auto i = static_cast<std::uint32_t>(reached.size() - 1); reached[i].next != none; i = reached[i].next) {
      way.push_back(reached[i].link);
    }
    return way;
  }
  return std::nullopt;
}

std::vector<Link> Precedence::way(std::uint32_t from, std::uint32_t to) const {
  return shortest_way(from, to, Inference::left_out, {}).value_or(std::vector<Link>{});
}

/// The nodes that `node` reaches and that reach it.
std::vector<bool> Precedence::component_of(std::uint32_t node) const {
  std::vector<std::vector<std::uint32_t>> after(nodes());
  for (std::uint32_t it = 0; it < nodes(); ++it) {
    std::uint32_t i = 0;
    for (std::uint32_t next = before(it, i); next != none; next = before(it, i)) after[next].push_back(it);
  }
  std::vector<bool> later(nodes(), false);
  std::vector<std::uint32_t> open = {node};
  later[node] = true;
  while (!open.empty()) {
    const std::uint32_t it = open.back();
    open.pop_back();
    for (const std::uint32_t next : after[it]) {
      if (!later[next]) open.push_back(next);
      later[next] = true;
    }
  }
  std::vector<bool> both(nodes(), false);
  open = {node};
  both[node] = true;
  while (!open.empty()) {
    const std::uint32_t it = open.back();
    open.pop_back();
    std::uint32_t i = 0;
    for (std::uint32_t next = before(it, i); next != none; next = before(it, i)) {
      if (later[next] && !both[next]) open.push_back(next);
      both[next] = both[next] || later[next];
    }
  }
  return both;
}

Cycle Precedence::cycle() const {
  constexpr std::size_t max_searches = 256;
  const std::vector<bool> component = component_of(on_cycle_);
  std::size_t searches = 0;
  Cycle shortest;
  for (std::uint32_t commit = 0; commit < commits_.size() && searches < max_searches && shortest.size() != 2;
       ++commit) {
    if (!component[commit]) continue;
    ++searches;
    auto cycle = shortest_way(commit, commit, Inference::used, component);
    if (cycle && (shortest.empty() || cycle->size() < shortest.size())) shortest = std::move(*cycle);
  }
  return shortest;
}

}  // namespace mznode::check::isolation
