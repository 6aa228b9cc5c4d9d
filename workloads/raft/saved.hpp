#pragma once

#include <optional>
#include <vector>

#include "raft/messages.hpp"

namespace mznode::raft {

/// What must be durable before a server answers anybody (paper, figure 2), beside the log.
struct HardState {
  Term term = 0;
  std::optional<Member> vote;
  /// False for a server that may have lost votes and entries with an earlier memory.
  bool is_voter = false;
  MZNODE_FIELDS(term, vote, is_voter)
  bool operator==(const HardState&) const = default;
};

/// The entries from an index on, in place of whatever was there.
struct Append {
  Index first = 0;
  std::vector<Entry> entries;
  MZNODE_FIELDS(first, entries)
};

struct Unsaved;

/// What a server has made durable.
struct Saved {
  HardState hard_state;
  Snapshot snapshot;
  /// Those behind the snapshot.
  std::vector<Entry> entries;
  MZNODE_FIELDS(hard_state, snapshot, entries)

  /// Takes in what was saved later. Throws Error malformed_request when it does not go on from here.
  void add(const Unsaved& unsaved);
  /// Throws Error malformed_request unless one server can have saved all of it.
  void validate() const;
};

/// What a server has to make durable now.
struct Unsaved {
  /// In the place of all that was saved before; then there is nothing more.
  std::optional<Saved> rewrite;
  std::optional<HardState> hard_state;
  std::optional<Append> append;
  MZNODE_FIELDS(rewrite, hard_state, append)

  bool empty() const { return !rewrite && !hard_state && !append; }
};

}  // namespace mznode::raft
