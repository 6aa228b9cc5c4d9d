#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "caspaxos/messages.hpp"
#include "mznode/node/runtime.hpp"

namespace mznode::caspaxos {

/// What a node's shares of all registers have in common: who it is, whom it is worth asking first, how long an answer
/// takes.
class Peers {
 public:
  struct Config {
    std::size_t members = 1;
    Member self = 0;
    /// Of this process; every process has another.
    Incarnation incarnation = 0;
    /// Those who have not answered for so long, or twice as long as a round trip takes, are asked again.
    Duration patience = 100ms;
    /// 64 random bits, for backing off.
    std::function<std::uint64_t()> random = {};
  };

  explicit Peers(Config config) : config_(std::move(config)) {}

  std::size_t size() const { return config_.members; }
  std::size_t quorum() const { return config_.members / 2 + 1; }
  Member self() const { return config_.self; }
  Incarnation incarnation() const { return config_.incarnation; }

  void note_heard(Member member) { silent_.erase(member); }
  void note_silent(Member member) { silent_.insert(member); }
  void note_round_trip(Duration duration);
  /// A round trip to most members, smoothed; zero as long as it is unknown.
  Duration round_trip() const { return round_trip_; }

  /// Numbers a question, of whichever register, never two alike: an answer that is late must not pass for one to a
  /// later question, even when the register was forgotten in between.
  std::uint64_t next_question() { return ++last_question_; }

  /// So many members as make a quorum: this one and those behind it, but rather those that were heard lately.
  std::vector<Member> nearest_quorum() const;
  /// How long to wait for an answer that was asked for so many times in vain.
  Duration pause(unsigned repetitions) const;
  /// From zero up to `bound`.
  Duration random_up_to(Duration bound) const;

 private:
  Config config_;
  /// Those that owe an answer.
  std::set<Member> silent_;
  Duration round_trip_{0};
  std::uint64_t last_question_ = 0;
};

}  // namespace mznode::caspaxos
