#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "relay/relay.hpp"

namespace mznode::relay {

/// Nodes that ask each other and answer at once, on links that a test cuts by hand. All that a relay does not do itself
/// is done here: messages take their time, and what a node is told to ask it asks again until it is answered.
class Cluster {
 public:
  explicit Cluster(std::size_t size, Duration latency = 10ms) : latency_(latency), nodes_(size) {
    for (Member member = 0; member < size; ++member) restart(member);
  }

  struct Word {
    bool is_answer = false;
    Token token;
  };
  /// What travels: a word that goes straight, one in a parcel, or what a relay tells.
  using Message = std::variant<Word, Parcel, Hearings>;
  /// Gets every message when it leaves.
  std::function<void(Time now, Member from, Member to, const Message& message, bool is_lost)> on_send;
  /// Gets every word when it has come, and from whom.
  std::function<void(Member from, Member to, const Word& word)> on_word;

  /// The node asks the other one, again and again until it is answered or the questions cease.
  void ask(Member from, Member to, Duration every = 50ms, Duration during = 1s) {
    const std::uint64_t number = ++last_question_;
    open_.emplace(from, number);
    repeat(from, to, number, every, now + during);
  }
  /// Whether something that a node has asked is not answered yet.
  bool has_open_questions(Member from) const {
    return std::any_of(open_.begin(), open_.end(), [from](const auto& each) { return each.first == from; });
  }

  void cut(Member from, Member to) { cut_.emplace(from, to); }
  /// Each node hears its predecessor only.
  void cut_to_ring() {
    for (Member from = 0; from < nodes_.size(); ++from) {
      for (Member to = 0; to < nodes_.size(); ++to) {
        if (from != to && (from + 1) % nodes_.size() != to) cut(from, to);
      }
    }
  }
  void cut_off(Member member) {
    for (Member other = 0; other < nodes_.size(); ++other) {
      if (other == member) continue;
      cut(member, other);
      cut(other, member);
    }
  }
  void heal() { cut_.clear(); }
  /// A new process takes the place of the one before.
  void restart(Member member) {
    nodes_[member].relay.emplace(
        Relay::Config{.members = nodes_.size(), .self = member, .life = Incarnation(++last_life_)});
    std::erase_if(open_, [member](const auto& each) { return each.first == member; });
  }

  /// Delivers something to a node, as if a node had sent it.
  void deliver(Member from, Member to, const Message& message) {
    nodes_[to].relay->hear(now, from);
    std::visit([&](const auto& each) { receive(from, to, each); }, message);
    pump(to);
  }

  void run_for(Duration duration) {
    const Time until = now + duration;
    for (;;) {
      Member due(nodes_.size());
      Time first = until;
      for (Member member = 0; member < nodes_.size(); ++member) {
        const Time next = nodes_[member].relay->next_tick();
        if (next <= first && (due == nodes_.size() || next < first)) due = member, first = next;
      }
      if (!events_.empty() && events_.begin()->first.first <= first) {
        auto event = events_.extract(events_.begin());
        now = std::max(now, event.key().first);
        event.mapped()();
      } else if (due < nodes_.size()) {
        now = std::max(now, first);
        nodes_[due].relay->tick(now);
        pump(due);
      } else {
        break;
      }
    }
    now = until;
  }

  const Relay& operator[](Member member) const { return *nodes_[member].relay; }
  std::size_t size() const { return nodes_.size(); }

  Time now{1s};

 private:
  struct Node {
    std::optional<Relay> relay;
  };

  void at(Time when, std::function<void()> event) { events_.emplace(std::pair(when, ++last_event_), std::move(event)); }

  void repeat(Member from, Member to, std::uint64_t number, Duration every, Time until) {
    if (!open_.contains({from, number}) || now >= until) return;
    const Token token{Token::Kind::query, number, 0};
    nodes_[from].relay->ask(now, to, token);
    send(from, to, {.is_answer = false, .token = token});
    pump(from);
    at(now + every, [=, this] { repeat(from, to, number, every, until); });
  }

  void send(Member from, Member to, const Word& word) {
    Relay& relay = *nodes_[from].relay;
    if (!relay.is_searching()) return put(from, to, word);
    Parcel parcel{
        .from = from, .life = relay.life(), .number = relay.next_parcel(), .way = {}, .kind = "word", .fields = {}};
    parcel.fields = to_json(std::pair(word.is_answer, word.token.first));
    for (auto& way : relay.ways(now, to)) {
      parcel.way = std::move(way);
      put(from, parcel.way.front(), parcel);
    }
  }

  void put(Member from, Member to, const Message& message) {
    const bool is_lost = cut_.contains({from, to});
    if (on_send) on_send(now, from, to, message, is_lost);
    if (is_lost) return;
    at(now + latency_, [=, this] { deliver(from, to, message); });
  }

  void pump(Member member) {
    const RelayEffects effects = nodes_[member].relay->take_effects(now);
    if (!effects.hearings) return;
    for (Member other = 0; other < nodes_.size(); ++other) {
      if (other != member) put(member, other, *effects.hearings);
    }
  }

  void receive(Member from, Member to, const Hearings& hearings) { nodes_[to].relay->receive(now, from, hearings); }
  void receive(Member /*from*/, Member to, const Parcel& parcel) {
    Parcel here = parcel;
    switch (nodes_[to].relay->receive(here)) {
      case Relay::Passage::arrives: {
        const auto [is_answer, number] = from_json<std::pair<bool, std::uint64_t>>(here.fields);
        take(here.from, to, {is_answer, {Token::Kind::query, number, 0}});
        break;
      }
      case Relay::Passage::goes_on: put(to, here.way.front(), here); break;
      case Relay::Passage::is_known: break;
    }
  }
  void receive(Member from, Member to, const Word& word) {
    if (word.is_answer) nodes_[to].relay->answer(now, from, word.token);
    take(from, to, word);
  }

  void take(Member from, Member to, const Word& word) {
    if (on_word) on_word(from, to, word);
    if (word.is_answer) {
      open_.erase({to, word.token.first});
    } else {
      send(to, from, {.is_answer = true, .token = word.token});
    }
  }

  Duration latency_;
  std::vector<Node> nodes_;
  std::uint64_t last_life_ = 100;
  std::uint64_t last_question_ = 0;
  std::uint64_t last_event_ = 0;
  /// By their time, and in the order in which they came up.
  std::map<std::pair<Time, std::uint64_t>, std::function<void()>> events_;
  std::set<std::pair<Member, Member>> cut_;
  std::set<std::pair<Member, std::uint64_t>> open_;
};

}  // namespace mznode::relay
