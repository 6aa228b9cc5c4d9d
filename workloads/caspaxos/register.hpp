#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "caspaxos/acceptor.hpp"
#include "caspaxos/proposer.hpp"
#include "caspaxos/reader.hpp"

namespace mznode::caspaxos {

/// A node's share of one register. Pure: time, messages and chance come in, requests and results go out.
class Register {
 public:
  struct Effects {
    std::vector<Outgoing> requests;
    std::vector<Done> done;
  };

  /// `peers` must outlive it.
  explicit Register(Peers& peers) : peers_(peers), proposer_(peers), reader_(peers) {}

  /// Takes what an earlier process has made durable, record by record.
  void restore(Time now, const Acceptor::Saved& saved);
  /// Asks for a change; one that will probably leave the value as it is costs no more than a question.
  void submit(Time now, ChangeId id, Change change);
  /// Gives a change up. True when it certainly has no effect and never will.
  [[nodiscard]] bool withdraw(ChangeId id);
  /// What the acceptor says, once it is durable.
  Reply answer(Time now, const Request& request);
  /// What a proposer learns from a request to this node, whose acceptor does not answer because it is none.
  void overhear(Time now, const Request& request);
  void receive(Time now, Member from, const Reply& reply);
  /// Does what is due at `now`.
  void tick(Time now);
  /// When tick() will next have something to do; never as long as no change waits.
  Time next_tick() const { return std::min(proposer_.next_tick(), reader_.next_tick()); }
  Effects take_effects();
  /// True when it is as one that was just made, and nobody waits: then nothing is lost with it.
  bool is_blank() const {
    return acceptor_.is_blank() && proposer_.is_blank() && reader_.is_idle() && asking_.empty() && done_.empty();
  }

  /// The greatest counter of a ballot that this node has heard of.
  std::uint64_t counter() const { return proposer_.counter(); }
  Acceptor& acceptor() { return acceptor_; }
  const Acceptor& acceptor() const { return acceptor_; }

 private:
  void settle_questions(Time now);

  Peers& peers_;
  Acceptor acceptor_;
  Proposer proposer_;
  Reader reader_;
  /// Those of which it is being asked whether they will change anything.
  std::map<ChangeId, Change> asking_;
  std::vector<Done> done_;
};

}  // namespace mznode::caspaxos
