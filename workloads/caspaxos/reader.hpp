#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "caspaxos/effects.hpp"
#include "caspaxos/peers.hpp"

namespace mznode::caspaxos {

/// Finds out which state of a register is chosen without changing anything. Pure.
///
/// A quorum that has accepted the same ballot proves that its state is chosen. None later was chosen when the question
/// was asked: that one's quorum would have a member in common with this one. So the state may be shown to a client,
/// which asked before, whatever anybody has promised meanwhile. When the members disagree, only a proposal can tell.
///
/// The paper reads by a change that leaves the value as it is; this is its read without the write-back, as in the
/// registers of Attiya, Bar-Noy and Dolev when all replies agree.
class Reader {
 public:
  struct Found {
    ChangeId id = 0;
    /// Nothing when no state could be shown to be chosen.
    std::optional<Accepted> chosen;
  };

  /// `peers` must outlive it.
  explicit Reader(Peers& peers) : peers_(peers) {}

  void ask(Time now, ChangeId id);
  void forget(ChangeId id);
  void receive(Time now, Member from, const Report& report);
  /// Does what is due at `now`.
  void tick(Time now);
  /// When tick() will next have something to do.
  Time next_tick() const;
  std::vector<Outgoing> take_requests();
  std::vector<Found> take_found() { return std::exchange(found_, {}); }
  /// True when nobody waits for an answer.
  bool is_idle() const { return waiting_.empty() && questions_.empty() && requests_.empty() && found_.empty(); }

 private:
  using Number = std::uint64_t;
  /// Answers all who waited when it was put.
  struct Question {
    ChangeId last = 0;
    Time asked_at;
    Time due;
    std::set<Member> asked;
    std::map<Member, Accepted> shown;
  };

  void put(Time now);
  void put_to(Number number, Member member);
  void answer(ChangeId last, const std::optional<Accepted>& chosen);
  void rest();
  void check_step() const;
  bool is_agreed(const Question& question, const Ballot& ballot) const;

  Peers& peers_;
  std::set<ChangeId> waiting_;
  std::map<Number, Question> questions_;
  /// The last question is not sent yet, so that more may wait for its answer.
  bool is_open_ = false;
  unsigned repetitions_ = 0;
  std::vector<Outgoing> requests_;
  std::vector<Found> found_;
};

}  // namespace mznode::caspaxos
