#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "caspaxos/register.hpp"
#include "mznode/node/node.hpp"
#include "raft/enrolment.hpp"

namespace mznode::caspaxos {

/// Binds CASPaxos to a node: a register for each key, with a share of it on every node. Carries their
/// messages, and makes durable what an acceptor holds before anybody hears of it. A node that has lost its memory takes
/// part as a proposer only, because it may have promised and accepted what it does not know any more.
class Store {
 public:
  struct Options {
    /// Those who have not answered for so long are asked again.
    Duration patience = 100ms;
    /// Throws Error malformed_request for a value that no change makes, null apart.
    std::function<void(const Value&)> check_value = {};
  };

  /// The node must outlive it.
  Store(Node& node, Options options);

  /// Applies a change to the register of a key, once, and returns the value that it found. Throws Error
  /// temporarily_unavailable when it certainly has no effect, and timeout when that is open.
  Task<Value> change(Json key, Change change);

 private:
  /// A record of the storage.
  struct Record {
    std::optional<raft::Enrolment::Saved> enrolment = {};
    /// Says that this life's memory is the only one that the node has had.
    std::optional<bool> is_acceptor = {};
    std::vector<std::pair<Json, Acceptor::Saved>> registers = {};
    MZNODE_FIELDS(enrolment, is_acceptor, registers)
  };
  struct OutgoingReply {
    Member to = 0;
    Json key;
    Reply reply;
  };
  /// The value that a change found; nothing when it was given up.
  struct Answer {
    std::optional<Value> found = {};
    bool may_take_effect = false;
  };

  // store_start.cpp
  void start();
  void load(const std::vector<std::string>& records);
  void become_acceptor();
  void install_handlers();
  template <class T>
  void install_request();
  template <class T>
  void install_reply();

  // store_checks.cpp
  void demand_possible(const Json& key, Member from, const Request& request) const;
  void demand_possible(const Json& key, const Reply& reply) const;
  void demand_ballot(const Json& key, const Ballot& ballot) const;
  void demand_state(const Json& key, const State& state) const;

  // store.cpp
  /// Makes it when there is none.
  Register& find(const Json& key);
  void receive(const Json& key, Member from, const Reply& reply);
  void answer(const Json& key, Member from, const Request& request);
  void give_up(const Json& key, ChangeId id);
  void wake();
  void flush();
  void propose(const Json& key);
  bool save();
  void release(const std::vector<OutgoingReply>& replies);
  void append(const Record& record);
  void compact();
  void tick();
  void set_timer();

  Node& node_;
  Options options_;
  raft::Enrolment enrolment_;
  bool is_acceptor_ = false;
  std::optional<Peers> peers_;
  /// Without those that nobody has written and nobody asks for.
  std::map<Json, Register> registers_;
  /// The keys of registers that have something to do.
  std::set<Json> busy_;
  ChangeId last_change_ = 0;
  std::map<ChangeId, std::shared_ptr<mznode::Promise<Answer>>> waiting_;

  std::vector<OutgoingReply> replies_;
  std::set<Json> unsaved_;
  std::size_t records_ = 0;
  bool is_woken_ = false;
  bool is_syncing_ = false;
  std::optional<TimerId> timer_;
  Time timer_at_;
};

}  // namespace mznode::caspaxos
