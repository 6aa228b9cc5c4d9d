#include "isolation/polygraph.hpp"

#include <algorithm>
#include <numeric>

namespace mznode::check::isolation {

Polygraph::Polygraph(const Commits& commits, const Model& model)
    : commits_(commits), model_(model), has_two_events_(model.demand != Demand::serializable) {
  find_readers();
  find_versions();
  add_known();
}

void Polygraph::find_readers() {
  const auto versions = static_cast<std::uint32_t>(commits_.versions.size());
  std::vector<std::uint32_t> latest(versions + commits_.key_count, none);
  const auto for_each = [&](auto&& visit) {
    std::fill(latest.begin(), latest.end(), none);
    for (std::uint32_t commit = commits_.size(); commit-- > 0;) {
      for (const Commits::Read& it : commits_.reads_of(commit)) {
        const std::uint32_t slot = it.version != none ? it.version : versions + it.key;
        if (std::exchange(latest[slot], commit) != commit) visit(slot, commit);
      }
    }
  };
  first_reader_.assign(latest.size() + 1, 0);
  for_each([&](std::uint32_t slot, std::uint32_t) { ++first_reader_[slot]; });
  std::partial_sum(first_reader_.begin(), first_reader_.end(), first_reader_.begin());
  readers_.resize(first_reader_.back());
  for_each([&](std::uint32_t slot, std::uint32_t commit) { readers_[--first_reader_[slot]] = commit; });
}

void Polygraph::find_versions() {
  first_version_.assign(commits_.key_count + 1, 0);
  for (const Commits::Version& it : commits_.versions) ++first_version_[it.key];
  std::partial_sum(first_version_.begin(), first_version_.end(), first_version_.begin());
  versions_.resize(commits_.versions.size());
  for (auto i = static_cast<std::uint32_t>(versions_.size()); i-- > 0;) {
    versions_[--first_version_[commits_.versions[i].key]] = i;
  }
}

void Polygraph::add_known() {
  size_ = has_two_events_ ? 2 * commits_.size() : commits_.size();
  for (std::uint32_t commit = 0; commit < commits_.size(); ++commit) {
    if (has_two_events_) known_.push_back({begin(commit), end(commit)});
    const std::uint32_t before = commits_.predecessors[commit];
    if (model_.order == Order::session && before != none) known_.push_back({end(before), begin(commit)});
    std::uint32_t previous = none;
    for (const Commits::Read& it : commits_.reads_of(commit)) {
      if (it.version == none || it.version == previous) continue;
      previous = it.version;
      known_.push_back({end(commits_.versions[it.version].writer), begin(commit)});
    }
  }
  for (KeyId key{0U}; key < commits_.key_count; ++key) {
    if (!initial_readers(key).empty() && !versions(key).empty()) add_initial_reads(key);
  }
  if (model_.order == Order::realtime) add_moments();
}

/// All who read the initial state begin before anybody who writes the key ends: a node between them stands for all the
/// edges. A serializable one that writes the key itself would come before itself through it.
void Polygraph::add_initial_reads(KeyId key) {
  const std::uint32_t between = size_++;
  initial_keys_.push_back(key);
  std::uint32_t own = 0;
  for (const std::uint32_t reader : initial_readers(key)) {
    if (has_two_events_ || commits_.version_of(reader, key) == none) {
      known_.push_back({begin(reader), between});
      continue;
    }
    // Two of these contradict each other.
    if (own++ >= 2) continue;
    for (const std::uint32_t version : versions(key)) {
      const std::uint32_t writer = commits_.versions[version].writer;
      if (writer != reader) known_.push_back({begin(reader), end(writer)});
    }
  }
  for (const std::uint32_t version : versions(key)) known_.push_back({between, end(commits_.versions[version].writer)});
}

void Polygraph::add_moments() {
  std::vector<std::uint32_t> ended;
  for (std::uint32_t i = 0; i < commits_.size(); ++i) {
    if (commits_.ends[i] != none) ended.push_back(i);
  }
  std::sort(ended.begin(), ended.end(), [&](auto a, auto b) { return commits_.ends[a] < commits_.ends[b]; });
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < commits_.size(); ++i) {
    const std::uint32_t moment = size_++;
    if (i > 0) known_.push_back({moment - 1, moment});
    for (; at < ended.size() && commits_.ends[ended[at]] < commits_.begins[i]; ++at) {
      known_.push_back({end(ended[at]), moment});
    }
    known_.push_back({moment, begin(i)});
  }
}

std::vector<std::uint32_t> Polygraph::sort() const {
  // Where an event would stand by the history alone; nodes that are none come right before what they lead to.
  std::vector<std::uint64_t> position(size_, UINT64_MAX);
  for (std::uint32_t i = 0; i < commits_.size(); ++i) {
    position[begin(i)] = 2 * std::uint64_t{commits_.begins[i]};
    position[end(i)] = 2 * std::uint64_t{commits_.ends[i]} + 1;
  }
  std::vector<std::uint32_t> first(size_ + 1, 0);
  for (const Edge& edge : known_) ++first[edge.to];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::uint32_t> before(known_.size());
  for (const Edge& edge : known_) before[--first[edge.to]] = edge.from;
  std::vector<std::uint32_t> wanted(size_);
  std::iota(wanted.begin(), wanted.end(), 0U);
  std::sort(wanted.begin(), wanted.end(),
            [&](auto a, auto b) { return std::pair(position[a], a) < std::pair(position[b], b); });
  enum : std::uint8_t { unseen, open, done };
  std::vector<std::uint8_t> state(size_, unseen);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> path;  // nodes, and the edge that is next
  std::vector<std::uint32_t> order;
  order.reserve(size_);
  for (const std::uint32_t node : wanted) {
    if (state[node] == done) continue;
    path.emplace_back(node, first[node]);
    state[node] = open;
    while (!path.empty()) {
      auto& [here, i] = path.back();
      if (i == first[here + 1]) {
        state[here] = done;
        order.push_back(here);
        path.pop_back();
        continue;
      }
      const std::uint32_t next = before[i++];
      if (state[next] == open) return {};
      if (state[next] == done) continue;
      state[next] = open;
      path.emplace_back(next, first[next]);
    }
  }
  return order;
}

std::vector<Polygraph::Edge> Polygraph::edges(std::uint32_t first, std::uint32_t second) const {
  std::vector<Edge> edges = {forbids_overlap() ? Edge{end(first), begin(second)} : Edge{end(first), end(second)}};
  const auto own = commits_.versions_of(first);
  const auto other = commits_.versions_of(second);
  for (auto a = own.begin(), b = other.begin(); a != own.end() && b != other.end();) {
    if (a->key != b->key) {
      ++(a->key < b->key ? a : b);
      continue;
    }
    for (const std::uint32_t reader : readers(static_cast<std::uint32_t>(&*a - commits_.versions.data()))) {
      if (reader != second) edges.push_back({begin(reader), end(second)});
    }
    ++a;
    ++b;
  }
  return edges;
}

}  // namespace mznode::check::isolation
