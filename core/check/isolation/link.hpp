#pragma once

#include <cstdint>
#include <vector>

#include "isolation/commits.hpp"

namespace mznode::check::isolation {

/// Why one commit comes before another.
struct Link {
  enum class Kind : std::uint8_t {
    session,   // the same process executed it before
    realtime,  // it had ended before the other one began
    visible,   // a session guarantee demands that the other one sees it
    wr,        // the other one read `version`, which it wrote
    ww,        // it wrote `version`, which comes before `next`, which the other one wrote
    rw,        // it read `version`, which comes before `next`, which the other one wrote
  };

  Kind kind = Kind::session;
  std::uint32_t from = none;  // commits
  std::uint32_t to = none;
  KeyId key = none;
  std::uint32_t version = none;  // of a read, none for the initial state
  std::uint32_t next = none;
  /// Of ww, where that was inferred: who read `next` although it sees what `from` wrote, which would otherwise be the
  /// later version and be seen instead.
  std::uint32_t reader = none;
  /// The way from `from` to `reader`; or of ww and rw without a reader, the way that closes a cycle with the opposite
  /// order of the two writers.
  std::vector<Link> because = {};
};

/// Each link leads to the commit from which the next one starts, and the last one back to the first.
using Cycle = std::vector<Link>;

}  // namespace mznode::check::isolation
