#include <set>

#include "workloads/txn/store.hpp"

namespace mznode::txn {
namespace {

/// The first node holds everything and carries out one transaction after the other. The others hand theirs on to it,
/// and do so again until they are answered: the numbers of what they hand on see to it that nothing is carried out
/// twice.
class Single final : public Strategy {
 public:
  Single(Node& node, const OptionValues&) : node_(node) {
    node.on("txn", this, &Single::txn);
    node.on("carry_out",
            [this](Forwarded forwarded, Request request) { return carry_out_once(forwarded, request.src); });
  }

 private:
  struct Forwarded {
    static constexpr bool idempotent = true;
    /// The incarnation of the sender, and a number that counts its transactions.
    std::uint64_t life = 0;
    std::uint64_t number = 0;
    /// The lowest number whose answer the sender still waits for.
    std::uint64_t oldest = 0;
    MicroOps txn;
    MZNODE_FIELDS(life, number, oldest, txn)
  };
  /// Says that a number is not waited for any more, however the wait ends.
  struct UnderWay {
    ~UnderWay() { numbers.erase(number); }
    std::set<std::uint64_t>& numbers;
    std::uint64_t number;
  };
  /// The answers that the life of a node may still ask for again.
  struct Answers {
    std::uint64_t oldest = 0;
    std::map<std::uint64_t, MicroOps> by_number;
  };

  Task<Txn> txn(Txn request) {
    demand_known_functions(request.txn);
    if (node_.id() == node_.node_ids().front()) co_return Txn{store_.run(std::move(request.txn))};
    co_return co_await forward(std::move(request.txn));
  }

  Task<Txn> forward(MicroOps txn) {
    const UnderWay under_way{under_way_, ++last_number_};
    under_way_.insert(under_way.number);
    const Forwarded forwarded{
        .life = node_.incarnation(), .number = under_way.number, .oldest = *under_way_.begin(), .txn = std::move(txn)};
    try {
      auto reply = co_await node_.retry(node_.node_ids().front(), "carry_out", forwarded);
      co_return reply.as<Txn>();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::malformed_request) throw;
      throw Error(ErrorCode::malformed_request, error.what());  // every repetition gets the same answer
    }
  }

  Txn carry_out_once(const Forwarded& forwarded, const std::string& src) {
    Answers& answers = answers_[{src, forwarded.life}];
    answers.oldest = std::max(answers.oldest, forwarded.oldest);
    answers.by_number.erase(answers.by_number.begin(), answers.by_number.lower_bound(answers.oldest));
    if (const auto known = answers.by_number.find(forwarded.number); known != answers.by_number.end())
      return {known->second};
    if (forwarded.number < answers.oldest) throw Error(ErrorCode::timeout, "nobody waits for this any more");
    return {answers.by_number[forwarded.number] = store_.run(forwarded.txn)};
  }

  Node& node_;
  Store store_;
  std::uint64_t last_number_ = 0;
  std::set<std::uint64_t> under_way_;
  std::map<std::pair<std::string, std::uint64_t>, Answers> answers_;
};

}  // namespace

StrategyInfo single_strategy() {
  return {.name = "single",
          .summary = "the first node holds everything and runs one transaction at a time; the others ask it",
          .guarantees = {.model = "strict-serializable",
                         .available = false,
                         .survives = message_faults({Fault::skew}),
                         .caveat = "everything is lost with the first node"},
          .options = {},
          .install = install<Single>};
}

}  // namespace mznode::txn
