#include "dissemination/disseminator.hpp"

#include <algorithm>
#include <iterator>

#include "mznode/node/invariant.hpp"

namespace mznode::dissemination {
namespace {

/// How many times `ack_delay` an acknowledgement waits at most while stretches keep coming.
constexpr int longest_ack_wait = 4;

/// Lives of a peer that are remembered, which is more than can be heard in turn.
constexpr std::size_t most_lives = 16;
/// Stretches of a stream that are remembered behind a gap; one that is forgotten will come again.
constexpr std::size_t most_beyond = 256;

// A follower's message that just misses a departure would wait for a whole window. It gets an extra departure, together
// with others that come late, unless that becomes a habit: then followers have to leave earlier.
constexpr int late_part = 8;             // of a window, after a departure
constexpr int gathering_part = 16;       // of a window, until the extra departure
constexpr int windows_for_an_extra = 4;  // one in so many, in the long run,
constexpr int extras_in_a_row = 3;       // because a machine that is busy makes many late at once

// When hardly anybody has come by a departure, something holds all of them up: a machine that stood still, or its
// network. They would share neither this departure nor, one by one, the next; so it waits for them, as long as hiccups
// last.
constexpr int wait_part = 4;  // of a window, at most
constexpr Duration longest_wait = 125ms;
constexpr std::int64_t arrivals_to_know = 4;  // usual ones, below which a few less mean nothing
constexpr std::int64_t arrival_unit = 16;     // the mean of arrivals is kept in parts of one
constexpr int boarding_part = 64;  // of a window, from the first of those who were waited for to the departure

bool knows_usual(std::int64_t usual_arrivals) {
  return usual_arrivals >= arrivals_to_know * arrival_unit;
}

bool is_due(Time now, const std::optional<Time>& at) {
  return at && *at <= now;
}

std::optional<Time> earlier(const std::optional<Time>& a, const std::optional<Time>& b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

}  // namespace

Disseminator::Disseminator(Config config, Incarnation self, std::size_t peers)
    : config_(config), self_(self), links_(peers) {
  log_.push_back({Json(), own, self_});  // the announcement
}

bool Disseminator::is_for(Peer peer, const Entry& entry) const {
  if (entry.origin == own) return true;
  // What a peer told in another life, it does not know any more. Within one stream its life does not change (another
  // one begins a new stream), so neither does this answer.
  if (entry.origin == peer) return entry.life != links_[peer].heard.incarnation;
  return config_.relay;
}

/// What holds after each step, whatever came.
void Disseminator::check_step(const Link& link) const {
  invariant(link.acked <= link.sent && link.sent <= link.scanned && link.scanned <= log_.size(),
            "what is acknowledged was sent, and what was sent is in the log",
            {link.acked, link.sent, link.scanned, log_.size()});
  invariant(!link.resend_at || link.acked < link.sent, "only what is not acknowledged is sent again",
            {link.acked, link.sent});
  invariant(link.received.size() <= most_lives, "lives of a peer are forgotten in time", {link.received.size()});
}

void Disseminator::set_targets(Time now, const std::vector<Peer>& targets) {
  for (Peer peer = 0; peer < links_.size(); ++peer) {
    const bool is_chosen = std::find(targets.begin(), targets.end(), peer) != targets.end();
    retarget(now, peer, is_chosen, links_[peer].chose_us);
    check_step(links_[peer]);
  }
}

void Disseminator::keep_timetable(Time now) {
  keeps_timetable_ = true;
  if (HoldBack::is_worth_guessing(config_.flush_delay)) timetable_ = Timetable{now, config_.flush_delay};
}

void Disseminator::follow(Time now, Peer leader) {
  Link& link = links_.at(leader);
  forget_timetable(link);
  link.hold_back->hear(now);
}

void Disseminator::retarget(Time now, Peer peer, bool is_chosen, bool chose_us) {
  Link& link = links_[peer];
  const bool was_target = is_target(link);
  link.is_chosen = is_chosen;
  link.chose_us = chose_us;
  if (was_target && !is_target(link)) {
    link.flush_at = link.resend_at = std::nullopt;
  } else if (!was_target && is_target(link)) {
    // What was sent before, and maybe lost, nobody has been watching over since.
    link.sent = link.scanned = link.acked;
    schedule_flush(now, peer);
  }
}

void Disseminator::add(Time now, Json element) {
  learn(now, own, std::move(element));
}

void Disseminator::learn(Time now, Peer from, Json element) {
  log_.push_back({std::move(element), from, from == own ? self_ : links_[from].heard.incarnation});
  for (Peer peer = 0; peer < links_.size(); ++peer) schedule_flush(now, peer);
}

bool Disseminator::has_unsent(Peer peer) {
  Link& link = links_[peer];
  while (link.scanned < log_.size() && !is_for(peer, log_[link.scanned])) ++link.scanned;
  return link.scanned < log_.size();
}

bool Disseminator::must_repeat(Time now, const Link& link) const {
  return link.acked < link.sent && (link.repeats || now >= link.waiting_from + config_.resend_after);
}

void Disseminator::schedule_flush(Time now, Peer peer) {
  Link& link = links_[peer];
  if (!is_target(link) || !has_unsent(peer) || is_due(now, link.flush_at)) return;
  const auto is_news = [&](const Entry& entry) { return is_for(peer, entry); };
  const bool has_news = link.scanned > 0 || std::any_of(log_.begin() + 1, log_.end(), is_news);
  link.flush_at = earlier(link.flush_at, has_news ? departure(now, link) : now + config_.announce_delay);
}

Time Disseminator::departure(Time now, const Link& link) {
  if (keeps_timetable_) {
    // Unless it is guessed, the first departure comes early, because before it followers cannot be in time.
    if (!timetable_) {
      timetable_ = Timetable{now + config_.flush_delay / 4, config_.flush_delay};
      extras_used_up_ = now + windows_for_an_extra * config_.flush_delay;  // it takes a while until all know it
    }
    const Time regular = timetable_->next(now);
    if (window_end_ == Time()) window_end_ = regular;
    if (now < extra_departure_) return std::min(extra_departure_, regular);
    const bool is_due_and_not_taken = knows_usual(usual_arrivals_) && now >= window_end_;
    return is_due_and_not_taken ? now : regular;
  }
  return link.hold_back ? link.hold_back->departure(now) : now + config_.flush_delay;
}

/// The peer knows the timetable when it can be guessed, or when an earlier message of its was answered, and it has
/// heard the answer.
void Disseminator::note_arrival(Time now, Link& link, bool knows_timetable) {
  departure(now, link);  // there is a timetable from the first arrival on
  ++arrivals_;
  link.slack = timetable_->next(now) - now;
  const Duration period = config_.flush_delay;
  if (knows_usual(usual_arrivals_) && now >= window_end_) {
    // In time: either the departure waits for those who are late, or this node was itself held up until now.
    if (!is_waiting_) link.slack = Duration::zero();
    depart_by(now, now + period / boarding_part);
    return;
  }
  const bool has_just_missed = link.slack > period - period / late_part;
  if (!knows_timetable || !has_just_missed || now < extra_departure_) return;
  const Duration share = windows_for_an_extra * period;
  if (extras_used_up_ > now + (extras_in_a_row - 1) * share) return;
  extras_used_up_ = std::max(extras_used_up_, now) + share;
  extra_departure_ = now + period / gathering_part;
}

/// What waits for the departure that is due leaves at `at`, if not before.
void Disseminator::depart_by(Time now, Time at) {
  extra_departure_ = is_waiting_ ? std::min(extra_departure_, at) : at;
  is_waiting_ = true;
  for (Link& link : links_) {
    const bool waits = link.flush_at && (is_due(now, link.flush_at) || *link.flush_at > extra_departure_);
    if (waits) link.flush_at = extra_departure_;
  }
}

/// A window ends: its departure is put off when less than two fifths of those came who usually do. By chance that
/// happens once in a thousand windows.
void Disseminator::end_window(Time now) {
  const Duration period = config_.flush_delay;
  const bool is_thin = knows_usual(usual_arrivals_) && 5 * arrivals_ * arrival_unit < 2 * usual_arrivals_;
  const bool follows_the_last = now - window_end_ < period;
  if (is_thin && !is_waiting_ && follows_the_last) {
    depart_by(now, now + std::min(period / wait_part, longest_wait));
    return;
  }
  if (is_waiting_ && now < extra_departure_) return;
  is_waiting_ = false;
  usual_arrivals_ = follows_the_last ? usual_arrivals_ + (arrivals_ * arrival_unit - usual_arrivals_) / 4 : 0;
  arrivals_ = 0;
  window_end_ = timetable_->next(now);
}

void Disseminator::restart_stream(Time now, Peer peer) {
  Link& link = links_[peer];
  ++link.stream;
  link.acked = link.sent = link.scanned = 0;
  link.resend_at = std::nullopt;
  link.last_gap = std::nullopt;
  if (link.hold_back) forget_timetable(link);  // another life has another one
  schedule_flush(now, peer);
}

void Disseminator::Received::add(std::uint64_t from, std::uint64_t to) {
  auto& end = beyond[from];
  end = std::max(end, to);
  while (!beyond.empty() && beyond.begin()->first <= upto) {
    upto = std::max(upto, beyond.begin()->second);
    beyond.erase(beyond.begin());
  }
  if (beyond.size() > most_beyond) beyond.erase(std::prev(beyond.end()));
  invariant(beyond.empty() || (beyond.begin()->first > upto && beyond.size() <= most_beyond),
            "stretches that are not contiguous with what arrived lie behind it", {upto, beyond.size()});
}

/// What has arrived of a stream; nothing when its life has begun a later one.
Disseminator::Received* Disseminator::find_stream(Link& link, const Stream& stream) {
  const auto [known, is_new] = link.received.try_emplace(stream.incarnation);
  if (!is_new && stream.number < known->second.number) return nullptr;
  if (is_new || stream.number > known->second.number) known->second = {.number = stream.number, .beyond = {}};
  known->second.heard_at = ++link.messages;
  if (link.received.size() > most_lives) {
    link.received.erase(std::min_element(link.received.begin(), link.received.end(), [](const auto& a, const auto& b) {
      return a.second.heard_at < b.second.heard_at;
    }));
  }
  return &known->second;
}

void Disseminator::receive(Time now, Peer from, const Delta& delta) {
  Link& link = links_.at(from);
  const bool is_first_contact = link.received.empty();
  const bool is_other_life = delta.stream.incarnation != link.heard.incarnation;
  Received* const stream = find_stream(link, delta.stream);
  if (stream == nullptr) return take_ack(now, from, delta);  // what else it says is outdated
  Received& received = *stream;
  link.heard = delta.stream;
  // Nothing is acknowledged before the first contact, so there is nothing to take back then.
  if (is_other_life && !is_first_contact) restart_stream(now, from);
  take_ack(now, from, delta);
  retarget(now, from, link.is_chosen, delta.chosen);
  const bool is_ack_only = delta.from == delta.to;
  if (is_ack_only) return;
  if (link.hold_back) link.hold_back->hear(now);
  const std::uint64_t before = received.upto;
  received.add(delta.from, delta.to);
  if (keeps_timetable_ && received.upto > before) {
    note_arrival(now, link, HoldBack::is_worth_guessing(config_.flush_delay) || (before > 0 && link.acked > 0));
  }
  schedule_ack(now, link, !received.beyond.empty());
  // An answer is not answered, or two nodes that hear news all the time would never come to an end.
  if (config_.answers && delta.chosen && lacks(now, from)) link.flush_at = now;
  check_step(link);
}

void Disseminator::take_ack(Time now, Peer from, const Delta& delta) {
  Link& link = links_[from];
  if (delta.ack_stream != Stream{self_, link.stream}) return;
  // The peer has taken in a stretch of this stream that was never sent, and will acknowledge nothing true any more.
  if (delta.ack > log_.size()) return restart_stream(now, from);
  if (delta.ack > link.sent) return;
  if (delta.ack == 0 && delta.gap && link.acked > 0) return restart_stream(now, from);  // it has forgotten the stream
  if (delta.ack > link.acked) {
    link.acked = delta.ack;
    link.waiting_from = link.owing_from = now;
    watch(now, link);
    if (!has_unsent(from)) link.flush_at = std::nullopt;  // it was to repeat this
    if (link.hold_back && delta.slack) {
      const bool was_guessed = !link.hold_back->is_measured();
      link.hold_back->learn(link.acked, *delta.slack);
      if (was_guessed && link.flush_at) link.flush_at = departure(now, link);
    }
  }
  // The same gap is reported again before the repetition can have arrived.
  if (delta.gap && delta.ack == link.acked && link.acked < link.sent && link.last_gap != link.acked) {
    link.last_gap = link.acked;
    link.repeats = true;
    if (is_target(link)) link.flush_at = earlier(link.flush_at, departure(now, link));
  }
}

void Disseminator::watch(Time now, Link& link) const {
  link.resend_at = std::nullopt;
  if (is_target(link) && link.acked < link.sent) link.resend_at = now + config_.resend_after;
}

void Disseminator::schedule_ack(Time now, Link& link, bool has_gap) const {
  if (!link.ack_at) link.ack_by = now + longest_ack_wait * config_.ack_delay;
  // What is missing may just be late.
  const Duration wait = has_gap ? config_.ack_delay / 4 : config_.ack_delay;
  link.ack_at = std::min(now + wait, link.ack_by);
}

bool Disseminator::lacks(Time now, Peer peer) {
  return has_unsent(peer) || must_repeat(now, links_[peer]);
}

void Disseminator::contact(Time now, Peer peer) {
  if (!lacks(now, peer)) return;
  links_[peer].is_contacted = true;
  links_[peer].flush_at = now;
}

std::vector<Peer> Disseminator::lacking(Time now) {
  std::vector<Peer> peers;
  for (Peer peer = 0; peer < links_.size(); ++peer) {
    if (lacks(now, peer)) peers.push_back(peer);
  }
  return peers;
}

std::optional<Time> Disseminator::owes_since(Peer peer) const {
  const Link& link = links_.at(peer);
  return is_target(link) && link.acked < link.sent ? std::optional(link.owing_from) : std::nullopt;
}

Delta Disseminator::make_delta(Peer peer, std::uint64_t from, std::uint64_t to) const {
  const Link& link = links_[peer];
  const auto heard = link.received.find(link.heard.incarnation);
  Delta delta{.stream = {self_, link.stream},
              .from = from,
              .to = to,
              .elements = {},
              .ack_stream = link.heard,
              .ack = heard == link.received.end() ? 0 : heard->second.upto,
              .gap = heard != link.received.end() && !heard->second.beyond.empty(),
              .chosen = link.is_chosen || link.is_contacted};
  if (keeps_timetable_) delta.slack = link.slack;
  for (std::uint64_t position = std::max<std::uint64_t>(from, 1); position < to; ++position) {
    if (config_.whole || is_for(peer, log_[position])) delta.elements.push_back(log_[position].element);
  }
  return delta;
}

/// What goes to the peer now that something goes: what it was not sent, and what it should have acknowledged.
Delta Disseminator::make_stretch(Time now, Peer peer) {
  Link& link = links_[peer];
  const bool repeats = must_repeat(now, link);
  if (link.acked == link.sent) link.owing_from = now;
  if (repeats || link.acked == link.sent) link.waiting_from = now;
  const std::uint64_t from = config_.whole ? 0 : repeats ? link.acked : link.sent;
  link.repeats = false;
  link.sent = link.scanned = log_.size();
  if (link.hold_back && repeats) link.hold_back->forget();
  if (link.hold_back && !repeats) link.hold_back->sent(link.sent, now);
  watch(now, link);
  return make_delta(peer, from, link.sent);
}

std::vector<Disseminator::Outgoing> Disseminator::take_effects(Time now) {
  std::vector<Outgoing> outgoing;
  if (timetable_ && config_.flush_delay > Duration::zero() && now >= window_end_) end_window(now);
  for (Peer peer = 0; peer < links_.size(); ++peer) {
    Link& link = links_[peer];
    if (!is_due(now, next_message(link))) continue;
    const bool is_ack_only = !is_due(now, link.flush_at) && !is_due(now, link.resend_at);
    outgoing.push_back({peer, is_ack_only ? make_delta(peer, link.sent, link.sent) : make_stretch(now, peer)});
    link.flush_at = link.ack_at = std::nullopt;
    link.is_contacted = false;
    check_step(link);
  }
  return outgoing;
}

std::optional<Time> Disseminator::next_message(const Link& link) {
  // What could go alone waits for a stretch that goes anyway.
  return link.flush_at ? link.flush_at : earlier(link.resend_at, link.ack_at);
}

Time Disseminator::next_tick() const {
  std::optional<Time> next;
  if (knows_usual(usual_arrivals_)) next = is_waiting_ ? extra_departure_ : window_end_;
  for (const Link& link : links_) next = earlier(next, next_message(link));
  return next.value_or(Time::max());
}

}  // namespace mznode::dissemination
