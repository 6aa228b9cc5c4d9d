#include "caspaxos/shares.hpp"

#include <algorithm>

namespace mznode::caspaxos {

void Shares::submit(Time now, const Json& key, ChangeId id, Change change) {
  find(key).submit(now, id, std::move(change));
  busy_.insert(key);
}

bool Shares::withdraw(const Json& key, ChangeId id) {
  const bool is_certain = find(key).withdraw(id);
  busy_.insert(key);  // it may be one to forget
  return is_certain;
}

void Shares::answer(Time now, const Json& key, Member from, const Request& request) {
  if (!is_acceptor_) {
    // Who proposes meets fewer competitors when it counts on from their ballots, and sees when they are done.
    if (const auto known = registers_.find(key); known != registers_.end()) known->second.overhear(now, request);
    return;
  }
  if (const auto* query = std::get_if<Query>(&request); query != nullptr && !registers_.contains(key)) {
    replies_.push_back({from, key, Report{query->life, query->number, {}}});
    return;
  }
  replies_.push_back({from, key, find(key).answer(now, request)});
  unsaved_.insert(key);
}

bool Shares::receive(Time now, const Json& key, Member from, const Reply& reply) {
  const auto found = registers_.find(key);
  if (found == registers_.end()) {
    peers_.note_heard(from);  // that is all it tells
    return false;
  }
  found->second.receive(now, from, reply);
  busy_.insert(key);
  return true;
}

void Shares::tick(Time now) {
  for (const Json& key : busy_) find(key).tick(now);
}

Time Shares::next_tick() const {
  Time next = Time::max();
  for (const Json& key : busy_) next = std::min(next, registers_.at(key).next_tick());
  return next;
}

Shares::Urgent Shares::take_urgent(Time now) {
  Urgent urgent;
  for (const Json& key : busy_) {
    Register::Effects effects = find(key).take_effects();
    for (Done& done : effects.done) urgent.done.push_back(std::move(done));
    for (auto& [to, request] : effects.requests) {
      if (to == peers_.self()) {
        answer(now, key, to, request);
      } else {
        urgent.requests.push_back({to, key, std::move(request)});
      }
    }
  }
  forget_those_at_rest();
  return urgent;
}

void Shares::forget_those_at_rest() {
  std::erase_if(busy_, [this](const Json& key) {
    const auto found = registers_.find(key);
    if (found->second.next_tick() != Time::max()) return false;
    if (found->second.is_blank()) registers_.erase(found);
    return true;
  });
}

Shares::Effects Shares::take_effects(Time /*now*/) {
  Effects effects{.unsaved = {}, .replies = std::exchange(replies_, {})};
  for (const Json& key : std::exchange(unsaved_, {})) {
    const auto found = registers_.find(key);
    if (found == registers_.end()) continue;
    if (auto saved = found->second.acceptor().take_unsaved()) effects.unsaved.emplace_back(key, std::move(*saved));
  }
  return effects;
}

std::uint64_t Shares::counter(const Json& key) const {
  const auto known = registers_.find(key);
  return known == registers_.end() ? 0 : known->second.counter();
}

std::vector<std::pair<Json, Acceptor::Saved>> Shares::saved() const {
  std::vector<std::pair<Json, Acceptor::Saved>> all;
  for (const auto& [key, each] : registers_) all.emplace_back(key, each.acceptor().saved());
  return all;
}

}  // namespace mznode::caspaxos
