#include <algorithm>
#include <array>
#include <charconv>
#include <variant>

#include "mznode/node/kv.hpp"
#include "timeouts.hpp"
#include "txn/root.hpp"

namespace mznode::txn {
namespace {

/// Then all thunks are forgotten, and read again where they are needed.
constexpr std::size_t most_thunks = 20'000;
/// Transactions that share a commit; the others wait for the next.
constexpr std::size_t most_of_a_batch = 1'000;

/// The database is a tree of immutable nodes in the service lin-kv, and the key of its root there; a transaction
/// commits by compare-and-set of the root (Maelstrom, doc/05-datomic). Every transaction that waits when a commit
/// begins has part in it. One that only reads costs a read of the root, or nothing when it can ride on a commit.
class RootCas final : public Strategy {
 public:
  RootCas(Node& node, const OptionValues& options)
      : node_(node),
        kv_(node, "lin-kv", service_timeout(node)),
        window_(options.milliseconds("batch-ms")),
        root_bytes_(static_cast<std::size_t>(options.integer("root-bytes"))) {
    node.on("txn", this, &RootCas::txn);
  }

 private:
  using Answer = std::variant<MicroOps, Error>;
  struct Waiting {
    Waiting(Node& node, MicroOps micro_ops, Time received)
        : txn(std::move(micro_ops)), deadline(received + request_timeout(node)), answer(node.promise<Answer>()) {}
    MicroOps txn;
    Time deadline;
    Promise<Answer> answer;
  };
  using Batch = std::vector<std::shared_ptr<Waiting>>;
  using Answers = std::vector<Answer>;

  static Json root_key() { return Json("root"); }

  Task<Txn> txn(Txn request, Request about) {
    demand_known_functions(request.txn);
    const auto waiting = std::make_shared<Waiting>(node_, std::move(request.txn), about.received);
    waiting_.push_back(waiting);
    if (!is_serving_) node_.spawn(serve());
    auto answer = co_await waiting->answer.wait();
    if (const Error* error = std::get_if<Error>(&answer)) throw Error(*error);
    co_return Txn{std::get<MicroOps>(std::move(answer))};
  }

  Task<> serve() {
    is_serving_ = true;
    while (!waiting_.empty()) {
      if (window_ > Duration::zero()) co_await node_.sleep(window_);
      give_up_late_ones();
      if (waiting_.empty()) break;
      if (thunks_.size() > most_thunks) thunks_.clear();
      const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most_of_a_batch));
      const Batch batch(waiting_.begin(), waiting_.begin() + count);
      is_open_ = false;
      std::optional<Error> failure;
      try {
        co_await attempt(batch);
      } catch (const std::exception& error) {
        failure = is_open_
                      ? Error::received(ErrorCode::timeout, error.what())
                      : Error(ErrorCode::temporarily_unavailable, std::string("nothing was changed: ") + error.what());
      }
      if (failure) answer(batch, Answers(batch.size(), *failure));
    }
    is_serving_ = false;
  }

  void give_up_late_ones() {
    Batch late;
    std::copy_if(waiting_.begin(), waiting_.end(), std::back_inserter(late),
                 [this](const auto& it) { return it->deadline <= node_.now(); });
    const Error conflict(ErrorCode::txn_conflict, "other nodes were faster each time; try again");
    answer(late, Answers(late.size(), conflict));
  }

  /// Answers those of the batch that it can. The others are for the next attempt.
  Task<> attempt(Batch batch) {
    const Time begin = node_.now();
    Batch writers = batch;
    Batch readers;
    std::erase_if(writers, [&readers](const auto& it) {
      if (is_read_only(it->txn)) readers.push_back(it);
      return is_read_only(it->txn);
    });
    const bool is_fresh = others_write_ || writers.empty();
    if (is_fresh) co_await read_root();
    co_await load_for(batch);
    Draft draft(root_, thunks_);
    const Answers seen = run(readers, draft);
    if (is_fresh) answer(readers, seen);
    const Answers done = run(writers, draft);
    bool is_certain = is_fresh;
    if (draft.is_changed()) {
      auto is_committed = co_await commit(draft.root());
      is_certain = is_committed;
    }
    if (is_certain) {
      answer(readers, seen);
      answer(writers, done);
    } else {
      others_write_ = true;
      const Duration elapsed = node_.now() - begin;
      co_await pause(elapsed);
    }
  }

  static Answers run(const Batch& batch, Draft& draft) {
    Answers answers;
    for (const auto& waiting : batch) {
      try {
        answers.emplace_back(draft.run(waiting->txn));
      } catch (const Error& error) {
        answers.emplace_back(error);
      }
    }
    return answers;
  }

  void answer(const Batch& batch, const Answers& answers) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i]->answer.set(answers[i]);
      std::erase(waiting_, batch[i]);
    }
  }

  Task<> read_root() {
    const Json initial = to_json(Root());
    auto value = co_await kv_.read_or(root_key(), initial);
    auto root = stored_as<Root>(value);
    others_write_ = root.commits != root_.commits;
    root_ = std::move(root);
  }

  Task<> load_for(Batch batch) {
    const Draft draft(root_, thunks_);
    while (true) {
      std::set<ThunkId> missing;
      for (const auto& waiting : batch) missing.merge(draft.missing_for(waiting->txn));
      if (missing.empty()) co_return;
      co_await load(missing);
    }
  }

  Task<> load(std::set<ThunkId> ids) {
    std::vector<Task<Json>> reads;
    for (const ThunkId& id : ids) reads.push_back(kv_.read(Json(id)));
    auto values = co_await node_.when_all(std::move(reads));
    auto value = values.begin();
    for (const ThunkId& id : ids) thunks_.emplace(id, stored_as<Thunk>(*value++));
  }

  Task<> save(const Thunks* thunks) {
    std::vector<Task<bool>> writes;
    for (const auto& [id, thunk] : *thunks) writes.push_back(save_one(id, to_json(thunk)));
    co_await node_.when_all(std::move(writes));
  }
  Task<bool> save_one(ThunkId id, Json thunk) {
    const Json key(id);
    co_await kv_.write(key, std::move(thunk));
    co_return true;
  }

  /// Makes `next` the root in the place of `root_`. False when another node was faster: then nothing has changed.
  Task<bool> commit(Root next) {
    const NewId new_id = [this] { return this->new_id(); };
    Thunks made;
    while (next.recent.bytes() > root_bytes_) {
      const Spill spill = Spill::choose(next);
      while (true) {
        const std::set<ThunkId> missing = spill.missing(next, thunks_);
        if (missing.empty()) break;
        co_await load(missing);
      }
      spill.move(next, thunks_, new_id, made);
    }
    if (!made.empty()) co_await save(&made);
    next.commits[node_.id()] = new_id();
    auto is_committed = co_await swing(next);
    if (!is_committed) co_return false;
    root_ = std::move(next);
    thunks_.merge(made);
    co_return true;
  }

  Task<bool> swing(Root next) {
    const Json from = to_json(root_);
    const Json to = to_json(next);
    is_open_ = true;
    for (bool is_repeated = false;; is_repeated = true) {
      ErrorCode failure{};
      try {
        co_await kv_.cas(root_key(), from, to, Kv::Create::yes);
        co_return true;
      } catch (const Error& error) {
        if (error.code() != ErrorCode::precondition_failed && error.code() != ErrorCode::timeout) throw;
        failure = error.code();
      }
      if (failure == ErrorCode::precondition_failed && !is_repeated) co_return false;
      // It may have taken effect, or may still do so. That it cannot any more is certain as soon as the root is
      // another.
      auto value = co_await kv_.read_or(root_key(), from);
      auto commits = stored_as<Root>(value).commits;
      if (commits[node_.id()] == next.commits[node_.id()]) co_return true;
      if (commits != root_.commits) co_return false;
    }
  }

  /// Gives the others about the time of one attempt, so that not all fail all the time.
  Task<> pause(Duration attempt) {
    const auto longest = static_cast<std::uint64_t>(std::max<Duration>(attempt, 1ms).count());
    const Duration drawn(static_cast<std::int64_t>(node_.random_below(longest)));
    co_await node_.sleep(drawn);
  }

  /// Unique among all processes that ever ran.
  std::string new_id() {
    std::array<char, 13> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), node_.incarnation(), 36).ptr;
    return node_.id() + "-" + std::string(digits.data(), end) + "-" + std::to_string(++ids_);
  }

  Node& node_;
  Kv kv_;
  Duration window_;
  std::size_t root_bytes_;
  Thunks thunks_;
  Root root_;
  Batch waiting_;
  bool is_serving_ = false;
  /// A compare-and-set of this attempt has left.
  bool is_open_ = false;
  /// Somebody else committed between this node's last two looks at the root. Then it is worth a look before the next
  /// attempt, which would fail otherwise.
  bool others_write_ = true;
  std::uint64_t ids_ = 0;
};

}  // namespace

StrategyInfo root_cas_strategy() {
  return {.name = "root-cas",
          .summary = "a tree of immutable nodes in the service lin-kv; its root is swung by compare-and-set",
          .guarantees = {.model = "strict-serializable",
                         .survives = message_faults({Fault::kill, Fault::skew}),
                         .caveat = "needs the service lin-kv"},
          .options = {{.name = "batch-ms",
                       .default_value = 0,
                       .min = 0,
                       .max = 1'000,
                       .summary = "how long transactions wait for others to share a commit"},
                      {.name = "root-bytes",
                       .default_value = 2'000,
                       .min = 0,
                       .max = 1'000'000,
                       .summary = "changes that the root keeps to itself before the tree gets them"}},
          .install = install<RootCas>,
          .asks = asks_a_service()};
}

}  // namespace mznode::txn
