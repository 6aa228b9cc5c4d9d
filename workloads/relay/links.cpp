#include "relay/links.hpp"

#include <algorithm>
#include <limits>

namespace mznode::relay {
namespace {

// What a link costs. One that is unknown is tried where no two that are known lead around it.
constexpr unsigned heard_cost = 1;
constexpr unsigned unknown_cost = 4;
constexpr unsigned no_way = std::numeric_limits<unsigned>::max();

}  // namespace

bool Links::learn(Time now, Member teller, const Hearing& hearing, Duration lifetime) {
  Known& known = known_.at(hearing.member);
  if (hearing.life == known.hearing.life) {
    if (hearing.number <= known.hearing.number) return false;
  } else if (known.hearing.number > 0) {
    // Only the node itself can tell that an earlier life is none: what others tell of that may come late.
    const bool is_past = std::find(known.past.begin(), known.past.end(), hearing.life) != known.past.end();
    if (is_past && teller != hearing.member) return false;
    std::erase(known.past, hearing.life);
    known.past.push_back(known.hearing.life);
    if (known.past.size() > most_past_lives) known.past.erase(known.past.begin());
  }
  const Hearing before = std::exchange(known.hearing, hearing);
  const bool was_known = known.expires_at.has_value();
  known.expires_at = now + lifetime;
  return !was_known || before.heard != hearing.heard || before.unheard != hearing.unheard ||
         before.is_waiting != hearing.is_waiting;
}

bool Links::expire(Time now) {
  bool is_any = false;
  for (Known& known : known_) {
    if (!known.expires_at || now < *known.expires_at) continue;
    known.expires_at.reset();
    is_any = true;
  }
  return is_any;
}

void Links::forget() {
  for (Known& known : known_) known.expires_at.reset();
}

std::vector<Hearing> Links::told() const {
  std::vector<Hearing> all;
  for (const Known& known : known_) {
    if (known.expires_at) all.push_back(known.hearing);
  }
  return all;
}

bool Links::is_anybody_waiting() const {
  return std::any_of(known_.begin(), known_.end(),
                     [](const Known& known) { return known.expires_at && known.hearing.is_waiting; });
}

bool Links::is_heard_by_others(Member member) const {
  return std::any_of(known_.begin(), known_.end(), [member](const Known& known) {
    return known.expires_at && (known.hearing.member == member || (known.hearing.heard & only(member)) != 0);
  });
}

Links::State Links::state(const Hearing& own, Member from, Member to) const {
  if (to != self_ && !known_[to].expires_at) return State::unknown;
  const Hearing& hearing = to == self_ ? own : known_[to].hearing;
  if ((hearing.heard & only(from)) != 0) return State::heard;
  return (hearing.unheard & only(from)) != 0 ? State::unheard : State::unknown;
}

std::vector<std::vector<Member>> Links::ways(const Hearing& own, Member to) const {
  const State direct = state(own, self_, to);
  std::vector<std::vector<Member>> ways;
  if (direct != State::heard) {
    if (auto around = way_around(own, to); !around.empty()) ways.push_back(std::move(around));
  }
  if (direct != State::unheard || ways.empty()) ways.insert(ways.begin(), {to});
  return ways;
}

/// The cheapest way but the direct one, by Dijkstra's algorithm; of equal ones that through the first members.
std::vector<Member> Links::way_around(const Hearing& own, Member to) const {
  const std::size_t members = known_.size();
  std::vector<unsigned> cost(members, no_way);
  std::vector<Member> before(members, self_);
  std::vector<bool> is_done(members, false);
  cost[self_] = 0;
  for (;;) {
    Member next(members);
    for (Member member = 0; member < members; ++member) {
      if (!is_done[member] && cost[member] != no_way && (next == members || cost[member] < cost[next])) next = member;
    }
    if (next == members) return {};
    if (next == to) break;
    is_done[next] = true;
    for (Member member = 0; member < members; ++member) {
      if (is_done[member] || (next == self_ && member == to)) continue;
      const State link = state(own, next, member);
      if (link == State::unheard) continue;
      const unsigned through = cost[next] + (link == State::heard ? heard_cost : unknown_cost);
      if (through >= cost[member]) continue;
      cost[member] = through;
      before[member] = next;
    }
  }
  std::vector<Member> way;
  for (Member member = to; member != self_; member = before[member]) way.push_back(member);
  std::reverse(way.begin(), way.end());
  return way.size() <= most_hops ? way : std::vector<Member>();
}

bool Seen::is_new(const Parcel& parcel) {
  std::vector<Numbers>& lives = lives_[parcel.from];
  auto numbers =
      std::find_if(lives.begin(), lives.end(), [&](const Numbers& each) { return each.life == parcel.life; });
  if (numbers == lives.end()) {
    if (lives.size() == most_lives) lives.pop_back();
    numbers = lives.insert(lives.end(), {.life = parcel.life, .floor = 0, .above = {}});
  }
  std::rotate(lives.begin(), numbers, numbers + 1);
  Numbers& seen = lives.front();
  if (parcel.number <= seen.floor || !seen.above.insert(parcel.number).second) return false;
  if (seen.above.size() > most_numbers) {
    seen.floor = *seen.above.begin();
    seen.above.erase(seen.above.begin());
  }
  return true;
}

}  // namespace mznode::relay
