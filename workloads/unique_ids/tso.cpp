#include "mznode/node/kv.hpp"
#include "unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

/// Asks the timestamp oracle for every id. A timestamp that gets lost on its way is skipped, never given twice.
class TsoIds final : public Strategy {
 public:
  TsoIds(Node& node, const OptionValues&) : tso_(node) { node.on("generate", this, &TsoIds::next); }

 private:
  Task<GenerateOk> next() {
    auto timestamp = co_await tso_.ts();
    co_return GenerateOk{timestamp};
  }

  Tso tso_;
};

}  // namespace

StrategyInfo tso_strategy() {
  return {.name = "tso",
          .summary = "timestamps of the service lin-tso; one round trip an id",
          .guarantees = {.model = "unique ids", .survives = message_faults({Fault::kill, Fault::skew})},
          .options = {},
          .install = install<TsoIds>,
          .asks = asks_a_service()};
}

}  // namespace mznode::unique_ids
