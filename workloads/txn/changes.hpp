#pragma once

#include <utility>
#include <vector>

#include "mznode/json/codec.hpp"

namespace mznode::txn {

/// What was done to keys since some older state: each of them has a new value, or new elements behind its list.
struct Changes {
  using Items = std::vector<std::pair<Json, Json>>;

  Items written;
  Items appended;
  MZNODE_FIELDS(written, appended)

  void write(const Json& key, const Json& value);
  /// Adds the elements of a list behind the list of a key.
  void append(const Json& key, const Json& elements);

  bool empty() const { return written.empty() && appended.empty(); }
  /// The length of all keys and values as text.
  std::size_t bytes() const;
};

/// The value that belongs to a key; nothing when there is none.
const Json* find(const Changes::Items& items, const Json& key);

}  // namespace mznode::txn
