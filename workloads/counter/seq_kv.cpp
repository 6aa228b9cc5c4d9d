#include <optional>

#include "counter/counter.hpp"
#include "counter/kv_sum.hpp"
#include "counter/sum.hpp"
#include "timeouts.hpp"

namespace mznode::counter {
namespace {

/// A key for each node in the service seq-kv, so that nobody competes for one; a read adds them up.
class SeqKv final : public Strategy {
 public:
  SeqKv(Node& node, const OptionValues&) : node_(node), kv_(node, "seq-kv", service_timeout(node)) {
    node.on_init([this] { own_.emplace(node_, kv_, key_of(node_.id()), KvSum::Writers::one); });
    node.on("add", this, &SeqKv::add);
    node.on("read", this, &SeqKv::read);
  }

 private:
  static Json key_of(const std::string& node) { return Json("counter-" + node); }

  Task<> add(Add request) { co_await own_->add(request.delta); }

  Task<ReadOk> read() {
    const auto& nodes = node_.node_ids();
    // Once the first read is recent, no later one of this node can be older.
    auto first = co_await kv_.sync_read_or(key_of(nodes.front()), KvSum::zero());
    std::vector<Task<Json>> reads;
    for (std::size_t i = 1; i < nodes.size(); ++i) reads.push_back(kv_.read_or(key_of(nodes[i]), KvSum::zero()));
    auto others = co_await node_.when_all(std::move(reads));
    Sum sum = KvSum::sum_of(first);
    for (const Json& value : others) sum += KvSum::sum_of(value);
    co_return ReadOk{fit(sum)};
  }

  Node& node_;
  Kv kv_;
  std::optional<KvSum> own_;
};

}  // namespace

StrategyInfo seq_kv_strategy() {
  return {
      .name = "seq-kv",
      .summary = "a key for each node in the service seq-kv; a read writes something new first, which forces recency",
      .guarantees = {.model = "eventually consistent, with recent reads",
                     .survives = message_faults({Fault::kill, Fault::skew}),
                     .caveat = "needs the service seq-kv; a read shows at least what was acknowledged before it began"},
      .options = {},
      .install = install<SeqKv>,
      .asks = asks_a_service()};
}

}  // namespace mznode::counter
