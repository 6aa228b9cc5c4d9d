#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <type_traits>
#include <variant>
#include <vector>

#include "caspaxos/register.hpp"
#include "tests/workloads/caspaxos/history.hpp"

namespace mznode::caspaxos {

/// Nodes with one register on a network that the test moves by hand, or by chance. The register's value is a list, and
/// its history is checked at every event.
class Cluster {
 public:
  struct Packet {
    Member from;
    Member to;
    std::variant<Request, Reply> message;

    template <class T>
    T* get() {
      T* found = nullptr;
      const auto look = [&]<class Other>(Other& each) {
        if constexpr (std::is_same_v<T, Other>) found = &each;
      };
      std::visit([&](auto& side) { std::visit(look, side); }, message);
      return found;
    }
  };
  struct Faults {
    unsigned loss_percent = 0;
    unsigned duplicate_percent = 0;
    Duration longest_delay{0};
    /// A node that dies may lose what it has not synced, and then does not answer either.
    unsigned crash_before_sync_percent = 0;
  };

  explicit Cluster(std::size_t size, std::uint64_t seed = 1);

  // ---- Looking

  std::size_t size() const { return nodes_.size(); }
  bool is_up(Member member) const { return nodes_[member].share != nullptr; }
  bool accepts(Member member) const { return amnesiacs_accept || !nodes_[member].has_forgotten; }
  const Acceptor& acceptor(Member member) const { return nodes_[member].share->acceptor(); }
  /// What the changes that are done have found, by id.
  const std::map<std::int64_t, List>& done() const { return done_; }
  bool is_done(std::int64_t id) const { return done_.contains(id); }
  /// Messages to other nodes so far.
  std::size_t messages() const { return messages_; }
  std::multimap<Time, Packet>& network() { return network_; }
  Time now{1s};
  Faults faults;
  History history;

  // ---- Moving

  /// Asks a node to append this id, which is positive and new, to the list.
  void append(Member member, std::int64_t id) { submit(member, id, caspaxos::append(id)); }
  /// Asks a node to show the list; the id is negative and new.
  void look(Member member, std::int64_t id) { submit(member, id, caspaxos::look()); }
  /// Asks a node to carry out a change of another kind, under an id that is negative and new.
  void submit(Member member, std::int64_t id, Change change);
  /// The client of this id waits no longer. True when it is told that it certainly has no effect.
  bool withdraw(Member member, std::int64_t id);

  /// Delivers what is due, and what that causes, without letting time pass.
  void settle();
  /// Lets time pass, with ticks and deliveries.
  void run(Duration duration);
  /// Delivers the first packet to this node that holds such a message. False when there is none.
  template <class T>
  bool deliver_first(Member to);
  /// Loses all packets that hold such a message.
  template <class T>
  void lose_all();
  void deliver(Packet packet);

  /// Cuts the links between the members of the set and the others.
  void isolate(const std::set<Member>& members) { isolated_ = members; }
  void cut(Member from, Member to) { cut_.insert({from, to}); }
  void heal() {
    isolated_.clear();
    cut_.clear();
  }
  void crash(Member member);
  void restart(Member member);
  /// Starts a node that has forgotten everything: it only proposes.
  void restart_without_memory(Member member);

  std::uint64_t random(std::uint64_t bound);

  // ---- Listening

  /// To a message that finds no link, or nobody.
  std::function<void(const Packet&)> on_loss;
  /// To what a change has found.
  std::function<void(Member, std::int64_t id, const List& found)> on_done;

  // ---- What mutants do

  /// To what a dead process leaves to the next one.
  std::function<void(std::vector<Acceptor::Saved>&)> on_restart;
  /// To a message before it arrives.
  std::function<void(Packet&)> on_delivery;
  /// Restarted nodes count ballots anew, as the life that they were.
  bool reuses_ballots = false;
  /// Nodes without their memory accept.
  bool amnesiacs_accept = false;

 private:
  struct Node {
    std::unique_ptr<Peers> peers;
    std::unique_ptr<Register> share;
    Incarnation incarnation = 0;
    std::vector<Acceptor::Saved> disk;
    bool has_forgotten = false;
    std::map<ChangeId, std::int64_t> waiting;
  };
  void start(Member member);
  void pump(Member member);
  void answer(Member member, Member from, const Request& request);
  void send(Packet packet);
  bool is_cut(Member from, Member to) const {
    return isolated_.contains(from) != isolated_.contains(to) || cut_.contains({from, to});
  }
  std::optional<Time> next_event() const;

  std::uint64_t random_state_;
  std::vector<Node> nodes_;
  std::multimap<Time, Packet> network_;
  std::set<Member> isolated_;
  std::set<std::pair<Member, Member>> cut_;
  std::map<std::int64_t, List> done_;
  std::size_t messages_ = 0;
  ChangeId last_change_ = 0;
  Incarnation last_incarnation_ = 0;
};

template <class T>
bool Cluster::deliver_first(Member to) {
  for (auto each = network_.begin(); each != network_.end(); ++each) {
    if (each->second.to != to || each->second.get<T>() == nullptr) continue;
    const Packet packet = std::move(each->second);
    network_.erase(each);
    deliver(packet);
    return true;
  }
  return false;
}

template <class T>
void Cluster::lose_all() {
  for (auto each = network_.begin(); each != network_.end();) {
    each = each->second.get<T>() != nullptr ? network_.erase(each) : std::next(each);
  }
}

/// A cluster in which nothing may go wrong.
class SoundCluster : public Cluster {
 public:
  using Cluster::Cluster;
  ~SoundCluster() { EXPECT_FALSE(history.violation) << *history.violation; }
};

}  // namespace mznode::caspaxos
