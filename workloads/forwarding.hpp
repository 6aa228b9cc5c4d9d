#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "mznode/node/node.hpp"

/// Requests that a node hands on to another one, again and again until it is answered: what it takes for each of them
/// to take effect once.
namespace mznode {

/// Names what a receiver has opened for one life of an origin; no two are ever alike.
struct ForwardSession {
  /// Of the receiver, which counts its sessions.
  std::uint64_t life = 0;
  std::uint64_t number = 0;
  MZNODE_FIELDS(life, number)
  MZNODE_IDENTITIES(life)
  bool operator==(const ForwardSession&) const = default;
};

/// Asks for the session of a life of the sender.
struct OpenForwards {
  static constexpr bool idempotent = true;
  std::uint64_t life = 0;
  MZNODE_FIELDS(life)
  MZNODE_IDENTITIES(life)
};
struct ForwardsOpened {
  ForwardSession session;
  MZNODE_FIELDS(session)
};

/// What tells a forwarded request from all others: its node, the session that it is sent in, and a count of what this
/// process has forwarded.
struct ForwardId {
  std::string origin;
  ForwardSession session;
  std::uint64_t number = 0;
  MZNODE_FIELDS(origin, session, number)
};

/// How a request is handed on, for so long at most. The pauses stay short: who cannot be reached may be so soon, and
/// only when a request is repeated is it noticed that it must go another way (relay/relay.hpp).
inline RetryPolicy forwarding_policy(Duration deadline) {
  return {.deadline = deadline, .longest_pause = 200ms};
}

/// The side of the origin: the sessions that receivers have opened for this process.
class ForwardSessions {
 public:
  /// The node must outlive it.
  explicit ForwardSessions(Node& node) : node_(node) {}

  /// The session with a receiver, who is asked for it the first time. Throws what Node::retry throws.
  Task<ForwardSession> with(std::string receiver, RetryPolicy policy) {
    const auto known = sessions_.find(receiver);
    if (known != sessions_.end()) co_return known->second;
    const OpenForwards request{node_.incarnation()};
    auto reply = co_await node_.retry(receiver, "open_forwards", request, policy);
    const auto opened = reply.as<ForwardsOpened>();
    sessions_[receiver] = opened.session;
    co_return opened.session;
  }
  /// The receiver does not know this session any more.
  void drop(const std::string& receiver, const ForwardSession& session) {
    const auto known = sessions_.find(receiver);
    if (known != sessions_.end() && known->second == session) sessions_.erase(known);
  }

 private:
  Node& node_;
  std::map<std::string, ForwardSession> sessions_;
};

/// The side of the origin: it numbers what it forwards, and knows for which numbers it still waits.
class ForwardNumbers {
 public:
  /// A new number, which is waited for as long as this lives, however the wait ends.
  class Waiting {
   public:
    /// The numbers must outlive it.
    explicit Waiting(ForwardNumbers& numbers) : numbers_(numbers), number_(++numbers.last_) {
      numbers_.waiting_.insert(number_);
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { numbers_.waiting_.erase(number_); }

    std::uint64_t number() const { return number_; }
    /// The lowest number that is waited for.
    std::uint64_t oldest() const { return *numbers_.waiting_.begin(); }

   private:
    ForwardNumbers& numbers_;
    std::uint64_t number_;
  };

 private:
  std::uint64_t last_ = 0;
  std::set<std::uint64_t> waiting_;
};

/// The side that is asked: it keeps what came of a request, for when that comes again. No more is remembered than the
/// origins wait for, and that of one life of each: the one that has opened a session last. What another life asked for,
/// and the network held back, is refused, so that forgetting a life lets nothing take effect twice. (Raft keeps its
/// sessions so, too: Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 6.3.)
template <class Result>
class Forwards {
 public:
  /// The session of a life of an origin. When it has none, `fresh` becomes it, and that of any other life ends.
  ForwardSession open(const std::string& origin, std::uint64_t life, const ForwardSession& fresh) {
    Origin& known = origins_[origin];
    if (known.life != life) known = {.life = life, .session = fresh, .oldest = 0, .results = {}};
    return known.session;
  }
  /// The origin asks for nothing before `oldest` any more.
  void forget(const ForwardId& id, std::uint64_t oldest) {
    Origin* const origin = find_origin(id);
    if (origin == nullptr) return;
    origin->oldest = std::max(origin->oldest, oldest);
    origin->results.erase(origin->results.begin(), origin->results.lower_bound(origin->oldest));
  }
  /// Whether it is forgotten, or its session is over: whether it took effect before is not known.
  bool is_over(const ForwardId& id) const {
    const Origin* const origin = find_origin(id);
    return origin == nullptr || id.number < origin->oldest;
  }
  /// What note() was told.
  std::optional<Result> find(const ForwardId& id) const {
    const Origin* const origin = find_origin(id);
    if (origin == nullptr) return std::nullopt;
    const auto found = origin->results.find(id.number);
    return found == origin->results.end() ? std::nullopt : std::optional(found->second);
  }
  void note(const ForwardId& id, Result result) {
    if (Origin* const origin = find_origin(id)) origin->results.emplace(id.number, std::move(result));
  }

 private:
  struct Origin {
    std::uint64_t life = 0;
    ForwardSession session;
    std::uint64_t oldest = 0;
    std::map<std::uint64_t, Result> results;
  };

  const Origin* find_origin(const ForwardId& id) const {
    const auto found = origins_.find(id.origin);
    return found == origins_.end() || found->second.session != id.session ? nullptr : &found->second;
  }
  Origin* find_origin(const ForwardId& id) { return const_cast<Origin*>(std::as_const(*this).find_origin(id)); }

  std::map<std::string, Origin> origins_;
};

}  // namespace mznode
