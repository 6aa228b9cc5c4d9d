#pragma once

#include <map>
#include <utility>

#include "txn/micro_ops.hpp"

namespace mznode::txn {

/// What was done to a key: it has a new value, or else new elements behind its list.
struct KeyChange {
  bool is_written = false;
  Json value = {};
};
using KeyChanges = std::map<Json, KeyChange>;

/// A transaction that is under way: what it has done so far, before anybody else sees it. Each of its steps costs the
/// same however many there were before, but for a read, which brings a whole value.
///
/// The base has read(key), and demand_list_at(key), which throws Error malformed_request when nothing can be appended
/// to what the key has.
template <class Base>
class Overlay {
 public:
  /// `base` must outlive it.
  explicit Overlay(const Base& base) : base_(base) {}

  Json read(const Json& key) const {
    const auto own = changes_.find(key);
    if (own == changes_.end()) return base_.read(key);
    if (own->second.is_written) return own->second.value;
    Json list = base_.read(key);
    extend(list, own->second.value);
    return list;
  }
  void write(const Json& key, const Json& value) { changes_.insert_or_assign(key, KeyChange{true, value}); }
  void append(const Json& key, const Json& element) {
    const auto [own, is_new] = changes_.try_emplace(key);
    if (is_new) base_.demand_list_at(key);
    if (own->second.is_written) demand_list(key, own->second.value);
    extend(own->second.value, list_of(element));
  }

  /// What the transaction did, by key.
  KeyChanges take_changes() { return std::exchange(changes_, {}); }

 private:
  const Base& base_;
  KeyChanges changes_;
};

}  // namespace mznode::txn
