#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "dissemination/timetable.hpp"
#include "incarnation.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/runtime.hpp"

namespace mznode::dissemination {

/// A peer, by its place in the list of peers.
using Peer = std::size_t;

/// One attempt to bring a log to a peer from its beginning: the life of the sender, and a number that counts its
/// streams to this peer. An acknowledgement names the stream it is for, so that one of an earlier stream means nothing.
struct Stream {
  Incarnation incarnation = 0;
  std::uint64_t number = 0;
  auto operator<=>(const Stream&) const = default;
};

/// What travels from one node to another: a stretch of the sender's stream to this peer, and how far the sender has
/// received the peer's own stream.
struct Delta {
  Stream stream;
  /// The stretch [from, to) of the sender's log. Entries that the peer does not need are left out of `elements`.
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<Json> elements;
  /// The stream of the peer that was heard last, and the position before which all of it has arrived.
  Stream ack_stream;
  std::uint64_t ack = 0;
  /// Something after `ack` has arrived, so that what is missing there was lost or overtaken.
  bool gap = false;
  /// The receiver is a target that the sender chose, or is contacted.
  bool chosen = false;
  /// From a sender that keeps a timetable: how long before a departure the stretch came in that ends at `ack`.
  std::optional<Duration> slack = {};
};

/// Spreads the elements of a grow-only set over links that lose, repeat and reorder messages, between processes that
/// pause, and restart with empty memory.
///
/// Every node keeps one log of what it knows; the stream to a peer is that log without what the peer itself told, in
/// the life that it leads now. A delta names its stretch of the log, so that one number acknowledges all before it;
/// acknowledgements ride on deltas, and go alone only when there is nothing to ride on for `ack_delay`. What stays
/// unacknowledged is sent again after `resend_after`, with the next stretch if there is one, or when the peer sees a
/// gap. The first entry of every log is empty: it makes a new process announce itself. Whenever a peer is heard in
/// another life than before, its stream begins anew: an old life's late words can so cost a repetition, but never pass
/// for an acknowledgement by the life that replaced it. Once all is acknowledged nobody says anything.
///
/// Of a peer's lives only those are remembered that were heard last, and of each its last stream. That costs no more
/// than repetitions either: what comes again is known to the set, and whoever sees that its stream was forgotten begins
/// it anew.
///
/// Pure: time comes in as an argument, messages go out as values.
class Disseminator {
 public:
  struct Config {
    /// A flood passes on what it learns from a peer; otherwise only the node's own elements are sent.
    bool relay = true;
    /// How long elements may wait for others to share their message.
    Duration flush_delay{0};
    /// How long a link must be quiet before an acknowledgement goes alone. While stretches keep coming it waits for
    /// something to ride on, up to four times as long.
    Duration ack_delay{0};
    /// Longer than a round trip, `ack_delay` and `flush_delay`.
    Duration resend_after{0};
    /// How long a new process waits for an element to take its announcement along.
    Duration announce_delay{0};
    /// Whoever chooses this node as a target becomes one of its own, for as long as that lasts.
    bool reciprocal = false;
    /// Whoever chooses or contacts this node, and lacks something, is told at once, target or not.
    bool answers = false;
    /// Every message carries the whole log: what acknowledged deltas save.
    bool whole = false;
    /// How long before a departure of the leader a follower wants its message to arrive, if none is ever late.
    Duration margin = 12ms;
  };

  Disseminator(Config config, Incarnation self, std::size_t peers);

  /// Makes `targets` the peers that elements are sent to. To the others nothing is sent but acknowledgements.
  void set_targets(Time now, const std::vector<Peer>& targets);
  /// What leaves from now on leaves at regular departures, `flush_delay` apart, and peers are told how long before one
  /// their words came in. Long windows begin now, when the processes of a cluster start together.
  void keep_timetable(Time now);
  /// What goes to `leader`, who keeps a timetable, is held back as long as it still arrives in time for a departure.
  /// The leader is taken to start now, too, until it is heard.
  void follow(Time now, Peer leader);

  /// Adds an element that a client gave to this node.
  void add(Time now, Json element);

  /// Takes in what a message of a peer says about streams. The caller passes those of its elements that are new to
  /// `learn`.
  void receive(Time now, Peer from, const Delta& delta);
  /// Adds an element that came from a peer.
  void learn(Time now, Peer from, Json element);

  /// Tells `peer`, target or not, what it lacks, once and now.
  void contact(Time now, Peer peer);
  /// The peers that lack something which was not sent to them lately.
  std::vector<Peer> lacking(Time now);
  /// Since when a target owes acknowledgements without giving any; nothing when it owes none.
  std::optional<Time> owes_since(Peer peer) const;

  struct Outgoing {
    Peer to;
    Delta delta;
  };
  /// The messages that are due at `now`.
  std::vector<Outgoing> take_effects(Time now);
  /// When there will next be one; never when all is acknowledged and silent.
  Time next_tick() const;

 private:
  static constexpr Peer own = SIZE_MAX;

  struct Entry {
    Json element;
    Peer origin;
    /// The life of the origin that told it: a later one may have forgotten it.
    Incarnation life = 0;
  };
  /// How much of one stream has arrived: all before `upto`, and stretches behind it that overtook others.
  struct Received {
    std::uint64_t number = 0;
    std::uint64_t heard_at = 0;  // counts the messages of the peer
    std::uint64_t upto = 0;
    std::map<std::uint64_t, std::uint64_t> beyond;
    void add(std::uint64_t from, std::uint64_t to);
  };
  /// What is known of one peer. It has more than 12 members because a link is two streams, mine and the peer's, each
  /// with its positions and its timers, and what is due on one decides what is said on the other.
  struct Link {
    bool is_chosen = false;
    bool is_contacted = false;  // chosen for the next message only
    bool chose_us = false;
    // My stream to the peer, as positions in the log: acked <= sent, and nothing in [sent, scanned) is for this peer.
    std::uint64_t stream = 1;
    std::uint64_t acked = 0;
    std::uint64_t sent = 0;
    std::uint64_t scanned = 0;
    std::optional<Time> flush_at;
    std::optional<Time> resend_at;
    std::optional<std::uint64_t> last_gap;  // where the peer last saw one
    bool repeats = false;                   // the next stretch begins there
    Time waiting_from;  // for an acknowledgement: since the oldest stretch that lacks one went, or was repeated
    Time owing_from;    // the same without regard to repetitions
    // Of the lives of the peer that were heard lately, the last stream of each to me; and the one that was heard last.
    std::map<Incarnation, Received> received;
    std::uint64_t messages = 0;
    Stream heard;
    std::optional<Time> ack_at;
    Time ack_by;
    // With a timetable of mine: how early the last stretch came. With one of the peer's: when to send, to be in time.
    Duration slack{0};
    std::optional<HoldBack> hold_back;
  };

  bool is_target(const Link& link) const { return link.is_chosen || (config_.reciprocal && link.chose_us); }
  void check_step(const Link& link) const;
  void retarget(Time now, Peer peer, bool is_chosen, bool chose_us);
  bool is_for(Peer peer, const Entry& entry) const;
  bool has_unsent(Peer peer);
  bool lacks(Time now, Peer peer);
  bool must_repeat(Time now, const Link& link) const;
  void schedule_flush(Time now, Peer peer);
  Time departure(Time now, const Link& link);
  void note_arrival(Time now, Link& link, bool knows_timetable);
  void depart_by(Time now, Time at);
  void end_window(Time now);
  void forget_timetable(Link& link) const { link.hold_back.emplace(config_.flush_delay, config_.margin); }
  void restart_stream(Time now, Peer peer);
  static Received* find_stream(Link& link, const Stream& stream);
  void take_ack(Time now, Peer from, const Delta& delta);
  void watch(Time now, Link& link) const;
  void schedule_ack(Time now, Link& link, bool has_gap) const;
  Delta make_delta(Peer peer, std::uint64_t from, std::uint64_t to) const;
  Delta make_stretch(Time now, Peer peer);
  static std::optional<Time> next_message(const Link& link);

  Config config_;
  Incarnation self_;
  bool keeps_timetable_ = false;
  std::optional<Timetable> timetable_;
  Time extra_departure_;             // the last
  Time extras_used_up_;              // until then, if there were no more of them at once
  Time window_end_;                  // the departure that has not been taken yet
  bool is_waiting_ = false;          // it is put off to `extra_departure_`
  std::int64_t arrivals_ = 0;        // stretches that came in since the last departure
  std::int64_t usual_arrivals_ = 0;  // their mean over windows, in sixteenths
  std::vector<Entry> log_;
  std::vector<Link> links_;
};

}  // namespace mznode::dissemination
