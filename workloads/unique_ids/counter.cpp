#include "workloads/unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

/// "<node>-<incarnation>-<count>": the node tells processes apart, the incarnation the lives of one process, the count
/// the requests of one life.
class Counter final : public Strategy {
 public:
  Counter(Node& node, const OptionValues&) {
    node.on_init([this, &node] { prefix_ = node.id() + "-" + std::to_string(node.incarnation()) + "-"; });
    node.on("generate", [this] { return next(); });
  }

 private:
  struct Id {
    std::string id;
    MZNODE_FIELDS(id)
  };
  Id next() { return {prefix_ + std::to_string(++count_)}; }

  std::string prefix_;
  std::uint64_t count_ = 0;
};

}  // namespace

StrategyInfo counter_strategy() {
  std::vector<Fault> survives = message_faults();
  survives.insert(survives.end(), {Fault::kill, Fault::skew});
  return {.name = "counter",
          .summary = "node, incarnation and a count; no messages",
          .guarantees = {.model = "unique ids", .survives = survives},
          .options = {},
          .install = install<Counter>};
}

}  // namespace mznode::unique_ids
