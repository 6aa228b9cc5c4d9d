#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "caspaxos/effects.hpp"
#include "caspaxos/peers.hpp"

namespace mznode::caspaxos {

/// Carries out changes of one register (paper, section 2.2). Pure.
///
/// All changes that wait share a round: it prepares a ballot, learns the latest state that a quorum has accepted,
/// applies the changes to it and has the result accepted. Even a state that they leave as it is must be accepted again,
/// unless the promises show that a quorum has accepted it already. An acceptance brings the promises for the next
/// ballot, so that as long as no competitor comes a round takes one round trip (paper, section 2.2.1).
///
/// A round in doubt is followed by another, which must not carry the same change out twice: it finds the ballot of the
/// former attempt in the state, or else that attempt is not part of the state's history and never will be.
///
/// It has more than 12 members because all of the state of its half of the protocol is here, in one state machine: what
/// waits, what is known, and the round that is under way, whose members stand behind "Of the round".
class Proposer {
 public:
  /// `peers` must outlive it.
  explicit Proposer(Peers& peers) : peers_(peers) {}

  void submit(Time now, ChangeId id, Change change);
  /// Gives a change up. True when it certainly has no effect and never will.
  [[nodiscard]] bool withdraw(ChangeId id);
  void receive(Time now, Member from, const Promise& promise);
  void receive(Time now, Member from, const Confirmation& confirmation);
  void receive(Time now, Member from, const Conflict& conflict);
  /// Learns from what the acceptor of this node has promised and accepted.
  void observe(Time now, const Ballot& promised, const Accepted& accepted);
  /// Does what is due at `now`.
  void tick(Time now);
  /// When tick() will next have something to do.
  Time next_tick() const { return phase_ == Phase::idle ? Time::max() : due_; }
  std::vector<Outgoing> take_requests() { return std::exchange(requests_, {}); }
  std::vector<Done> take_done() { return std::exchange(done_, {}); }

  /// The greatest counter of a ballot that this node has heard of.
  std::uint64_t counter() const { return counter_; }
  /// True when it has never numbered a ballot nor heard of one, and nothing waits: another one would do as well.
  bool is_blank() const {
    return counter_ == 0 && known_.ballot == Ballot() && seen_promise_ == Ballot() && phase_ == Phase::idle &&
           waiting_.empty() && requests_.empty() && done_.empty();
  }
  /// Probably the value of the register.
  const Value& guess() const { return (prepared_ ? prepared_->latest : known_).state.value; }

 private:
  enum class Phase : std::uint8_t { idle, preparing, accepting, backing_off };
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
  void prepare(Time now);
  std::uint64_t lead() const;
  void accept(Time now);
  Duration turn_after(Member competitor) const;
  void fail(Time now);
  void wait(Time until);
  bool finish_unchanged();
  void finish(const std::map<ChangeId, Value>& found);
  void rest();
  bool is_relied_on(ChangeId id, const Change& change) const;
  void check_step();

  Outcome apply(const State& state, const Ballot& ballot, ChangeId last) const;
  Ballot new_ballot() { return {++counter_, peers_.self(), peers_.incarnation()}; }
  ChangeId last_waiting() const { return waiting_.empty() ? 0 : waiting_.rbegin()->first; }
  bool is_of(Phase phase, const Ballot& ballot) const { return phase_ == phase && ballot == ballot_; }
  bool has_answered(Member member) const { return promised_.contains(member) || confirmed_.contains(member); }

  void ask(Time now, Phase phase, Request request, const std::vector<Member>& members);
  void ask_again(Time now);
  void note_round_trip(Time now);

  Peers& peers_;
  std::uint64_t counter_ = 0;
  std::map<ChangeId, Change> waiting_;
  /// The state of the greatest ballot heard of: a guess at what is chosen.
  Accepted known_;
  std::optional<Prepared> prepared_;
  /// The accepted changes of which it is not known whether they are chosen.
  std::map<Ballot, std::map<ChangeId, Value>> attempts_;
  /// When a competitor who has prepared should be done.
  Time yield_until_;
  Ballot seen_promise_;
  /// Rounds that failed, and askings that were not answered, since something succeeded.
  unsigned failures_ = 0;
  unsigned repetitions_ = 0;

  // Of the round
  Phase phase_ = Phase::idle;
  Ballot ballot_;
  Request request_;
  /// The last of the changes that waited when it began: what was accepted then is no answer to later ones.
  ChangeId last_covered_ = 0;
  Outcome outcome_;
  Ballot next_;
  std::set<Member> asked_;
  std::map<Member, Accepted> promised_;
  std::set<Member> confirmed_;
  std::set<Member> refused_;
  Time asked_at_;
  Time due_;

  std::vector<Outgoing> requests_;
  std::vector<Done> done_;

  /// Those of the step before.
  std::uint64_t checked_counter_ = 0;
  Ballot checked_ballot_;
};

}  // namespace mznode::caspaxos
