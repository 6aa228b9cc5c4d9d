#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "isolation/link.hpp"
#include "isolation/ordered_graph.hpp"

namespace mznode::check::isolation {

/// The events of commits, and what is known of their order (Papadimitriou, "The Serializability of Concurrent Database
/// Updates", 1979; Zhang et al., "Viper: A Fast Snapshot Isolation Checker", EuroSys 2023, for two events a commit).
///
/// Under snapshot isolation and prefix consistency a commit begins, and sees what has ended by then, and ends; a
/// serializable one does both at once. With the realtime order, there are moments besides (see Precedence). Of two
/// writers of a key either one comes first, and then all who read what it wrote begin before the other one ends.
class Polygraph {
 public:
  using Edge = OrderedGraph::Edge;

  Polygraph(const Commits& commits, const Model& model);

  std::uint32_t begin(std::uint32_t commit) const { return has_two_events_ ? 2 * commit : commit; }
  std::uint32_t end(std::uint32_t commit) const { return has_two_events_ ? 2 * commit + 1 : commit; }
  std::uint32_t size() const { return size_; }
  /// Whose event a node is; none for one that is none.
  std::uint32_t commit(std::uint32_t node) const {
    const std::uint32_t commit = has_two_events_ ? node / 2 : node;
    return commit < commits_.size() ? commit : none;
  }

  /// The key that a node stands for, between those who read its initial state and those who write it; none for another
  /// one.
  KeyId initial_key(std::uint32_t node) const {
    const std::uint32_t events = end(commits_.size() - 1) + 1;  // these nodes follow them
    return node >= events && node - events < initial_keys_.size() ? initial_keys_[node - events] : KeyId();
  }

  /// What is certain, without the order of versions.
  const std::vector<Edge>& known() const { return known_; }
  /// All events in an order that respects this, near to that of the history. Empty where there is none.
  std::vector<std::uint32_t> sort() const;

  /// What it means that a commit comes before another one that wrote some of the same keys.
  std::vector<Edge> edges(std::uint32_t first, std::uint32_t second) const;

  /// Those who read a version.
  std::span<const std::uint32_t> readers(std::uint32_t version) const {
    return std::span(readers_).subspan(first_reader_[version], first_reader_[version + 1] - first_reader_[version]);
  }
  /// Those who read the initial state of a key.
  std::span<const std::uint32_t> initial_readers(KeyId key) const {
    return readers(static_cast<std::uint32_t>(commits_.versions.size()) + key);
  }
  std::span<const std::uint32_t> versions(KeyId key) const {
    return std::span(versions_).subspan(first_version_[key], first_version_[key + 1] - first_version_[key]);
  }
  /// Whether two writers of a key must not overlap.
  bool forbids_overlap() const { return model_.demand != Demand::prefix; }

 private:
  void find_readers();
  void find_versions();
  void add_known();
  void add_initial_reads(KeyId key);
  void add_moments();

  const Commits& commits_;
  const Model& model_;
  const bool has_two_events_;
  std::uint32_t size_ = 0;
  std::vector<Edge> known_;
  std::vector<std::uint32_t> first_reader_;  // by version, and behind them by key: of the initial state
  std::vector<std::uint32_t> readers_;       // commits, each once
  std::vector<std::uint32_t> first_version_;
  std::vector<std::uint32_t> versions_;  // by key
  std::vector<KeyId> initial_keys_;      // of these nodes
};

}  // namespace mznode::check::isolation
