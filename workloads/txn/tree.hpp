#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "txn/changes.hpp"

/// A persistent map from keys to values, made of immutable nodes that live in a key-value store: a trie over the hashes
/// of keys (Bagwell, "Ideal Hash Trees", 2001, without the compression of its nodes). Whatever changes gets new nodes
/// from the leaf to the top; what others have read of an older tree stays as it is. Maelstrom's tutorial calls such
/// nodes thunks (doc/05-datomic).
namespace mznode::txn {

/// The key of a thunk in the store. It is never used again for another one.
using ThunkId = std::string;
/// Makes ids that nobody else makes.
using NewId = std::function<ThunkId()>;

/// The children of an inner node, by a digit of the key's hash; empty where there are none.
using Branches = std::vector<ThunkId>;
inline constexpr std::size_t branch_count = 16;

/// What a leaf knows of a key. The elements of a long list are in nodes of their own but for the last ones.
struct LeafEntry {
  Json key;
  std::vector<ThunkId> chunks;
  Json value;
  MZNODE_FIELDS(key, chunks, value)
  void validate() const;
};

/// A node of the tree, of one of three kinds.
struct Thunk {
  std::optional<Branches> branches;
  std::optional<std::vector<LeafEntry>> entries;
  /// A part of a list.
  std::optional<Json> chunk;
  MZNODE_FIELDS(branches, entries, chunk)
  void validate() const;
};

/// Thunks in memory. They never change, so that none of them is ever stale.
using Thunks = std::map<ThunkId, Thunk>;

/// What is known of a key: its entry, or that it has none, unless thunks must be loaded first. find(), value_of() and
/// merge() throw Error crash, as received, when the thunks make no tree.
struct Found {
  const LeafEntry* entry = nullptr;
  std::set<ThunkId> missing = {};
};
Found find(const Branches& top, const Json& key, const Thunks& thunks);

/// The whole value of an entry, and null without one. The chunks must be among the thunks.
Json value_of(const LeafEntry* entry, const Thunks& thunks);

/// The branch of the top that leads to a key.
std::size_t top_branch(const Json& key);

/// Makes the tree behind `top` with these changes, as new thunks, which are added to `made`. The way to each key that
/// is changed must be among `thunks`; lists that were joined to must be lists.
void merge(Branches& top, const Changes& changes, const Thunks& thunks, const NewId& new_id, Thunks& made);

}  // namespace mznode::txn
