#include "workloads/dissemination/disseminator.hpp"

#include <algorithm>
#include <cassert>

namespace mznode::dissemination {

Disseminator::Disseminator(Config config, Incarnation self, std::size_t peers)
    : config_(config), self_(self), links_(peers) {
  log_.push_back({Json(), own, self_});  // the announcement
}

bool Disseminator::is_for(Peer peer, const Entry& entry) const {
  if (entry.origin == own) return true;
  // What a peer told in another life, it does not know any more. Within one stream its life does not change (another one
  // begins a new stream), so neither does this answer.
  if (entry.origin == peer) return entry.life != links_[peer].heard.incarnation;
  return config_.relay;
}

void Disseminator::set_targets(Time now, const std::vector<Peer>& targets) {
  for (Peer peer = 0; peer < links_.size(); ++peer) {
    Link& link = links_[peer];
    const bool was_target = link.is_target;
    link.is_target = std::find(targets.begin(), targets.end(), peer) != targets.end();
    if (link.is_target != was_target) link.flights.clear();
    if (!link.is_target) {
      link.flush_at = link.resend_at = std::nullopt;
    } else if (!was_target) {
      // What was sent before, and maybe lost, nobody has been watching over since.
      link.sent = link.scanned = link.acked;
      schedule_flush(now, peer);
    }
  }
}

void Disseminator::add(Time now, Json element) { learn(now, own, std::move(element)); }

void Disseminator::learn(Time now, Peer from, Json element) {
  log_.push_back({std::move(element), from, from == own ? self_ : links_[from].heard.incarnation});
  for (Peer peer = 0; peer < links_.size(); ++peer) schedule_flush(now, peer);
}

void Disseminator::schedule_flush(Time now, Peer peer) {
  Link& link = links_[peer];
  if (!link.is_target) return;
  while (link.scanned < log_.size() && !is_for(peer, log_[link.scanned])) ++link.scanned;
  if (link.scanned == log_.size()) return;
  const bool announces_only = link.scanned == 0 && log_.size() == 1;
  const Time due = now + (announces_only ? config_.announce_delay : config_.flush_delay);
  link.flush_at = link.flush_at ? std::min(*link.flush_at, due) : due;
}

void Disseminator::restart_stream(Time now, Peer peer) {
  Link& link = links_[peer];
  ++link.stream;
  link.acked = link.sent = link.scanned = 0;
  link.resend_at.reset();
  link.flights.clear();
  schedule_flush(now, peer);
}

void Disseminator::Received::add(std::uint64_t from, std::uint64_t to) {
  auto& end = beyond[from];
  end = std::max(end, to);
  while (!beyond.empty() && beyond.begin()->first <= upto) {
    upto = std::max(upto, beyond.begin()->second);
    beyond.erase(beyond.begin());
  }
}

void Disseminator::receive(Time now, Peer from, const Delta& delta) {
  Link& link = links_.at(from);
  const bool is_first_contact = link.received.empty();
  const bool is_other_life = delta.stream.incarnation != link.heard.incarnation;
  link.heard = delta.stream;
  Received& received = link.received[delta.stream];
  // Nothing is acknowledged before the first contact, so there is nothing to take back then.
  if (is_other_life && !is_first_contact) restart_stream(now, from);
  take_ack(from, delta);
  const bool is_ack_only = delta.from == delta.to;
  if (is_ack_only) return;
  received.add(delta.from, delta.to);
  if (!link.ack_at) link.ack_at = now + config_.ack_delay;
}

void Disseminator::take_ack(Peer from, const Delta& delta) {
  Link& link = links_[from];
  if (delta.ack_stream != Stream{self_, link.stream} || delta.ack <= link.acked || delta.ack > link.sent) return;
  link.acked = delta.ack;
  link.resend_at.reset();
  while (!link.flights.empty() && link.flights.front().to <= link.acked) link.flights.pop_front();
  // What left first and is still missing decides: later messages that are acknowledged must not put it off.
  if (!link.flights.empty()) link.resend_at = link.flights.front().at + config_.resend_after;
}

Delta Disseminator::make_delta(Peer peer, std::uint64_t from, std::uint64_t to) const {
  const Link& link = links_[peer];
  const auto heard = link.received.find(link.heard);
  Delta delta{.stream = {self_, link.stream},
              .from = from,
              .to = to,
              .elements = {},
              .ack_stream = link.heard,
              .ack = heard == link.received.end() ? 0 : heard->second.upto};
  for (std::uint64_t position = std::max<std::uint64_t>(from, 1); position < to; ++position) {
    if (is_for(peer, log_[position])) delta.elements.push_back(log_[position].element);
  }
  return delta;
}

std::vector<Disseminator::Outgoing> Disseminator::tick(Time now) {
  std::vector<Outgoing> outgoing;
  for (Peer peer = 0; peer < links_.size(); ++peer) {
    Link& link = links_[peer];
    const bool resends = is_due(now, link.resend_at);
    if (resends || is_due(now, link.flush_at)) {
      const std::uint64_t from = resends ? link.acked : link.sent;
      outgoing.push_back({peer, make_delta(peer, from, log_.size())});
      link.sent = link.scanned = log_.size();
      if (resends) link.flights.clear();
      link.flights.push_back({link.sent, now});
      link.resend_at = link.flights.front().at + config_.resend_after;
      link.flush_at.reset();
      link.ack_at.reset();
    } else if (is_due(now, link.ack_at)) {
      outgoing.push_back({peer, make_delta(peer, link.sent, link.sent)});
      link.ack_at.reset();
    }
  }
  return outgoing;
}

std::optional<Time> Disseminator::next_tick() const {
  std::optional<Time> next;
  for (const Link& link : links_) {
    for (const auto& at : {link.flush_at, link.resend_at, link.ack_at}) {
      if (at && (!next || *at < *next)) next = at;
    }
  }
  return next;
}

}  // namespace mznode::dissemination
