#include <variant>

#include "forwarding.hpp"
#include "relay/relays.hpp"
#include "txn/database.hpp"
#include "txn/micro_ops.hpp"

namespace mznode::txn {
namespace {

/// The first node holds everything and carries out one transaction after the other. The others hand theirs on to it,
/// and do so again until they are answered: the numbers of what they hand on see to it that nothing is carried out
/// twice.
class Single final : public Strategy {
 public:
  Single(Node& node, const OptionValues&) : node_(node), relays_(node), sessions_(node) {
    relays_.carry_calls();
    node.on("txn", this, &Single::txn);
    node.on_peer("open_forwards", [this](OpenForwards open, Request request) {
      return ForwardsOpened{forwards_.open(request.src, open.life, {node_.incarnation(), node_.next_count()})};
    });
    node.on_peer("carry_out", [this](Forwarded forwarded, Request request) {
      demand(node_.id() == node_.node_ids().front(), "the first node carries transactions out, and this is another");
      return carry_out_once(forwarded, request.src);
    });
  }

 private:
  struct Forwarded {
    static constexpr bool idempotent = true;
    ForwardSession session;
    /// Counts the transactions of the sender.
    std::uint64_t number = 0;
    /// The lowest number whose answer the sender still waits for.
    std::uint64_t oldest = 0;
    MicroOps txn;
    MZNODE_FIELDS(session, number, oldest, txn)
    void validate() const {
      demand(oldest <= number, "the oldest that is waited for is no later than this one");
      demand_known_functions(txn);
    }
  };
  using Answer = std::variant<MicroOps, Error>;

  Task<Txn> txn(Txn request) {
    demand_known_functions(request.txn);
    if (node_.id() == node_.node_ids().front()) co_return Txn{database_.run(std::move(request.txn))};
    co_return co_await forward(std::move(request.txn));
  }

  Task<Txn> forward(MicroOps txn) {
    const std::string& first = node_.node_ids().front();
    RetryPolicy policy = forwarding_policy(node_.client_timeout());
    const Time begin = node_.now();
    auto session = co_await sessions_.with(first, policy);
    policy.deadline -= node_.now() - begin;
    const ForwardNumbers::Waiting waiting(forward_numbers_);
    const Forwarded forwarded{
        .session = session, .number = waiting.number(), .oldest = waiting.oldest(), .txn = std::move(txn)};
    try {
      auto reply = co_await node_.retry(first, "carry_out", forwarded, policy);
      co_return reply.as<Txn>();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::abort) sessions_.drop(first, session);
      if (error.code() != ErrorCode::malformed_request) throw;
      throw Error(ErrorCode::malformed_request, error.what());  // every repetition gets the same answer
    }
  }

  Txn carry_out_once(const Forwarded& forwarded, const std::string& src) {
    const ForwardId id{src, forwarded.session, forwarded.number};
    forwards_.forget(id, forwarded.oldest);
    if (forwards_.is_over(id)) {
      throw Error(ErrorCode::abort, "nobody waits for this any more, or its session is over");
    }
    auto answer = forwards_.find(id);
    if (!answer) {
      answer = run(forwarded.txn);
      forwards_.note(id, *answer);
    }
    if (const Error* error = std::get_if<Error>(&*answer)) throw Error(*error);
    return {std::get<MicroOps>(*std::move(answer))};
  }

  /// A refusal is an answer as well: carried out later, when it may succeed, the transaction would take effect after
  /// its client has heard that it did not.
  Answer run(const MicroOps& txn) {
    try {
      return database_.run(txn);
    } catch (const Error& error) {
      return error;
    }
  }

  Node& node_;
  relay::Relays relays_;
  Database database_;
  ForwardSessions sessions_;
  ForwardNumbers forward_numbers_;
  Forwards<Answer> forwards_;
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
          .install = install<Single>,
          .asks = asks_another_node()};
}

}  // namespace mznode::txn
