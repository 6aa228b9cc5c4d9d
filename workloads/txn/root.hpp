#pragma once

#include "txn/overlay.hpp"
#include "txn/tree.hpp"

namespace mznode::txn {

/// A whole state of the database. It is swung from one to the next by compare-and-set, so no two are equal.
struct Root {
  /// The last commit of each node that made this state or one before it: who finds its own there knows that it
  /// succeeded.
  std::map<std::string, std::string> commits;
  Branches branches = Branches(branch_count);
  /// What the tree does not have yet. To gather changes here spares a message for each node of the tree that they
  /// concern, again and again (as the buffers of a B-epsilon tree: Brodal and Fagerberg, "Lower Bounds for External
  /// Memory Dictionaries", 2003).
  Changes recent;
  MZNODE_FIELDS(commits, branches, recent)
  void validate() const;
};

/// Transactions on top of a root, one after the other. The thunks that they need must be there before.
class Draft {
 public:
  /// Thunks must outlive it.
  Draft(Root base, const Thunks& thunks);

  /// The thunks without which this transaction cannot run, as far as it is known: those below them come later.
  std::set<ThunkId> missing_for(const MicroOps& txn) const;
  /// Carries a transaction out as a whole and returns it with what was read. Throws Error malformed_request, and
  /// changes nothing, when it appends to something that is no list.
  MicroOps run(MicroOps txn);

  /// The base with what was done on top of it.
  Root root() const;
  bool is_changed() const { return is_changed_; }

  // For Overlay.
  Json read(const Json& key) const;
  void demand_list_at(const Json& key) const;

 private:
  Root base_;
  const Thunks& thunks_;
  /// What the tree does not have yet, of the base as well.
  KeyChanges recent_;
  bool is_changed_ = false;
};

/// Changes that a root leaves to its tree: those behind one branch, the one that has most of them.
struct Spill {
  std::size_t branch = 0;
  Changes changes;

  static Spill choose(const Root& root);
  std::set<ThunkId> missing(const Root& root, const Thunks& thunks) const;
  /// Brings the changes into the tree. Adds the thunks that this takes to `made`.
  void move(Root& root, const Thunks& thunks, const NewId& new_id, Thunks& made) const;
};

}  // namespace mznode::txn
