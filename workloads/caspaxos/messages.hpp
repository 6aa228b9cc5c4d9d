#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "incarnation.hpp"
#include "member.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/peer_message.hpp"
#include "relay/messages.hpp"

/// CASPaxos, after Rystsov, "CASPaxos: Replicated State Machines without logs" (2018, arXiv 1802.07000, "the paper"):
/// a register that any node can change by consensus on its next state, without a leader and without a log. Names are
/// those of the paper where it has one. What validate() demands is so whatever the state of the node that sends the
/// message.
namespace mznode::caspaxos {

/// What a register holds; CASPaxos does not look inside. Null is the paper's ∅: it was never written.
using Value = Json;

/// Unique for ever: a process that has lost its memory counts anew, but is another incarnation.
struct Ballot {
  std::uint64_t counter = 0;
  Member proposer = 0;
  Incarnation life = 0;
  MZNODE_FIELDS(counter, proposer, life)
  MZNODE_IDENTITIES(life)
  auto operator<=>(const Ballot&) const = default;
};

/// A value, and whose changes have led to it: of every proposer that has changed the register, the ballot of its last
/// change. It tells a proposer that an attempt of its own which it took for lost took effect after all. The paper
/// leaves this to the clients; the idea is that of Raft's sessions.
struct State {
  Value value;
  std::vector<Ballot> changes;
  MZNODE_FIELDS(value, changes)
  bool operator==(const State&) const = default;
};

/// The state that an acceptor has accepted, and by which ballot; the default is that of a register nobody has written.
struct Accepted {
  Ballot ballot;
  State state;
  MZNODE_FIELDS(ballot, state)
  void validate() const {
    for (const Ballot& change : state.changes)
      demand(change <= ballot, "a change is no later than the state it led to");
  }
};

// ---- From a proposer to an acceptor

struct Prepare {
  Ballot ballot;
  MZNODE_FIELDS(ballot)
  void validate() const { demand(ballot.counter > 0, "ballots count from 1"); }
  relay::Token asks() const { return {relay::Token::Kind::prepare, ballot.counter, ballot.life}; }
};

struct Accept {
  Ballot ballot;
  State state;
  /// A Prepare of the proposer's next ballot rides along (paper, section 2.2.1).
  Ballot next;
  MZNODE_FIELDS(ballot, state, next)
  void validate() const {
    Accepted{ballot, state}.validate();
    demand(ballot.counter > 0 && next > ballot, "ballots count from 1, and the next one is greater");
    demand(next.proposer == ballot.proposer && next.life == ballot.life, "both ballots are of one proposer");
  }
  relay::Token asks() const { return {relay::Token::Kind::accept, ballot.counter, ballot.life}; }
};

/// Asks what an acceptor has accepted, and leaves it as it is.
struct Query {
  /// Of the process that asks, which counts its questions.
  Incarnation life = 0;
  std::uint64_t number = 0;
  MZNODE_FIELDS(life, number)
  MZNODE_IDENTITIES(life)
  relay::Token asks() const { return {relay::Token::Kind::query, number, life}; }
};

using Request = std::variant<Prepare, Accept, Query>;

// ---- And back; what names the request comes back with it

/// Nothing of a lesser ballot will be accepted any more.
struct Promise {
  Ballot ballot;
  Accepted accepted;
  MZNODE_FIELDS(ballot, accepted)
  void validate() const { demand(accepted.ballot < ballot, "what is accepted was promised before"); }
  relay::Token answers() const { return {relay::Token::Kind::prepare, ballot.counter, ballot.life}; }
};

/// The state is accepted, and the next ballot promised.
struct Confirmation {
  Ballot ballot;
  MZNODE_FIELDS(ballot)
  relay::Token answers() const { return {relay::Token::Kind::accept, ballot.counter, ballot.life}; }
};

/// A greater ballot was promised before.
struct Conflict {
  Ballot ballot;
  Ballot promised;
  MZNODE_FIELDS(ballot, promised)
  void validate() const { demand(promised > ballot, "only a greater promise stands in the way"); }
};

/// The answer to a Query.
struct Report {
  Incarnation life = 0;
  std::uint64_t number = 0;
  Accepted accepted;
  MZNODE_FIELDS(life, number, accepted)
  MZNODE_IDENTITIES(life)
  relay::Token answers() const { return {relay::Token::Kind::query, number, life}; }
};

using Reply = std::variant<Promise, Confirmation, Conflict, Report>;

}  // namespace mznode::caspaxos
