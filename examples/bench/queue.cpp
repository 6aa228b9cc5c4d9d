// A workload that Maelstrom does not have, a first-in-first-out queue: its messages, client, generator and checker, a
// right node and a broken one.
//
//     bench_queue test -w queue -s shared --nemesis swarm --seeds 1..200
//     bench_queue test -w queue -s local --seeds 1..20 --shrink
#include <deque>
#include <mznode/bench.hpp>
#include <mznode/check/sequential.hpp>

using namespace mznode;

// What clients and nodes say to each other.
struct Enqueue {
  Json value;
  MZNODE_FIELDS(value)
};
struct DequeueOk {
  Json value;  // null when the queue is empty
  MZNODE_FIELDS(value)
};

/// What a queue does, one operation after the other. The checker looks for an order of all operations that it allows.
struct Queue {
  std::vector<Json> items = {};
  MZNODE_FIELDS(items)

  std::optional<Queue> step(const check::Call& call) const {
    Queue next = *this;
    if (call.f == "enqueue") {
      next.items.push_back(call.argument);
      return next;
    }
    const Json front = items.empty() ? Json() : items.front();
    if (call.result && *call.result != front) return std::nullopt;
    if (!items.empty()) next.items.erase(next.items.begin());
    return next;
  }
  bool operator==(const Queue&) const = default;
};

/// How long a client waits for an answer. An operation without one may have happened at any time, or never, and each
/// doubles the checker's work; so it is longer than a fault usually lasts.
constexpr Duration patience = 15s;

/// Performs the operations on one node.
class QueueClient final : public sim::Client {
 public:
  QueueClient(sim::Connection& connection, std::string node) : connection_(connection), node_(std::move(node)) {}

  Task<Json> invoke(check::Operation operation) override {
    if (operation.f == "enqueue") {
      const Enqueue request{operation.value};
      co_await connection_.call<Empty>(node_, "enqueue", request, patience);
      co_return operation.value;
    }
    const Empty request;
    auto reply = co_await connection_.call<DequeueOk>(node_, "dequeue", request, patience);
    co_return reply.value;
  }
  bool is_idempotent(const std::string&) const override { return false; }

 private:
  sim::Connection& connection_;
  std::string node_;
};

/// Puts 0, 1, 2 and so on into the queue. Takes out more often, so that the queue stays short and a mistake shows soon.
class QueueGenerator final : public sim::Generator {
 public:
  std::optional<check::Operation> next(std::size_t, sim::Random& random) override {
    return random.chance(40) ? sim::operation("enqueue", next_++) : sim::operation("dequeue");
  }

 private:
  std::int64_t next_ = 0;
};

WorkloadInfo queue_workload() {
  return {
      .name = "queue",
      .summary = "a queue: what went in first comes out first, once",
      .client_timeout = patience,
      .test = {.make_client = [](sim::Connection& connection, const std::string& node,
                                 const sim::ClientOptions&) { return std::make_unique<QueueClient>(connection, node); },
               .make_generator = [](const sim::ClientOptions&) { return std::make_unique<QueueGenerator>(); },
               .kinds = {"enqueue", "dequeue"}},
      .strategies = {},
      .check = check::linearizable<Queue>()};
}

/// Keeps the queue in the service lin-kv and changes it by compare-and-set.
class SharedQueue {
 public:
  explicit SharedQueue(Node& node) : node_(node), kv_(lin_kv(node)) {
    node.on("enqueue", this, &SharedQueue::enqueue);
    node.on("dequeue", this, &SharedQueue::dequeue);
  }

 private:
  struct Stored {
    std::vector<Json> items;
    // Whose change it is, so that a node whose compare-and-set was not answered knows its own change when it sees it.
    std::string writer;
    std::uint64_t number = 0;
    MZNODE_FIELDS(items, writer, number)
  };

  Task<> change_items(std::function<void(std::vector<Json>&)> change) {
    const std::uint64_t number = node_.next_count();
    auto with_author = [this, number, change](const Json& value) {
      auto stored = stored_as<Stored>(value);
      change(stored.items);
      stored.writer = node_.id() + " " + std::to_string(node_.incarnation());
      stored.number = number;
      return to_json(stored);
    };
    const Json nothing = to_json(Stored());
    co_await kv_.update("queue", nothing, std::move(with_author));
  }

  Task<> enqueue(Enqueue request) {
    auto append = [value = request.value](std::vector<Json>& items) { items.push_back(value); };
    co_await change_items(std::move(append));
  }

  Task<DequeueOk> dequeue() {
    DequeueOk taken;
    auto take = [&taken](std::vector<Json>& items) {
      taken.value = items.empty() ? Json() : items.front();
      if (!items.empty()) items.erase(items.begin());
    };
    co_await change_items(std::move(take));
    co_return taken;
  }

  Node& node_;
  Kv kv_;
};

/// Forgets that the others are there.
class LocalQueue {
 public:
  explicit LocalQueue(Node& node) {
    node.on("enqueue", [this](Enqueue request) { items_.push_back(request.value); });
    node.on("dequeue", [this] {
      DequeueOk taken{items_.empty() ? Json() : items_.front()};
      if (!items_.empty()) items_.pop_front();
      return taken;
    });
  }

 private:
  std::deque<Json> items_;
};

int main(int argc, char** argv) {
  const Guarantees promised{.model = "linearizable", .survives = message_faults()};
  return bench::main(argc, argv,
                     {bench::strategy<SharedQueue>("queue", "shared", "one queue, in lin-kv", promised),
                      bench::strategy<LocalQueue>("queue", "local", "each node has a queue of its own (broken)")},
                     {queue_workload()});
}
