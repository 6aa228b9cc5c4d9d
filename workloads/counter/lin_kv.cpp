#include "counter/counter.hpp"
#include "counter/kv_sum.hpp"
#include "timeouts.hpp"

namespace mznode::counter {
namespace {

/// The whole counter under one key of the service lin-kv, which all nodes change by compare-and-set.
class LinKv final : public Strategy {
 public:
  LinKv(Node& node, const OptionValues&)
      : kv_(node, "lin-kv", service_timeout(node)), sum_(node, kv_, key(), KvSum::Writers::many) {
    node.on("add", this, &LinKv::add);
    node.on("read", this, &LinKv::read);
  }

 private:
  static Json key() { return Json("counter"); }

  Task<> add(Add request) { co_await sum_.add(request.delta); }

  Task<ReadOk> read() {
    auto value = co_await kv_.read_or(key(), KvSum::zero());
    co_return ReadOk{KvSum::sum_of(value)};
  }

  Kv kv_;
  KvSum sum_;
};

}  // namespace

StrategyInfo lin_kv_strategy() {
  return {.name = "lin-kv",
          .summary = "one key of the service lin-kv, compare-and-set with jittered retry; adds that wait share one",
          .guarantees = {.model = "linearizable",
                         .survives = message_faults({Fault::kill, Fault::skew}),
                         .caveat = "needs the service lin-kv"},
          .options = {},
          .install = install<LinKv>,
          .asks = asks_a_service()};
}

}  // namespace mznode::counter
