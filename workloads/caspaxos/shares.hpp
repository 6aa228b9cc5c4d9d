#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "caspaxos/register.hpp"
#include "mznode/json/json.hpp"

namespace mznode::caspaxos {

/// A node's shares of the registers of all keys. What the node asks of itself it answers here, and what it answers
/// waits like every other answer until it is durable. A node that is no acceptor takes part as a proposer only. Pure.
class Shares {
 public:
  struct OutgoingRequest {
    Member to = 0;
    Json key;
    Request request;
  };
  /// One that is to be sent, possibly to the node itself.
  struct OutgoingReply {
    Member to = 0;
    Json key;
    Reply reply;
  };
  /// What proposers want: it rests on nothing that must be durable.
  struct Urgent {
    std::vector<OutgoingRequest> requests = {};
    std::vector<Done> done = {};
  };
  /// What acceptors say, and what of them must be durable before anybody hears it.
  struct Effects {
    std::vector<std::pair<Json, Acceptor::Saved>> unsaved = {};
    std::vector<OutgoingReply> replies = {};
  };

  explicit Shares(Peers::Config config) : peers_(std::move(config)) {}

  /// Takes what an earlier process has made durable, record by record.
  void restore(Time now, const Json& key, const Acceptor::Saved& saved) { find(key).restore(now, saved); }
  bool is_acceptor() const { return is_acceptor_; }
  /// This memory is the only one that the node has ever had: it has promised and accepted what it knows of.
  void become_acceptor() { is_acceptor_ = true; }

  void submit(Time now, const Json& key, ChangeId id, Change change);
  /// Gives a change up. True when it certainly has no effect and never will.
  [[nodiscard]] bool withdraw(const Json& key, ChangeId id);
  void answer(Time now, const Json& key, Member from, const Request& request);
  /// False when nobody waits for it any more, and nothing will come of it.
  bool receive(Time now, const Json& key, Member from, const Reply& reply);

  /// Does what is due at `now`.
  void tick(Time now);
  /// When tick() will next have something to do.
  Time next_tick() const;
  Urgent take_urgent(Time now);
  Effects take_effects(Time now);

  const Peers& peers() const { return peers_; }
  /// Without those that nobody has written and nobody asks for.
  std::size_t size() const { return registers_.size(); }
  /// The greatest counter of a ballot for this key that the node has heard of.
  std::uint64_t counter(const Json& key) const;
  /// All that was ever made durable.
  std::vector<std::pair<Json, Acceptor::Saved>> saved() const;

 private:
  /// Makes it when there is none.
  Register& find(const Json& key) { return registers_.try_emplace(key, peers_).first->second; }
  void forget_those_at_rest();

  Peers peers_;
  bool is_acceptor_ = false;
  std::map<Json, Register> registers_;
  /// The keys of registers that have something to do.
  std::set<Json> busy_;
  std::vector<OutgoingReply> replies_;
  std::set<Json> unsaved_;
};

}  // namespace mznode::caspaxos
