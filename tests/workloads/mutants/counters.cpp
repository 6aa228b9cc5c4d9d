#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "counter/counter.hpp"
#include "counter/kv_sum.hpp"
#include "mznode/node/kv.hpp"
#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

using counter::Add;
using counter::KvSum;
using counter::ReadOk;

using Slots = std::map<std::string, std::int64_t>;

struct State {
  Slots slots;
  MZNODE_FIELDS(slots)
};

/// A correct counter that only grows: it sends its own slot to all others at every add, and all that it knows over and
/// over.
struct Replica {
  explicit Replica(Node& owner) : node(owner) {
    node.on("add", [this](Add request) { add(request.delta); });
    node.on("read", [this] {
      std::int64_t sum = 0;
      for (const auto& [slot, count] : slots) sum += count;
      return ReadOk{sum};
    });
    node.on("state", [this](State state) { merge(state.slots); });
    node.every(300ms, [this] { tell(slots); });
  }
  virtual ~Replica() = default;

  virtual std::string own_slot() const { return node.id() + "-" + std::to_string(node.incarnation()); }
  virtual void add(std::int64_t delta) {
    slots[own_slot()] += delta;
    tell({{own_slot(), slots[own_slot()]}});
  }
  virtual void merge(const Slots& others) {
    for (const auto& [slot, count] : others) slots[slot] = std::max(slots[slot], count);
  }
  void tell(const Slots& what) {
    for (const auto& peer : node.peers()) node.send(peer, "state", State{what});
  }

  Node& node;
  Slots slots;
};

struct MergesByOverwriting final : Replica {
  using Replica::Replica;
  void merge(const Slots& others) override { slots = others; }
};

struct SlotsWithoutIncarnation final : Replica {
  using Replica::Replica;
  std::string own_slot() const override { return node.id(); }
};

struct AcksBeforeStoring final : Replica {
  using Replica::Replica;
  void add(std::int64_t delta) override {
    node.after(500ms, [this, delta] { Replica::add(delta); });
  }
};

struct Delta {
  std::int64_t delta = 0;
  std::int64_t number = 0;
  MZNODE_FIELDS(delta, number)
};

struct Taken {
  std::int64_t number = 0;
  MZNODE_FIELDS(number)
};

/// Sends every delta to all others, once, or until it is acknowledged; whoever gets it adds it.
struct SendsDeltas {
  SendsDeltas(Node& owner, bool resends) : node(owner) {
    node.on("add", [this](Add request) {
      sum += request.delta;
      for (const auto& peer : node.peers()) {
        const Delta delta{request.delta, ++last};
        pending[delta.number] = {peer, delta};
        node.send(peer, "delta", delta);
      }
    });
    node.on("delta", [this](Delta delta, Request request) {
      sum += delta.delta;
      node.send(request.src, "taken", Taken{delta.number});
    });
    node.on("taken", [this](Taken taken) { pending.erase(taken.number); });
    node.on("read", [this] { return ReadOk{sum}; });
    if (!resends) return;
    node.every(500ms, [this] {
      for (const auto& [number, to] : pending) node.send(to.first, "delta", to.second);
    });
  }

  Node& node;
  std::int64_t sum = 0;
  std::int64_t last = 0;
  std::map<std::int64_t, std::pair<std::string, Delta>> pending;
};

/// The strategy seq-kv without what makes its reads recent.
struct ReadsStaleStates {
  explicit ReadsStaleStates(Node& owner) : node(owner), kv(seq_kv(owner)) {
    node.on_init([this] { own.emplace(node, kv, Json(node.id()), KvSum::Writers::one); });
    node.on("add", this, &ReadsStaleStates::add);
    node.on("read", this, &ReadsStaleStates::read);
  }
  Task<> add(Add request) { co_await own->add(request.delta); }
  Task<ReadOk> read() {
    std::int64_t sum = 0;
    for (const auto& id : node.node_ids()) {
      auto value = co_await kv.read_or(Json(id), KvSum::zero());
      sum += KvSum::sum_of(value);
    }
    co_return ReadOk{sum};
  }

  Node& node;
  Kv kv;
  std::optional<KvSum> own;
};

/// One key of lin-kv: how it is changed differs.
struct OneKey {
  explicit OneKey(Node& owner) : node(owner), kv(owner, "lin-kv", 100ms) { node.on("read", this, &OneKey::read); }
  static Json key() { return Json("sum"); }
  Task<std::int64_t> value() {
    auto found = co_await kv.read_or(key(), Json(0));
    co_return from_json<std::int64_t>(found);
  }
  Task<ReadOk> read() {
    auto sum = co_await value();
    co_return ReadOk{sum};
  }

  Node& node;
  Kv kv;
};

struct WritesOverOthers final : OneKey {
  explicit WritesOverOthers(Node& owner) : OneKey(owner) { node.on("add", this, &WritesOverOthers::add); }
  Task<> add(Add request) {
    auto sum = co_await value();
    const Json next(sum + request.delta);
    co_await kv.write(key(), next);
  }
};

struct RepeatsWhatTimedOut final : OneKey {
  explicit RepeatsWhatTimedOut(Node& owner) : OneKey(owner) { node.on("add", this, &RepeatsWhatTimedOut::add); }
  Task<> add(Add request) {
    for (;;) {
      try {
        auto sum = co_await value();
        const Json from(sum);
        const Json to(sum + request.delta);
        co_await kv.cas(key(), from, to, Kv::Create::yes);
        co_return;
      } catch (const Error&) {
        // Tried again, whatever became of it.
      }
    }
  }
};

}  // namespace

Installed counter_replica(Node& node) {
  return std::make_shared<Replica>(node);
}
Installed counter_overwrites(Node& node) {
  return std::make_shared<MergesByOverwriting>(node);
}
Installed counter_without_incarnation(Node& node) {
  return std::make_shared<SlotsWithoutIncarnation>(node);
}
Installed counter_acks_before_storing(Node& node) {
  return std::make_shared<AcksBeforeStoring>(node);
}
Installed counter_never_resends(Node& node) {
  return std::make_shared<SendsDeltas>(node, false);
}
Installed counter_resends_without_dedupe(Node& node) {
  return std::make_shared<SendsDeltas>(node, true);
}
Installed counter_reads_stale_states(Node& node) {
  return std::make_shared<ReadsStaleStates>(node);
}
Installed counter_writes_over_others(Node& node) {
  return std::make_shared<WritesOverOthers>(node);
}
Installed counter_repeats_what_timed_out(Node& node) {
  return std::make_shared<RepeatsWhatTimedOut>(node);
}

}  // namespace mznode::mutants
