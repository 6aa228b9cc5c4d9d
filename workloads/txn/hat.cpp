#include "dissemination/replicator.hpp"
#include "dissemination/spread.hpp"
#include "txn/versions.hpp"

namespace mznode::txn {
namespace {

using dissemination::Delta;
using dissemination::Peer;
using dissemination::Replicator;

/// A replica of all registers on every node. A transaction runs on one replica, at once and alone, so it never waits
/// for anybody; what it wrote goes to the others as one element, which each of them takes in at once. So nobody ever
/// sees a part of a transaction, or something that it wrote only in between.
///
/// Bailis, Davidson, Fekete, Ghodsi, Hellerstein and Stoica, "Highly Available Transactions: Virtues and Limitations"
/// (VLDB 2013), section 5.1; atomic visibility as in Bailis, Fekete, Hellerstein, Ghodsi and Stoica, "Scalable Atomic
/// Visibility with RAMP Transactions" (SIGMOD 2014), section 3, which replicas make simple.
class Hat final : public Strategy {
 public:
  Hat(Node& node, const OptionValues& options)
      : node_(node),
        // Every process tells only what it wrote itself: that is how the others know whose timestamps they get.
        replicator_(node, dissemination::direct_config(options), [&node] { return node.peers(); },
                    {.read = [this](Peer from, const Delta& delta) { return read(from, delta); }, .pack = pack}) {
    node.on("txn", [this](Txn request) { return run(std::move(request)); });
  }

 private:
  Txn run(Txn request) {
    demand_known_functions(request.txn);
    std::optional<WriteSet> written;
    MicroOps done = versions_.run(std::move(request.txn), node_.id(), node_.incarnation(), written);
    if (written) replicator_.spread(to_json(*written));
    return {std::move(done)};
  }

  std::function<void()> read(Peer from, const Delta& delta) {
    std::vector<WriteSet> sets;
    for (const Json& element : delta.elements) {
      sets.push_back(from_peer<WriteSet>(element));
      demand_within_reach("timestamp", sets.back().count, versions_.last_count());
    }
    return [this, from, life = delta.stream.incarnation, sets = std::move(sets)] {
      for (const WriteSet& set : sets) versions_.merge(node_.peers()[from], life, set);
    };
  }

  static void pack(std::vector<Json>& elements) {
    std::vector<WriteSet> sets;
    for (const Json& element : elements) sets.push_back(from_json<WriteSet>(element));
    drop_replaced(sets);
    elements.clear();
    for (const WriteSet& set : sets) elements.push_back(to_json(set));
  }

  Node& node_;
  Versions versions_;
  Replicator replicator_;
};

}  // namespace

StrategyInfo hat_strategy() {
  Guarantees guarantees = dissemination::spread_guarantees();
  guarantees.model = "read-atomic";
  guarantees.caveat = "a node that is killed takes with it what it has not told yet, up to --flush-ms";
  return {.name = "hat",
          .summary = "a replica on every node; what a transaction wrote reaches the others later, and as a whole",
          .guarantees = guarantees,
          .options = dissemination::spread_options({.flush_ms = 200}),
          .install = install<Hat>};
}

}  // namespace mznode::txn
