#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "mznode/sim/network.hpp"

namespace mznode::sim {

/// Counts what nodes say to the same node again: messages that differ in nothing but their ids.
class Repeats {
 public:
  void note(const Packet& packet);
  /// Of the messages that were noted, how many of a hundred had been said before.
  std::uint64_t percentage() const { return seen_ == 0 ? 0 : (seen_ - said_.size()) * 100 / seen_; }
  /// Who says most to whom, as "n0 to n1"; empty when nothing was noted.
  std::string loudest() const;

 private:
  std::uint64_t seen_ = 0;
  std::unordered_set<std::uint64_t> said_;
  Traffic::Links links_;
};

/// How often each node may tell each other something new before it counts as a storm.
inline constexpr std::uint64_t told_an_operation = 20;

/// How many messages between nodes are a storm in a run of so many operations that lasted so long: everybody tells
/// everybody else everything twenty times, and as often in each second what nodes say without being asked, such as
/// what they repeat until it is acknowledged. A network that is slow has seconds in which hardly an operation begins.
std::uint64_t storm_bound(std::size_t nodes, std::size_t operations, Duration lasted);

/// What is said of a storm, beginning with "a storm of messages: ": how much nodes sent, for a cluster of so many, and
/// what of it was told before.
std::string storm_words(std::size_t nodes, std::uint64_t messages_an_operation, const Repeats& repeats);

}  // namespace mznode::sim
