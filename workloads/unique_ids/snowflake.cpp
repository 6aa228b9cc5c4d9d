#include <algorithm>

#include "unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

/// A 64-bit integer: 41 bits of milliseconds, 10 of the node's number, 12 that count within the millisecond. The
/// layout is that of Twitter's Snowflake (2010), whose ids sort by time.
class Snowflake final : public Strategy {
 public:
  Snowflake(Node& node, const OptionValues&) : node_(node) {
    node.on_init([this] { number_ = number_of_this_node(); });
    node.on("generate", [this] { return GenerateOk{next()}; });
  }

 private:
  static constexpr int node_bits = 10;
  static constexpr int count_bits = 12;
  // 2024-01-01T00:00:00Z: the 41 bits of milliseconds last until 2093.
  static constexpr std::int64_t epoch_ms = 1'704'067'200'000;

  std::int64_t number_of_this_node() const {
    const auto& ids = node_.node_ids();
    const auto index = std::find(ids.begin(), ids.end(), node_.id()) - ids.begin();
    if (index >= (1 << node_bits)) {
      throw Error(ErrorCode::not_supported, "snowflake numbers at most 1024 nodes; use the strategy counter");
    }
    return index;
  }

  std::int64_t next() {
    // A clock that stands still or jumps back must not repeat a (time, count): the last one only grows. A count that
    // overflows carries into the time, which borrows the coming millisecond.
    constexpr std::int64_t millisecond_ns = 1'000'000;
    const std::int64_t now = (node_.wall_time_ns() / millisecond_ns - epoch_ms) << count_bits;
    time_and_count_ = std::max(time_and_count_ + 1, now);
    const std::int64_t time = time_and_count_ >> count_bits;
    const std::int64_t count = time_and_count_ & ((1 << count_bits) - 1);
    return (time << (node_bits + count_bits)) | (number_ << count_bits) | count;
  }

  Node& node_;
  std::int64_t number_ = 0;
  std::int64_t time_and_count_ = 0;
};

}  // namespace

StrategyInfo snowflake_strategy() {
  return {.name = "snowflake",
          .summary = "64-bit integers that sort by time; no messages",
          .guarantees = {.model = "unique ids",
                         .survives = message_faults(),
                         .caveat = "a restart with a clock that was set back can repeat ids"},
          .options = {},
          .install = install<Snowflake>};
}

}  // namespace mznode::unique_ids
