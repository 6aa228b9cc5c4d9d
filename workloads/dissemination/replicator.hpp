#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dissemination/disseminator.hpp"
#include "dissemination/element_set.hpp"
#include "driver.hpp"
#include "mznode/node/node.hpp"

namespace mznode::dissemination {

/// Binds a Disseminator to a node: sends its deltas as messages of type "gossip", and keeps the set of elements that it
/// spreads.
class Replicator {
 public:
  /// What takes the place of the set where something else is spread.
  struct Hooks {
    /// Reads the elements of a delta that has arrived, instead of the set, and returns what is to be done with them
    /// once the stream has got it. Throws Error malformed_request, and changes nothing, when no peer can have told such
    /// ones.
    std::function<std::function<void()>(Peer from, const Delta& delta)> read;
    /// Turns the elements of the log that a message is to bring into what the message carries.
    std::function<void(std::vector<Json>& elements)> pack;
  };

  /// The node must outlive it. `targets` chooses, at `init`, the peers that elements are sent to; none when it is
  /// empty, until set_targets().
  Replicator(Node& node, Disseminator::Config config, std::function<std::vector<std::string>()> targets,
             Hooks hooks = {});

  void set_targets(const std::vector<std::string>& names);
  /// Disseminator::keep_timetable() and follow().
  void keep_timetable() { disseminator_->keep_timetable(node_.now()); }
  void follow(const std::string& leader) { disseminator_->follow(node_.now(), peer_of(leader)); }
  /// Tells one peer, drawn from those that lack something, all that it lacks.
  void contact_one();
  /// True when a target has acknowledged nothing for `patience` although it should have.
  bool stays_away(const std::string& target, Duration patience) const;
  /// Adds a client's element and spreads it, unless it is there already.
  void add(const Json& element);
  /// Spreads an element without a look at the set.
  void spread(Json element);
  const ElementSet& elements() const { return elements_; }

 private:
  struct Message {
    std::pair<Incarnation, std::uint64_t> stream;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::vector<Json> elements;
    std::pair<Incarnation, std::uint64_t> ack_stream;
    std::uint64_t ack = 0;
    bool gap = false;
    bool chosen = false;
    std::optional<std::int64_t> slack_ns;
    MZNODE_FIELDS(stream, from, to, elements, ack_stream, ack, gap, chosen, slack_ns)
    MZNODE_IDENTITIES(stream, ack_stream)
    void validate() const {
      demand(stream.first != 0, "no life is 0");
      demand(stream.second > 0 && stream.second <= largest_count, "the streams of a life are counted from 1");
      demand(from <= to && elements.size() <= to - from, "a stretch has no more elements than entries");
    }
  };

  /// The number of peers when there is none of that name.
  Peer peer_of(const std::string& name) const;
  /// Adds what is new to the set and passes it on.
  void take(Peer from, const Delta& delta);
  void receive(Message message, const std::string& src);
  void send(std::vector<Disseminator::Outgoing> due);

  Node& node_;
  Disseminator::Config config_;
  Hooks hooks_;
  ElementSet elements_;
  std::optional<Disseminator> disseminator_;
  std::optional<Driver<Disseminator>> driver_;
};

}  // namespace mznode::dissemination
