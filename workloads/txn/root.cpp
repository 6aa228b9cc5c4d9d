#include "workloads/txn/root.hpp"

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

std::set<ThunkId> Draft::missing_for(const MicroOps& txn) const {
  std::set<ThunkId> missing;
  for (const auto& [function, key, value] : txn) {
    // A list that has something appended already is known to be a list.
    const bool is_known = find(root_.recent.written, key) || (function == "append" && find(root_.recent.appended, key));
    if (is_known || function == "w") continue;
    const Found found = find(root_.branches, key, thunks_);
    missing.insert(found.missing.begin(), found.missing.end());
    if (function != "r" || found.entry == nullptr) continue;
    std::copy_if(found.entry->chunks.begin(), found.entry->chunks.end(), std::inserter(missing, missing.end()),
                 [this](const ThunkId& id) { return !thunks_.contains(id); });
  }
  return missing;
}

MicroOps Draft::run(MicroOps txn) {
  const bool was_changed = is_changed_;
  const Changes before = root_.recent;
  try {
    return carry_out(std::move(txn), *this);
  } catch (const Error&) {
    root_.recent = before;
    is_changed_ = was_changed;
    throw;
  }
}

Json Draft::read(const Json& key) const {
  if (const Json* written = find(root_.recent.written, key)) return *written;
  const Json stored = value_of(find(root_.branches, key, thunks_).entry, thunks_);
  const Json* appended = find(root_.recent.appended, key);
  return appended == nullptr ? stored : joined(stored, *appended);
}

void Draft::write(const Json& key, const Json& value) {
  root_.recent.write(key, value);
  is_changed_ = true;
}

void Draft::append(const Json& key, const Json& element) {
  if (const Json* written = find(root_.recent.written, key)) {
    demand_list(key, *written);
  } else if (find(root_.recent.appended, key) == nullptr) {
    const Entry* entry = find(root_.branches, key, thunks_).entry;
    if (entry != nullptr && entry->chunks.empty()) demand_list(key, entry->value);
  }
  root_.recent.append(key, list_of(element));
  is_changed_ = true;
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
