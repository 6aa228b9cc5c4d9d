#pragma once

#include <compare>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "txn/micro_ops.hpp"

namespace mznode::txn {

/// When a transaction wrote, in an order that all nodes agree on (Lamport, "Time, Clocks, and the Ordering of Events",
/// 1978): above every version that it could have read. Node and incarnation tell equal counts apart.
struct Timestamp {
  std::uint64_t count = 0;
  std::string node = {};
  std::uint64_t incarnation = 0;
  auto operator<=>(const Timestamp&) const = default;
};

/// All that a transaction wrote, each key once: it becomes visible as a whole.
struct WriteSet {
  std::uint64_t count = 0;
  std::vector<std::pair<Json, Json>> writes;
  MZNODE_FIELDS(count, writes)
  void validate() const { demand(count > 0, "timestamps count from 1"); }
};

/// The registers of a replica: for each key the version with the highest timestamp of all that it has heard of.
class Versions {
 public:
  /// Carries a transaction of this process out as a whole and returns it with what was read. What it wrote comes out as
  /// `written`, unless it wrote nothing.
  MicroOps run(MicroOps txn, const std::string& node, std::uint64_t incarnation, std::optional<WriteSet>& written);
  /// Takes in what a transaction of some process wrote.
  void merge(const std::string& node, std::uint64_t incarnation, const WriteSet& set);

  Json read(const Json& key) const;
  /// The highest count of a timestamp that it has heard of.
  std::uint64_t last_count() const { return last_count_; }

 private:
  struct Version {
    Timestamp at;
    Json value;
  };

  std::uint64_t last_count_ = 0;
  std::map<Json, Version> versions_;
};

/// Leaves out the writes that later sets of the list replace, and the sets of which nothing is left. Whoever takes the
/// list in as a whole sees the same as before.
void drop_replaced(std::vector<WriteSet>& sets);

}  // namespace mznode::txn
