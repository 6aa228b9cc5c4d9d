#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "caspaxos/shares.hpp"
#include "driver.hpp"
#include "enrolment/enrolment.hpp"
#include "mznode/node/node.hpp"
#include "relay/relays.hpp"

namespace mznode::caspaxos {

/// Binds CASPaxos to a node: a register for each key, with a share of it on every node. Carries their messages,
/// around broken links too, and makes durable what an acceptor holds before anybody hears of it. A node that has lost
/// its memory takes part as a proposer only, because it may have promised and accepted what it does not know any more.
class Keyspace {
 public:
  struct Options {
    /// Those who have not answered for so long are asked again.
    Duration patience = 100ms;
    /// Throws Error malformed_request for a value that no change makes, null apart.
    std::function<void(const Value&)> check_value = {};
  };

  /// The node must outlive it.
  Keyspace(Node& node, Options options);

  /// Applies a change to the register of a key, once, and returns the value that it found. Throws Error
  /// temporarily_unavailable when it certainly has no effect, and timeout when that is open.
  Task<Value> change(Json key, Change change);

 private:
  /// A record of the storage.
  struct Record {
    std::optional<Enrolment::Saved> enrolment = {};
    /// Says that this life's memory is the only one that the node has had.
    std::optional<bool> is_acceptor = {};
    std::vector<std::pair<Json, Acceptor::Saved>> registers = {};
    MZNODE_FIELDS(enrolment, is_acceptor, registers)
  };
  /// The value that a change found; nothing when it was given up.
  struct Answer {
    std::optional<Value> found = {};
    bool may_take_effect = false;
  };

  // keyspace_start.cpp
  void start();
  void load(const std::vector<std::string>& records);
  void become_acceptor();
  void install_handlers();
  template <class T>
  void install_request();
  template <class T>
  void install_reply();

  // keyspace_checks.cpp
  void demand_possible(const Json& key, Member from, const Request& request) const;
  void demand_possible(const Json& key, const Reply& reply) const;
  void demand_ballot(const Json& key, const Ballot& ballot) const;
  void demand_state(const Json& key, const State& state) const;

  // keyspace.cpp
  void give_up(const Json& key, ChangeId id);
  void carry_out(const Shares::Urgent& urgent);
  void carry_out(const Shares::Effects& effects);
  bool save(const Shares::Effects& effects);
  void append(const Record& record);
  void compact();

  Node& node_;
  relay::Relays relays_;
  Options options_;
  Enrolment enrolment_;
  std::optional<Shares> shares_;
  std::optional<Driver<Shares>> driver_;
  ChangeId last_change_ = 0;
  std::map<ChangeId, std::shared_ptr<mznode::Promise<Answer>>> waiting_;
  std::size_t records_ = 0;
};

}  // namespace mznode::caspaxos
