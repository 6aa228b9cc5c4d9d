#include "txn/tree.hpp"

#include <algorithm>

#include "mznode/json/fnv.hpp"
#include "txn/micro_ops.hpp"

namespace mznode::txn {
namespace {

/// A leaf with more keys becomes an inner node.
constexpr std::size_t keys_of_a_leaf = 8;
/// A list that is longer, as text, leaves its elements to a thunk of their own.
constexpr std::size_t bytes_of_a_chunk = 1'000;
constexpr int bits_of_a_digit = 4;
constexpr int digits_of_a_hash = 64 / bits_of_a_digit;

std::uint64_t hash_of(const Json& key) {
  return Fnv::of(key.canonical());
}

std::size_t digit(std::uint64_t hash, int depth) {
  return hash >> (bits_of_a_digit * depth) & (branch_count - 1);
}

const LeafEntry* find_entry(const std::vector<LeafEntry>& entries, const Json& key) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const LeafEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

/// Thunks are what the service says they are; only together can they be found to be no tree.
void demand_tree(bool is_tree, const ThunkId& id) {
  if (!is_tree) throw Error::received(ErrorCode::crash, "the thunk " + id + " is in the wrong place of its tree");
}
/// The entries of a leaf by their keys. The changes of one transaction can be many more than a leaf has entries.
class Entries {
 public:
  explicit Entries(std::vector<LeafEntry>& entries) : entries_(entries) {
    for (const LeafEntry& entry : entries) places_.emplace(entry.key, places_.size());
  }
  /// That of a key, which is made when there is none.
  LeafEntry& at(const Json& key) {
    const auto [place, is_new] = places_.try_emplace(key, entries_.size());
    if (is_new) entries_.push_back({.key = key, .chunks = {}, .value = Json()});
    return entries_[place->second];
  }

 private:
  std::vector<LeafEntry>& entries_;
  std::map<Json, std::size_t> places_;
};

/// Makes a new subtree out of an old one.
class Merge {
 public:
  Merge(const Thunks& thunks, const NewId& new_id, Thunks& made) : thunks_(thunks), new_id_(new_id), made_(made) {}

  void change(Branches& branches, int depth, const Changes& changes) {
    std::array<Changes, branch_count> parts;
    for (const auto& item : changes.written) parts[digit(hash_of(item.first), depth)].written.push_back(item);
    for (const auto& item : changes.appended) parts[digit(hash_of(item.first), depth)].appended.push_back(item);
    for (std::size_t i = 0; i < branch_count; ++i) {
      if (!parts[i].empty()) branches[i] = changed(branches[i], depth + 1, parts[i]);
    }
  }

 private:
  ThunkId changed(const ThunkId& old, int depth, const Changes& changes) {
    Thunk thunk =
        old.empty() ? Thunk{.branches = {}, .entries = std::vector<LeafEntry>(), .chunk = {}} : thunks_.at(old);
    demand_tree(thunk.entries || (thunk.branches && depth < digits_of_a_hash), old);
    if (thunk.branches) {
      change(*thunk.branches, depth, changes);
      return keep(std::move(thunk));
    }
    Entries entries(*thunk.entries);
    for (const auto& [key, value] : changes.written) {
      LeafEntry& entry = entries.at(key);
      entry.chunks.clear();
      entry.value = value;
    }
    for (const auto& [key, elements] : changes.appended) {
      LeafEntry& entry = entries.at(key);
      extend(entry.value, elements);
      if (entry.value.text().size() <= bytes_of_a_chunk) continue;
      entry.chunks.push_back(keep({.branches = {}, .entries = {}, .chunk = entry.value}));
      entry.value = Json();
    }
    return keep_leaf(std::move(*thunk.entries), depth);
  }

  /// Keeps entries as a leaf, or as several when they are too many for one.
  ThunkId keep_leaf(std::vector<LeafEntry> entries, int depth) {
    if (entries.size() <= keys_of_a_leaf || depth == digits_of_a_hash)
      return keep({.branches = {}, .entries = std::move(entries), .chunk = {}});
    std::array<std::vector<LeafEntry>, branch_count> parts;
    for (LeafEntry& entry : entries) parts[digit(hash_of(entry.key), depth)].push_back(std::move(entry));
    Branches branches(branch_count);
    for (std::size_t i = 0; i < branch_count; ++i) {
      if (!parts[i].empty()) branches[i] = keep_leaf(std::move(parts[i]), depth + 1);
    }
    return keep({.branches = std::move(branches), .entries = {}, .chunk = {}});
  }

  ThunkId keep(Thunk thunk) {
    ThunkId id = new_id_();
    made_.emplace(id, std::move(thunk));
    return id;
  }

  const Thunks& thunks_;
  const NewId& new_id_;
  Thunks& made_;
};

}  // namespace

void LeafEntry::validate() const {
  demand(chunks.empty() || is_list(value), "what has chunks is a list");
}

void Thunk::validate() const {
  demand(branches.has_value() + entries.has_value() + chunk.has_value() == 1, "a thunk is of one kind");
  demand(!branches || branches->size() == branch_count, "an inner node has 16 branches");
  demand(!chunk || chunk->kind() == Json::Kind::array, "a chunk is a part of a list");
}

std::size_t top_branch(const Json& key) {
  return digit(hash_of(key), 0);
}

Found find(const Branches& top, const Json& key, const Thunks& thunks) {
  const std::uint64_t hash = hash_of(key);
  const Branches* branches = &top;
  for (int depth = 0;; ++depth) {
    const ThunkId& id = (*branches)[digit(hash, depth)];
    if (id.empty()) return {};
    const auto thunk = thunks.find(id);
    if (thunk == thunks.end()) return {.entry = nullptr, .missing = {id}};
    if (thunk->second.entries) return {.entry = find_entry(*thunk->second.entries, key)};
    demand_tree(thunk->second.branches && depth + 1 < digits_of_a_hash, id);
    branches = &*thunk->second.branches;
  }
}

Json value_of(const LeafEntry* entry, const Thunks& thunks) {
  if (entry == nullptr) return Json();
  if (entry->chunks.empty()) return entry->value;
  Json list;
  for (const ThunkId& id : entry->chunks) {
    const auto& chunk = thunks.at(id).chunk;
    demand_tree(chunk.has_value(), id);
    extend(list, *chunk);
  }
  extend(list, entry->value);
  return list;
}

void merge(Branches& top, const Changes& changes, const Thunks& thunks, const NewId& new_id, Thunks& made) {
  Merge(thunks, new_id, made).change(top, 0, changes);
}

}  // namespace mznode::txn
