#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "mznode/node/runtime.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// Up to `longest`, uniform to the nanosecond.
inline Duration random_delay(Random& random, Duration longest) {
  return Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}

/// Jepsen's stagger (generator.clj): the time between two events of a mean of `mean`, uniform between 0 and twice that.
inline Duration stagger(Random& random, Duration mean) {
  return random_delay(random, 2 * mean);
}

/// Whose turn it is among the workers that are free (Jepsen, generator/context.clj, some-free-process): the workers and
/// the nemesis stand in a ring, the nemesis last, and every operation, the nemesis' own too, moves the turn on by one
/// place, whoever performs it. Who is busy when his turn comes is passed over; the nemesis' turn falls to the first
/// worker, which so has two shares of all.
class Ring {
 public:
  explicit Ring(std::size_t workers) : places_(workers + 1) {}

  /// The first at or behind the place whose turn it is, or else the first of all; `free` is in ascending order and not
  /// empty.
  std::size_t next(const std::vector<std::size_t>& free) const {
    const auto found = std::lower_bound(free.begin(), free.end(), turn_);
    return found == free.end() ? free.front() : *found;
  }
  void advance() { turn_ = (turn_ + 1) % places_; }

 private:
  std::size_t places_;
  std::size_t turn_ = 0;
};

/// Whether nodes have something to lose yet: whether each that is asked has acknowledged an operation, and each kind of
/// operation was acknowledged by somebody.
class Readiness {
 public:
  Readiness(std::set<std::string> nodes, std::set<std::string> kinds)
      : nodes_(std::move(nodes)), kinds_(std::move(kinds)) {}

  void acknowledged(const std::string& node, const std::string& kind) {
    nodes_.erase(node);
    kinds_.erase(kind);
  }
  bool is_reached() const { return nodes_.empty() && kinds_.empty(); }

 private:
  std::set<std::string> nodes_;
  std::set<std::string> kinds_;
};

}  // namespace mznode::sim
