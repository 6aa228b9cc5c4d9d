#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "lin_kv/lin_kv.hpp"

namespace mznode::linearizable_kv {
namespace {

using KeyAnd = std::pair<Json, Json>;

class RegisterClient final : public sim::Client {
 public:
  RegisterClient(sim::Connection& connection, std::string node, const sim::ClientOptions& options)
      : connection_(connection),
        node_(std::move(node)),
        timeout_(std::max<Duration>(client_timeout_latencies * std::chrono::milliseconds(options.mean_latency_ms),
                                    client_timeout)) {}

  Task<Json> invoke(check::Operation operation) override {
    const auto target = from_json<KeyAnd>(operation.value);
    if (operation.f == "read") {
      const Read request{target.first};
      auto reply = co_await connection_.call<ReadOk>(node_, "read", request, timeout_);
      const KeyAnd value(target.first, reply.value);
      co_return to_json(value);
    }
    if (operation.f == "write") {
      const Write request{target.first, target.second};
      co_await connection_.call<Empty>(node_, "write", request, timeout_);
      co_return operation.value;
    }
    const auto change = from_json<KeyAnd>(target.second);
    const Cas request{target.first, change.first, change.second};
    co_await connection_.call<Empty>(node_, "cas", request, timeout_);
    co_return operation.value;
  }
  bool is_idempotent(const std::string& f) const override { return f == "read"; }

 private:
  sim::Connection& connection_;
  std::string node_;
  Duration timeout_;
};

/// One key after the other for each group of 2n workers. Of all workers the first n only read, since upstream counts
/// those from the beginning of the test and not of the group; the others write and compare-and-set, one to two. So
/// reads are 1 / 2g of the operations of g groups. A key is done when one more operation could bring it above 20
/// processes, because the checker's work grows with them (Jepsen, independent.clj, concurrent-generator;
/// tests/linearizable_register.clj; generator.clj, reserve, process-limit).
class RegisterGenerator final : public sim::Generator {
 public:
  explicit RegisterGenerator(const sim::ClientOptions& options)
      : readers_(options.nodes.size()), workers_(options.concurrency) {
    if (workers_ == 0 || workers_ % group_size() != 0) {
      throw std::invalid_argument(
          "lin-kv needs a --concurrency that is a multiple of twice the number of nodes, such as 2n; " +
          std::to_string(workers_) + " is no multiple of " + std::to_string(group_size()));
    }
    for (std::size_t worker = 0; worker < workers_; ++worker) process_.push_back(static_cast<std::int64_t>(worker));
    groups_.resize(workers_ / group_size());
    for (Group& group : groups_) group.key = next_key_++;
  }

  /// A group, and in the first group readers or writers: all that have somebody free have the same chance, as where
  /// Jepsen's generators break ties. Then whose turn it is in the ring of the whole test, which in most groups is the
  /// first who is free.
  std::size_t choose(const std::vector<std::size_t>& free, const sim::Ring& ring, sim::Random& random) override {
    std::vector<std::size_t> left = free;
    keep_one(left, random, [this](std::size_t worker) { return worker / group_size(); });
    keep_one(left, random, [this](std::size_t worker) { return std::size_t{is_reader(worker)}; });
    return ring.next(left);
  }

  std::optional<check::Operation> next(std::size_t worker, sim::Random& random) override {
    Group& group = groups_[worker / group_size()];
    if (!admit_all(group, worker)) {
      group = {.key = next_key_++, .processes = {}};
      admit_all(group, worker);
    }
    const Json key(group.key);
    const auto with_key = [&](Json argument) { return to_json(KeyAnd(key, std::move(argument))); };
    if (is_reader(worker)) return sim::operation("read", with_key(Json()));
    if (random.below(3) == 0) return sim::operation("write", with_key(Json(random.below(values))));
    const Json from(random.below(values));
    const Json to(random.below(values));
    return sim::operation("cas", with_key(to_json(KeyAnd(from, to))));
  }

  void update(std::size_t worker, const check::Operation& event) override {
    if (event.type == check::Type::info) process_[worker] += static_cast<std::int64_t>(workers_);
  }

 private:
  static constexpr std::uint64_t values = 5;
  static constexpr std::size_t process_limit = 20;

  struct Group {
    std::int64_t key = 0;
    std::set<std::int64_t> processes = {};
  };

  std::size_t group_size() const { return 2 * readers_; }
  bool is_reader(std::size_t worker) const { return worker < readers_; }

  /// Counts all processes of a worker's group as users of its key, whichever of them works now. False when they are too
  /// many; a group that is too large from the start would have no keys at all, so there upstream's limit is lifted.
  bool admit_all(Group& group, std::size_t worker) {
    const std::size_t first = worker - worker % group_size();
    std::set<std::int64_t> processes = group.processes;
    for (std::size_t i = first; i < first + group_size(); ++i) processes.insert(process_[i]);
    if (processes.size() > std::max(process_limit, group_size())) return false;
    group.processes = std::move(processes);
    return true;
  }

  /// Keeps the workers of one class, drawn from those that occur.
  template <class ClassOf>
  static void keep_one(std::vector<std::size_t>& workers, sim::Random& random, ClassOf&& class_of) {
    std::vector<std::size_t> classes;
    for (const std::size_t worker : workers) {
      if (std::find(classes.begin(), classes.end(), class_of(worker)) == classes.end())
        classes.push_back(class_of(worker));
    }
    const std::size_t chosen = random.pick(classes);
    std::erase_if(workers, [&](std::size_t worker) { return class_of(worker) != chosen; });
  }

  std::size_t readers_;
  std::size_t workers_;
  std::vector<std::int64_t> process_;
  std::vector<Group> groups_;
  std::int64_t next_key_ = 0;
};

}  // namespace

sim::TestSpec lin_kv_test() {
  return {
      .make_client =
          [](sim::Connection& connection, const std::string& node, const sim::ClientOptions& options) {
            return std::make_unique<RegisterClient>(connection, node, options);
          },
      .make_generator = [](const sim::ClientOptions& options) { return std::make_unique<RegisterGenerator>(options); },
      .kinds = {"cas", "read", "write"},
      .final_operation = std::nullopt,
      .default_workers_per_node = 2,
      .reuses_clients = true};
}

}  // namespace mznode::linearizable_kv
