#include "relay/relay.hpp"

#include <algorithm>

namespace mznode::relay {
namespace {

/// As long as no answer has come ever.
constexpr Duration first_patience = 700ms;
constexpr Duration least_interval = 100ms;
/// For each node, so that many do not talk more than a few.
constexpr Duration interval_each = 20ms;
/// So many times sooner than the interval news is told.
constexpr int haste = 4;
/// How long no search is made for a member whom nobody hears.
constexpr Duration first_rest = 500ms;
constexpr Duration longest_rest = 2s;

}  // namespace

Relay::Relay(Config config)
    : config_(config),
      interval_(std::max<Duration>(least_interval, interval_each * static_cast<int>(config.members))),
      silences_(config.members),
      rests_(config.members),
      links_(config.members, config.self) {}

void Relay::ask(Time now, Member to, const Token& token) {
  if (config_.members > most_members) return;
  silences_[to].ask(now, token, patience(to));
  if (is_searching() || is_missed(now, to)) look(now);
}

void Relay::hear(Time now, Member from) {
  silences_[from].hear(now);
  rests_[from] = {};
  if (is_searching()) look(now);
}

void Relay::receive(Time now, Member from, const Hearings& hearings) {
  demand(config_.members <= most_members, "so many members tell nobody whom they hear");
  for (const Hearing& hearing : hearings.all) {
    demand(hearing.member < config_.members, "a hearing is that of a member");
    demand(((hearing.heard | hearing.unheard) >> config_.members) == 0, "members hear members");
  }
  demand(hearings.all.front().member == from, "the sender tells of itself first");
  for (const Hearing& hearing : hearings.all) {
    if (hearing.member == config_.self || !links_.learn(now, from, hearing, lifetime())) continue;
    rests_[hearing.member] = {};
    is_news_ = true;
  }
  look(now);
}

std::vector<std::vector<Member>> Relay::ways(Time now, Member to) const {
  if (!is_searching()) return {{to}};
  return links_.ways(own(now), to);
}

Relay::Passage Relay::receive(Parcel& parcel) {
  demand(parcel.from < config_.members && parcel.from != config_.self, "a parcel is from another member");
  for (const Member place : parcel.way) demand(place < config_.members, "a way leads over members");
  demand(parcel.way.front() == config_.self, "a parcel comes to those on its way");
  if (!seen_.is_new(parcel)) return Passage::is_known;
  parcel.way.erase(parcel.way.begin());
  return parcel.way.empty() ? Passage::arrives : Passage::goes_on;
}

RelayEffects Relay::take_effects(Time now) {
  look(now);
  if (!is_busy() || now < next_telling()) return {};
  RelayEffects effects;
  told_ = own(now);
  told_at_ = now;
  is_news_ = false;
  is_ending_ = false;
  Hearings& hearings = effects.hearings.emplace();
  hearings.all = links_.told();
  hearings.all.insert(hearings.all.begin(), told_);
  if (!is_searching()) links_.forget();
  return effects;
}

/// Begins and ends the search, and sees what there is to tell.
void Relay::look(Time now) {
  if (!is_searching()) {
    bool is_anybody_missed = false;
    for (Member member = 0; member < config_.members; ++member) is_anybody_missed |= is_missed(now, member);
    if (!is_anybody_missed && !links_.is_anybody_waiting()) return;
    began_at_ = now;
    is_news_ = true;
    is_ending_ = false;
  }
  if (links_.expire(now)) is_news_ = true;
  give_up(now);
  if (!is_waiting(now) && !links_.is_anybody_waiting()) return end_search();
  const Hearing hearing = own(now);
  if (hearing.heard != told_.heard || hearing.unheard != told_.unheard || hearing.is_waiting != told_.is_waiting) {
    is_news_ = true;
  }
}

/// Those who are asked in vain, and whom nobody hears though all have had the time to tell: there is no way from them.
void Relay::give_up(Time now) {
  if (now < *began_at_ + lifetime()) return;
  for (Member member = 0; member < config_.members; ++member) {
    if (!is_missed(now, member) || links_.is_heard_by_others(member)) continue;
    Rest& rest = rests_[member];
    rest.length = rest.length == Duration::zero() ? first_rest : std::min(2 * rest.length, longest_rest);
    rest.until = now + rest.length;
  }
}

void Relay::end_search() {
  is_ending_ = told_at_ && *told_at_ >= *began_at_ && told_.is_waiting;
  began_at_.reset();
  if (!is_ending_) links_.forget();
}

/// Whoever is asked must be heard, and must hear this node.
bool Relay::is_waiting(Time now) const {
  for (Member member = 0; member < config_.members; ++member) {
    const Silence& silence = silences_[member];
    if (rests_[member].until > now) continue;
    if (silence.is_alarming(now)) return true;
    if (silence.ceased_at() <= now) continue;
    if (!is_heard(now, member) || links_.state({}, config_.self, member) != Links::State::heard) return true;
  }
  return false;
}

/// What came before a search says little of a link: that something broke since is why there is a search. All tell each
/// other something as soon as it begins.
bool Relay::is_heard(Time now, Member member) const {
  const auto heard_at = silences_[member].heard_at();
  if (!heard_at || now - *heard_at > memory(member)) return false;
  return !is_searching() || *began_at_ - interval_ <= *heard_at;
}

/// Who does not answer is not unheard for that: it may not have heard the question. It is, when it has had the time to
/// tell something in the search.
Hearing Relay::own(Time now) const {
  Hearing hearing{.member = config_.self, .life = config_.life, .number = told_.number + 1};
  for (Member member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    const Silence& silence = silences_[member];
    if (!silence.is_alarming(now) && is_heard(now, member)) {
      hearing.heard |= only(member);
    } else if (is_searching() && *began_at_ + memory(member) <= now) {
      hearing.unheard |= only(member);
    }
  }
  hearing.is_waiting = is_searching() && is_waiting(now);
  return hearing;
}

/// Of one that has never answered, as that of the slowest that has.
Duration Relay::patience(Member member) const {
  if (const auto own = silences_[member].patience()) return *own;
  std::optional<Duration> slowest;
  for (const Silence& silence : silences_) slowest = std::max(slowest, silence.patience());
  return slowest.value_or(first_patience);
}

Duration Relay::lifetime() const {
  Duration longest{0};
  for (Member member = 0; member < config_.members; ++member) longest = std::max(longest, memory(member));
  return longest + interval_;
}

Time Relay::next_telling() const {
  if (!told_at_) return Time();
  return *told_at_ + (is_news_ || is_ending_ ? interval_ / haste : interval_);
}

}  // namespace mznode::relay
