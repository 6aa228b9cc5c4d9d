#pragma once

#include <array>
#include <optional>

#include "mznode/node/runtime.hpp"
#include "relay/messages.hpp"

namespace mznode::relay {

/// Tells, of one other node, whether its silence means that a link is broken: it was asked, and asked again, and for
/// longer than its answers take nothing at all has come from it. Who is not asked says nothing by being silent. Pure.
///
/// How long answers take is learnt as TCP learns it (Jacobson, "Congestion Avoidance and Control", 1988), from one
/// question at a time, sooner that they take long than that they do not. Only the answer to that very question counts:
/// a node that also asks is heard sooner, and an answer that comes when nobody waits for it any more is one
/// nevertheless.
class Silence {
 public:
  /// It is asked something, the answer to which will bring the token back. Answers may take as long as `patience`.
  void ask(Time now, const Token& token, Duration patience);
  /// A message has come from it, not through others.
  void hear(Time now);
  /// That message answers what has this token.
  void answer(Time now, const Token& token);
  /// Nobody waits for the answers to questions of this kind any more, if there are any.
  void settle(Token::Kind kind);

  /// When it was heard last.
  std::optional<Time> heard_at() const { return heard_at_; }
  /// True while somebody waits for it in vain, until the questions have ceased.
  bool is_alarming(Time now) const { return is_alarmed_ && !have_ceased(now); }
  /// When the questions will have ceased, unless there are more of them.
  Time ceased_at() const { return asked_at_ + longest_pause_; }
  /// How long an answer may take; nothing as long as hardly any has come.
  std::optional<Duration> patience() const;

 private:
  struct Timed {
    Token token;
    Time at;
  };
  bool have_ceased(Time now) const { return ceased_at() <= now; }

  std::optional<Time> heard_at_;
  /// The first question of each kind since then.
  std::array<std::optional<Time>, Token::kinds> waiting_since_;
  /// The last one.
  Time asked_at_;
  /// So long nobody who wants an answer waits between two askings.
  Duration longest_pause_{0};
  bool is_alarmed_ = false;
  std::optional<Timed> timed_;
  /// How long answers take, by how much that varies, and how many there were.
  Duration usual_{0};
  Duration variation_{0};
  unsigned answers_ = 0;
};

}  // namespace mznode::relay
