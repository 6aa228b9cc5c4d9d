// A grow-only counter in the service seq-kv, which may answer from an old state; with a broken sister who believes it.
//
//     bench_seq_kv_counter test -w g-counter -s recent --nemesis swarm --seeds 1..200
//     bench_seq_kv_counter test -w g-counter -s stale --seeds 1..20 --shrink
#include <mznode/bench.hpp>

using namespace mznode;

struct Add {
  std::int64_t delta = 0;
  MZNODE_FIELDS(delta)
};
struct ReadOk {
  std::int64_t value = 0;
  MZNODE_FIELDS(value)
};

/// Each node adds to a key of its own, so that no two compete for one; the counter is the sum of all keys.
class Recent {
 public:
  explicit Recent(Node& node) : node_(node), kv_(seq_kv(node)) {
    node.on("add", this, &Recent::add);
    node.on("read", this, &Recent::read);
  }
  virtual ~Recent() = default;

 protected:
  /// What a key of the service holds.
  struct Part {
    std::int64_t total = 0;
    // Which change made it. A compare-and-set without an answer is recognised by that.
    std::string change = {};
    MZNODE_FIELDS(total, change)
  };
  const Json nothing_ = to_json(Part());

  /// A part, no older than what any node had acknowledged when this began. To write something new forces that, for
  /// this read and all later ones of this node.
  virtual Task<Json> read_recent(std::string node) { co_return co_await kv_.sync_read_or(node, nothing_); }

  Node& node_;
  Kv kv_;

 private:
  Task<> add(Add request) {
    auto change = [this, delta = request.delta](const Json& value) {
      auto part = stored_as<Part>(value);
      part.total += delta;
      part.change = std::to_string(node_.incarnation()) + "-" + std::to_string(node_.next_count());
      return to_json(part);
    };
    co_await kv_.update(node_.id(), nothing_, std::move(change));
  }

  Task<ReadOk> read() {
    auto own = co_await read_recent(node_.id());
    std::vector<Task<Json>> reads;
    for (const std::string& peer : node_.peers()) reads.push_back(kv_.read_or(peer, nothing_));
    auto others = co_await node_.when_all(std::move(reads));
    ReadOk sum{stored_as<Part>(own).total};
    for (const Json& part : others) sum.value += stored_as<Part>(part).total;
    co_return sum;
  }
};

/// Broken: reads whatever the service feels like.
class Stale final : public Recent {
 public:
  using Recent::Recent;

 private:
  Task<Json> read_recent(std::string node) override { co_return co_await kv_.read_or(node, nothing_); }
};

int main(int argc, char** argv) {
  const Guarantees promised{.model = "eventually consistent, with recent reads",
                            .survives = message_faults({Fault::kill, Fault::skew}),
                            .caveat = "needs the service seq-kv"};
  return bench::main(argc, argv,
                     {bench::strategy<Recent>("g-counter", "recent", "a key for each node in seq-kv", promised),
                      bench::strategy<Stale>("g-counter", "stale", "the same, with reads that may be old (broken)")});
}
