#include "txn/root.hpp"

#include <algorithm>

namespace mznode::txn {
namespace {

void drop_branch(std::size_t branch, Changes::Items& items) {
  std::erase_if(items, [&](const auto& item) { return top_branch(item.first) == branch; });
}

}  // namespace

void Root::validate() const {
  demand(branches.size() == branch_count, "the top of the tree has 16 branches");
  for (const auto& [key, elements] : recent.appended) {
    demand(elements.kind() == Json::Kind::array, "what is appended is a list of elements");
  }
}

Draft::Draft(Root base, const Thunks& thunks) : base_(std::move(base)), thunks_(thunks) {
  for (const auto& [key, value] : base_.recent.written) recent_.emplace(key, KeyChange{true, value});
  for (const auto& [key, elements] : base_.recent.appended) recent_.emplace(key, KeyChange{false, elements});
}

Root Draft::root() const {
  Root root = base_;
  root.recent = {};
  for (const auto& [key, change] : recent_) {
    (change.is_written ? root.recent.written : root.recent.appended).emplace_back(key, change.value);
  }
  return root;
}

std::set<ThunkId> Draft::missing_for(const MicroOps& txn) const {
  std::set<ThunkId> missing;
  for (const auto& [function, key, value] : txn) {
    const auto recent = recent_.find(key);
    // A list that has something appended already is known to be a list.
    const bool is_known = recent != recent_.end() && (recent->second.is_written || function == "append");
    if (is_known || function == "w") continue;
    const Found found = find(base_.branches, key, thunks_);
    missing.insert(found.missing.begin(), found.missing.end());
    if (function != "r" || found.entry == nullptr) continue;
    std::copy_if(found.entry->chunks.begin(), found.entry->chunks.end(), std::inserter(missing, missing.end()),
                 [this](const ThunkId& id) { return !thunks_.contains(id); });
  }
  return missing;
}

MicroOps Draft::run(MicroOps txn) {
  Overlay<Draft> overlay(*this);
  MicroOps done = carry_out(std::move(txn), overlay);
  for (auto& [key, change] : overlay.take_changes()) {
    is_changed_ = true;
    KeyChange& known = recent_[key];
    if (change.is_written) {
      known = std::move(change);
    } else {
      extend(known.value, change.value);
    }
  }
  return done;
}

Json Draft::read(const Json& key) const {
  const auto recent = recent_.find(key);
  if (recent != recent_.end() && recent->second.is_written) return recent->second.value;
  Json stored = value_of(find(base_.branches, key, thunks_).entry, thunks_);
  if (recent != recent_.end()) extend(stored, recent->second.value);
  return stored;
}

void Draft::demand_list_at(const Json& key) const {
  if (const auto recent = recent_.find(key); recent != recent_.end()) {
    if (recent->second.is_written) demand_list(key, recent->second.value);
    return;
  }
  const LeafEntry* entry = find(base_.branches, key, thunks_).entry;
  if (entry != nullptr && entry->chunks.empty()) demand_list(key, entry->value);
}

Spill Spill::choose(const Root& root) {
  std::array<Changes, branch_count> parts;
  for (const auto& item : root.recent.written) parts[top_branch(item.first)].written.push_back(item);
  for (const auto& item : root.recent.appended) parts[top_branch(item.first)].appended.push_back(item);
  const auto largest = std::max_element(parts.begin(), parts.end(),
                                        [](const Changes& a, const Changes& b) { return a.bytes() < b.bytes(); });
  return {.branch = static_cast<std::size_t>(largest - parts.begin()), .changes = *largest};
}

std::set<ThunkId> Spill::missing(const Root& root, const Thunks& thunks) const {
  std::set<ThunkId> missing;
  for (const Changes::Items* items : {&changes.written, &changes.appended}) {
    for (const auto& [key, value] : *items) missing.merge(find(root.branches, key, thunks).missing);
  }
  return missing;
}

void Spill::move(Root& root, const Thunks& thunks, const NewId& new_id, Thunks& made) const {
  merge(root.branches, changes, thunks, new_id, made);
  drop_branch(branch, root.recent.written);
  drop_branch(branch, root.recent.appended);
}

}  // namespace mznode::txn
