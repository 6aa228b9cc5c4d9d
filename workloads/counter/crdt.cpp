#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "counter/counter.hpp"
#include "counter/pn_counter.hpp"
#include "dissemination/replicator.hpp"

namespace mznode::counter {
namespace {

using dissemination::Delta;
using dissemination::Disseminator;
using dissemination::Peer;
using dissemination::Replicator;

/// A replica of a PnCounter on every node. The log that the disseminator brings to the others holds the names of slots
/// that changed; a message carries their newest totals, each once, however often they changed (Almeida, Shoker,
/// Baquero, "Delta State Replicated Data Types", 2018).
class Crdt final : public Strategy {
 public:
  Crdt(Node& node, const OptionValues& options)
      : node_(node),
        replicator_(node, config(options), [&node] { return node.peers(); },
                    {.read = [this](Peer from, const Delta& delta) { return read(from, delta); },
                     .pack = [this](std::vector<Json>& elements) { pack(elements); }}) {
    node.on("add", [this](Add request) { add(request.delta); });
    node.on("read", [this] { return ReadOk{fit(counter_.value())}; });
  }

 private:
  /// No node of a cluster counts further: the word of one, or of several, is not to fill the 64 bits that all share.
  static constexpr std::uint64_t most_in_a_slot = std::uint64_t{1} << 56;
  using Name = std::pair<std::string, Incarnation>;
  /// A slot's name, what was added, and what was taken away.
  using State = std::tuple<std::string, Incarnation, std::uint64_t, std::uint64_t>;

  static Disseminator::Config config(const OptionValues& options) {
    return {.relay = false,
            .flush_delay = options.milliseconds("flush-ms"),
            .ack_delay = options.milliseconds("ack-ms"),
            .resend_after = options.milliseconds("resend-ms"),
            .announce_delay = options.milliseconds("flush-ms")};
  }

  void add(std::int64_t delta) {
    const Slot own{node_.id(), node_.incarnation()};
    counter_.add(own, delta, node_.peers().empty() ? UINT64_MAX : most_in_a_slot);
    if (delta != 0) tell(own);
  }

  /// Brings a slot to the others, unless its name is on its way and will take the newest totals along.
  void tell(const Slot& slot) {
    if (untold_.insert(slot).second) replicator_.spread(to_json(Name(slot.node, slot.incarnation)));
  }

  std::function<void()> read(Peer from, const Delta& delta) {
    std::vector<std::pair<Slot, Totals>> told;
    for (const Json& element : delta.elements) {
      const auto [node, incarnation, added, taken] = from_json<State>(element);
      told.push_back({{node, incarnation}, {added, taken}});
      demand_possible(told.back().first, told.back().second);
    }
    return [this, from, life = delta.stream.incarnation, told = std::move(told)] { take(from, life, told); };
  }

  /// Throws Error malformed_request unless a node can have counted so.
  void demand_possible(const Slot& slot, const Totals& totals) const {
    demand(slot.node == node_.id() || node_.is_peer(slot.node), "a slot belongs to no node of this cluster");
    demand(slot.incarnation != 0, "no life is 0");
    demand(std::max(totals.added, totals.taken) <= most_in_a_slot,
           "a slot counts further than a node of a cluster does");
    if (slot.node != node_.id() || slot.incarnation != node_.incarnation()) return;
    const auto known = counter_.slots().find(slot);
    const Totals own = known == counter_.slots().end() ? Totals() : known->second;
    demand(totals.added <= own.added && totals.taken <= own.taken, "nobody knows more of this node than itself");
  }

  void take(Peer from, Incarnation heard, const std::vector<std::pair<Slot, Totals>>& told) {
    for (const auto& [slot, totals] : told) counter_.merge(slot, totals);
    // Every process tells its own slot to all. What one that died had told only some, they have to tell in its place.
    const auto [life, is_first_contact] = lives_.try_emplace(from, heard);
    if (is_first_contact || life->second == heard) return;
    life->second = heard;
    for (const auto& [slot, totals] : counter_.slots()) tell(slot);
  }

  void pack(std::vector<Json>& names) {
    std::set<Slot> slots;
    for (const Json& name : names) {
      const auto [node, incarnation] = from_json<Name>(name);
      slots.insert({node, incarnation});
    }
    names.clear();
    for (const Slot& slot : slots) {
      const Totals& totals = counter_.totals(slot);
      names.push_back(to_json(State(slot.node, slot.incarnation, totals.added, totals.taken)));
      untold_.erase(slot);
    }
  }

  Node& node_;
  PnCounter counter_;
  /// Slots whose names are in the log and in no message yet.
  std::set<Slot> untold_;
  /// The life in which each peer was heard last.
  std::map<Peer, Incarnation> lives_;
  Replicator replicator_;
};

}  // namespace

StrategyInfo crdt_strategy() {
  return {.name = "crdt",
          .summary = "a replica on every node, which tells the others what changed once in a while",
          .guarantees = {.model = "eventually consistent",
                         .survives = message_faults({Fault::skew}),
                         .caveat = "a node that is killed takes with it what it has not told yet, up to --flush-ms"},
          // What was cut off arrives within 3 s of healing, and is acknowledged within 5 s.
          .options = {{.name = "flush-ms",
                       .default_value = 1'800,
                       .min = 0,
                       .max = 60'000,
                       .summary = "how long adds wait for others to share a message"},
                      {.name = "ack-ms",
                       .default_value = 800,
                       .min = 0,
                       .max = 60'000,
                       .summary = "how long a link must be quiet before an acknowledgement goes alone"},
                      {.name = "resend-ms",
                       .default_value = 1'900,
                       .min = 1,
                       .max = 60'000,
                       .summary = "when to repeat what was not acknowledged; above ack-ms and a round trip"}},
          .install = install<Crdt>};
}

}  // namespace mznode::counter
