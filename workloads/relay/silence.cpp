#include "relay/silence.hpp"

#include <algorithm>

namespace mznode::relay {
namespace {

constexpr Duration least_patience = 150ms;
constexpr Duration most_patience = 20s;
/// What one answer has to say beside those before it, which depends on whether it is more or less than they have said.
constexpr std::int64_t weight_of_more = 4;
constexpr std::int64_t weight_of_less = 32;
constexpr unsigned few_answers = 4;

Duration follow(Duration value, Duration sample) {
  return value + (sample - value) / (sample > value ? weight_of_more : weight_of_less);
}

}  // namespace

std::optional<Duration> Silence::patience() const {
  if (answers_ < few_answers) return std::nullopt;
  return std::clamp<Duration>(usual_ * 3 / 2 + 8 * variation_, least_patience, most_patience);
}

void Silence::ask(Time now, const Token& token, Duration patience) {
  if (have_ceased(now)) {
    waiting_since_.fill(std::nullopt);  // nobody waits for those answers any more
    is_alarmed_ = false;
  }
  auto& since = waiting_since_[static_cast<std::size_t>(token.kind)];
  if (!since) since = now;
  // That there is another question of the kind tells that somebody waits still.
  if (now - *since > patience) is_alarmed_ = true;
  asked_at_ = now;
  longest_pause_ = 1s + 2 * patience;
  if (timed_ && timed_->token == token) {
    timed_.reset();  // which asking will be answered is open (Karn and Partridge, 1987)
  } else if (token.is_answered_at_once() && (!timed_ || timed_->at + 4 * patience < now)) {
    timed_ = Timed{token, now};  // some are never answered
  }
}

void Silence::hear(Time now) {
  heard_at_ = now;
  waiting_since_.fill(std::nullopt);
  if (is_alarmed_) timed_.reset();  // who knows what became of it
  is_alarmed_ = false;
}

void Silence::answer(Time now, const Token& token) {
  if (!timed_ || timed_->token != token) return;
  const Duration took = now - timed_->at;
  timed_.reset();
  if (answers_ == 0) {
    usual_ = took;
    variation_ = took / 2;
  } else {
    variation_ = follow(variation_, std::max(took - usual_, usual_ - took));
    usual_ = follow(usual_, took);
  }
  if (answers_ < few_answers) ++answers_;
}

void Silence::settle(Token::Kind kind) {
  waiting_since_[static_cast<std::size_t>(kind)].reset();
  if (timed_ && timed_->token.kind == kind) timed_.reset();
}

}  // namespace mznode::relay
