#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/runtime.hpp"
#include "workloads/caspaxos/messages.hpp"
#include "workloads/caspaxos/peers.hpp"

namespace mznode::caspaxos {

/// What a client wants a value replaced by; the value itself when it only wants to see it. Free of side effects: it may
/// be computed several times (paper, section 2.1).
using Change = std::function<Value(const Value&)>;
/// Of changes that one proposer gets, a later one has a greater id.
using ChangeId = std::uint64_t;

/// Carries out what clients want done to one register. Pure: time, messages and chance come in, effects go out.
///
/// All changes that wait when a round begins share it. There are three kinds of rounds:
///  - Query, when probably nothing will change: a quorum that has accepted the same ballot proves that its state is
///    chosen, and that none later was when the round began, since that one's quorum would have a member in common with
///    this one. So it may be answered, whatever anybody has promised meanwhile.
///  - Prepare and Accept, the paper's. When the promises agree as the reports of a query must, and nothing changes,
///  there
///    is nothing to accept. Otherwise even an unchanged state is accepted again before anybody hears of it.
///  - Accept alone, when the last acceptance has brought the promises for this one (paper, section 2.2.1).
///
/// A round in doubt is followed by another, which must not carry the same change out twice: it finds the ballot of the
/// former attempt in the state, or else that attempt is not part of the state's history and never will be.
class Proposer {
 public:
  struct Config {
    std::uint64_t life = 0;
    /// Those who have not answered for so long, or twice as long as a round trip takes, are asked again.
    Duration patience = 100ms;
    /// 64 random bits, for backing off.
    std::function<std::uint64_t()> random = {};
  };
  struct Effects {
    struct Outgoing {
      Member to = 0;
      Request request;
    };
    struct Done {
      ChangeId id = 0;
      /// The value that the change was applied to.
      Value found;
    };
    std::vector<Outgoing> requests;
    std::vector<Done> done;
  };

  /// Both must outlive it.
  Proposer(const Config& config, Peers& peers) : config_(config), peers_(peers) {}

  void submit(Time now, ChangeId id, Change change);
  /// Gives a change up. True when it certainly has no effect and never will.
  [[nodiscard]] bool withdraw(ChangeId id);
  void receive(Time now, Member from, const Reply& reply);
  /// Learns from what the acceptor of this node holds.
  void observe(const Ballot& promised, const Accepted& accepted);
  /// Does what is due at `now`.
  void tick(Time now);
  /// When tick() will next have something to do.
  Time next_tick() const { return phase_ == Phase::idle ? Time::max() : due_; }
  Effects take_effects() { return std::exchange(effects_, {}); }
  bool is_idle() const { return phase_ == Phase::idle; }

 private:
  enum class Phase : std::uint8_t { idle, querying, preparing, accepting, backing_off };
  /// What becomes of a state when changes are applied to it.
  struct Outcome {
    State state;
    bool is_changed = false;
    /// The value that each of the changes found.
    std::map<ChangeId, Value> found;
  };
  /// A ballot that a quorum has promised, and the latest state that it had accepted.
  struct Prepared {
    Ballot ballot;
    Accepted latest;
  };

  void begin_round(Time now);
  void query(Time now);
  void prepare(Time now);
  void accept(Time now);
  void on(Time now, Member from, const Report& report);
  void on(Time now, Member from, const Promise& promise);
  void on(Time now, Member from, const Confirmation& confirmation);
  void on(Time now, Member from, const Conflict& conflict);

  Outcome apply(const State& state, const Ballot& ballot, ChangeId last) const;
  bool is_agreed(const Ballot& ballot) const;
  bool finish_unchanged(const Accepted& chosen);
  void finish(const std::map<ChangeId, Value>& found);
  void back_off(Time now);

  Ballot new_ballot() { return {++counter_, peers_.self(), config_.life}; }
  ChangeId last_waiting() const { return waiting_.empty() ? 0 : waiting_.rbegin()->first; }
  void ask(Time now, Phase phase, Request request, const std::vector<Member>& members);
  void ask_again(Time now);
  void ask_rest(Time now);
  void note_silent();
  void note_round_trip(Time now);
  void set_due(Time now);

  const Config& config_;
  Peers& peers_;
  std::uint64_t counter_ = 0;
  std::map<ChangeId, Change> waiting_;
  /// The state of the greatest ballot heard of: a guess at what is chosen.
  Accepted known_;
  std::optional<Prepared> prepared_;
  /// The accepted changes of which it is not known whether they are chosen.
  std::map<Ballot, std::map<ChangeId, Value>> attempts_;
  /// Rounds that failed, and askings that were not answered, since something succeeded.
  unsigned failures_ = 0;
  unsigned repetitions_ = 0;

  // Of the round
  Phase phase_ = Phase::idle;
  Ballot ballot_;
  Request request_;
  /// The last of the changes that were there when it began: what was accepted then is no answer to later ones.
  ChangeId last_covered_ = 0;
  Outcome outcome_;
  Ballot next_;
  std::set<Member> asked_;
  std::map<Member, Accepted> shown_;
  std::set<Member> confirmed_;
  std::set<Member> refused_;
  Time asked_at_;
  Time due_;

  Effects effects_;
};

}  // namespace mznode::caspaxos
