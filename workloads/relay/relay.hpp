#pragma once

#include <optional>
#include <vector>

#include "relay/links.hpp"
#include "relay/silence.hpp"

namespace mznode::relay {

/// What a node wants done: told to all others, if there is something to tell.
struct RelayEffects {
  std::optional<Hearings> hearings;
};

/// Finds ways around broken links, one-way ones included, whose sender cannot see that it is not heard.
///
/// As long as everybody who is asked is heard, it does nothing: it learns how long answers take, and every message goes
/// straight. Whoever is asked and asked again and stays silent opens a search: all nodes tell each other whom they
/// hear, at intervals and when that changes, and messages go the shortest way along links that work; along several
/// while that is uncertain, and to their receiver once. The search ends when all who are asked are heard, both ways, or
/// nobody asks any more; then what was learnt of the links is forgotten. So it does for one whom nobody hears, who may
/// be dead: another one is made for it after a pause, which grows.
///
/// In a cluster of more than `most_members` there is never a search. A parcel is passed on at once, or never: what is
/// lost stays lost. Nothing is kept for others, answered for them, or sent again. Pure.
class Relay {
 public:
  struct Config {
    std::size_t members = 1;
    Member self = 0;
    /// Of this process; every process has another.
    Incarnation life = 0;
  };
  explicit Relay(Config config);
  Incarnation life() const { return config_.life; }

  /// A question leaves for a member, whichever way.
  void ask(Time now, Member to, const Token& token);
  /// A message has come straight from a member.
  void hear(Time now, Member from);
  /// That message answers a question.
  void answer(Time now, Member from, const Token& token) { silences_[from].answer(now, token); }
  /// Nobody waits for the answers to questions of this kind any more.
  void settle(Token::Kind kind) {
    for (Silence& silence : silences_) silence.settle(kind);
  }
  void receive(Time now, Member from, const Hearings& hearings);

  /// The ways of a message to a member, each of which ends with it; only that one when it goes straight.
  std::vector<std::vector<Member>> ways(Time now, Member to) const;
  /// Names a parcel of this node.
  std::uint64_t next_parcel() { return ++last_parcel_; }
  enum class Passage : std::uint8_t {
    /// It is for this node.
    arrives,
    /// It goes on to the next on its way, of which this node is no part any more.
    goes_on,
    /// It was here before.
    is_known,
  };
  /// Takes a parcel in. Throws Error malformed_request, and changes nothing, when nobody can have sent that to this
  /// node.
  Passage receive(Parcel& parcel);

  void tick(Time now) { look(now); }
  /// When tick() will next have something to do.
  Time next_tick() const { return is_searching() || is_ending_ ? next_telling() : Time::max(); }
  RelayEffects take_effects(Time now);

  /// True while it may have something to tell, or messages go other ways than straight.
  bool is_busy() const { return is_searching() || is_ending_; }
  bool is_searching() const { return began_at_.has_value(); }

 private:
  void look(Time now);
  void end_search();
  bool is_waiting(Time now) const;
  bool is_heard(Time now, Member member) const;
  /// Whom this node asks is worth a search.
  bool is_missed(Time now, Member member) const {
    return silences_[member].is_alarming(now) && rests_[member].until <= now;
  }
  void give_up(Time now);
  Hearing own(Time now) const;
  Duration patience(Member member) const;
  Duration lifetime() const;
  /// A member that is heard at all is heard within this time while a search is on.
  Duration memory(Member member) const { return 2 * interval_ + patience(member); }
  Time next_telling() const;

  Config config_;
  /// How often nodes tell whom they hear while a search is on.
  Duration interval_;
  std::vector<Silence> silences_;
  /// How long no search is made for a member whom nobody has heard in the last one; twice as long each time.
  struct Rest {
    Duration length{0};
    Time until;
  };
  std::vector<Rest> rests_;
  Links links_;
  Seen seen_;
  std::uint64_t last_parcel_ = 0;

  // Of the search
  std::optional<Time> began_at_;
  /// What was told last, and when.
  Hearing told_;
  std::optional<Time> told_at_;
  /// There is something new to tell.
  bool is_news_ = false;
  /// The others have yet to be told that the search is over.
  bool is_ending_ = false;
};

}  // namespace mznode::relay
