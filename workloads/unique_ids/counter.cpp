#include <array>
#include <charconv>

#include "workloads/unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

/// "<node>-<incarnation>-<count>": the node tells processes apart, the incarnation the lives of one process, the count
/// the requests of one life.
class Counter final : public Strategy {
 public:
  Counter(Node& node, const OptionValues&) {
    node.on_init([this, &node] {
      text_ = node.id() + "-" + std::to_string(node.incarnation()) + "-";
      prefix_size_ = text_.size();
    });
    node.on("generate", [this] { return next(); });
  }

 private:
  struct Id {
    std::string_view id;  // of text_: written into the reply before the next one is made
    MZNODE_FIELDS(id)
  };
  Id next() {
    text_.resize(prefix_size_);
    text_ += std::to_string(++count_);
    return {text_};
  }

  std::string text_;
  std::size_t prefix_size_ = 0;
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
