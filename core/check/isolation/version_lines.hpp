#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "isolation/commits.hpp"

namespace mznode::check::isolation {

/// The versions of each key in the order in which their writers are placed.
class VersionLines {
 public:
  explicit VersionLines(const Commits& commits)
      : commits_(commits),
        first_(commits.key_count + 1, 0),
        placed_(commits.key_count, 0),
        line_(commits.versions.size()),
        rank_(commits.versions.size(), none) {
    for (const Commits::Version& it : commits.versions) ++first_[it.key + 1];
    for (KeyId key{0U}; key < commits.key_count; ++key) first_[key + 1] += first_[key];
  }

  /// Puts the versions of a commit behind those that stand there.
  void place(std::uint32_t commit) {
    for (std::uint32_t version = commits_.first_version[commit]; version < commits_.first_version[commit + 1];
         ++version) {
      const KeyId key = commits_.versions[version].key;
      rank_[version] = placed_[key];
      line_[first_[key] + placed_[key]++] = version;
    }
  }

  /// The place of a version among those of its key, from 0; none before it has one.
  std::uint32_t rank(std::uint32_t version) const { return rank_[version]; }
  /// Those of a key from a rank on.
  std::span<const std::uint32_t> from(KeyId key, std::uint32_t rank) const {
    return std::span(line_).subspan(first_[key] + rank, placed_[key] - std::min(rank, placed_[key]));
  }

  /// Of each chain of writers, calls `found` with the latest version of `key` whose writer `is_seen`, if its rank is
  /// `least` or more. A chain is what `chain_of` tells of a writer, none where it is in none; in each, those that are
  /// seen come before those that are not.
  template <class ChainOf, class IsSeen, class Found>
  void for_each_latest(KeyId key, ChainOf&& chain_of, IsSeen&& is_seen, std::uint32_t least, Found&& found) {
    for (const auto& chain : chains(key, chain_of).lines) {
      const auto end = std::partition_point(chain.begin(), chain.end(), [&](std::uint32_t version) {
        return is_seen(commits_.versions[version].writer);
      });
      if (end != chain.begin() && rank_[*(end - 1)] >= least) found(*(end - 1));
    }
  }
  /// The same of one chain, all of which is seen.
  template <class ChainOf, class Found>
  void for_latest_of(KeyId key, std::uint32_t chain, ChainOf&& chain_of, std::uint32_t least, Found&& found) {
    Chains& all = chains(key, chain_of);
    const auto number = all.numbers.find(chain);
    if (number == all.numbers.end()) return;
    const std::uint32_t latest = all.lines[number->second].back();
    if (rank_[latest] >= least) found(latest);
  }

 private:
  struct Chains {
    std::unordered_map<std::uint32_t, std::size_t> numbers;
    std::vector<std::vector<std::uint32_t>> lines;
    std::uint32_t read = 0;  // so many of the key's versions are there
  };

  template <class ChainOf>
  Chains& chains(KeyId key, ChainOf&& chain_of) {
    Chains& chains = chains_[key];
    for (; chains.read < placed_[key]; ++chains.read) {
      const std::uint32_t version = line_[first_[key] + chains.read];
      const std::uint32_t chain = chain_of(commits_.versions[version].writer);
      if (chain == none) continue;
      const auto [it, is_new] = chains.numbers.try_emplace(chain, chains.lines.size());
      if (is_new) chains.lines.emplace_back();
      chains.lines[it->second].push_back(version);
    }
    return chains;
  }

  const Commits& commits_;
  std::vector<std::uint32_t> first_;   // by key
  std::vector<std::uint32_t> placed_;  // by key
  std::vector<std::uint32_t> line_;
  std::vector<std::uint32_t> rank_;                   // by version
  std::unordered_map<std::uint32_t, Chains> chains_;  // of keys for which they were asked
};

}  // namespace mznode::check::isolation
