#include "txn/versions.hpp"

#include <algorithm>
#include <set>

namespace mznode::txn {
namespace {

/// A transaction that is under way: what it wrote so far, before what others see.
struct OpenTransaction {
  Json read(const Json& key) const {
    const auto written = writes.find(key);
    return written == writes.end() ? versions.read(key) : written->second;
  }
  void write(const Json& key, const Json& value) { writes.insert_or_assign(key, value); }
  void append(const Json&, const Json&) {
    throw Error(
        ErrorCode::not_supported,
        "this strategy keeps registers only: without asking each other, nodes that append to one list at the same "
        "time cannot agree on its order; run the node with --strategy root-cas or raft");
  }

  const Versions& versions;
  std::map<Json, Json> writes = {};
};

}  // namespace

MicroOps Versions::run(MicroOps txn, const std::string& node, std::uint64_t incarnation,
                       std::optional<WriteSet>& written) {
  OpenTransaction open{*this};
  MicroOps done = carry_out(std::move(txn), open);
  if (open.writes.empty()) return done;
  written = WriteSet{.count = last_count_ + 1, .writes = {open.writes.begin(), open.writes.end()}};
  merge(node, incarnation, *written);
  return done;
}

void Versions::merge(const std::string& node, std::uint64_t incarnation, const WriteSet& set) {
  const Timestamp at{.count = set.count, .node = node, .incarnation = incarnation};
  last_count_ = std::max(last_count_, set.count);
  for (const auto& [key, value] : set.writes) {
    Version& known = versions_[key];
    if (known.at < at) known = {at, value};
  }
}

Json Versions::read(const Json& key) const {
  const auto found = versions_.find(key);
  return found == versions_.end() ? Json() : found->second.value;
}

void drop_replaced(std::vector<WriteSet>& sets) {
  std::set<Json> replaced;
  for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
    std::erase_if(set->writes, [&](const auto& write) { return !replaced.insert(write.first).second; });
  }
  std::erase_if(sets, [](const WriteSet& set) { return set.writes.empty(); });
}

}  // namespace mznode::txn
