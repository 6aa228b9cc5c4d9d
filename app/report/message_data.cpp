#include "report/message_data.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "mznode/sim/excerpt.hpp"

namespace mznode::app {
namespace {

/// A page stays small enough to be mailed, and quick on a phone.
constexpr std::size_t shown_messages = 20'000;
constexpr std::size_t most_messages = 2 * shown_messages;  // of one crowded instant
/// Of a body, so much is shown that all bodies together take no more than this.
constexpr std::size_t most_body_bytes = 4'000'000;
constexpr std::size_t longest_bodies[] = {4000, 1500, 600, 250};
constexpr std::size_t shortest_body = 120;

std::int64_t us(Duration duration) {
  return std::chrono::floor<std::chrono::microseconds>(duration).count();
}

/// What the head of a body says.
struct Head {
  std::string type;
  std::optional<std::int64_t> msg_id;
  std::optional<std::int64_t> in_reply_to;
};

Head head_of(const std::string& body) {
  Head head;
  codec::decode_object(body, [&](std::string_view key, std::string_view value) {
    if (key == "type") head.type = sim::excerpt(codec::decode_json(value).as_string().value_or(""), 40);
    if (key == "msg_id") head.msg_id = codec::decode_json(value).as_int();
    if (key == "in_reply_to") head.in_reply_to = codec::decode_json(value).as_int();
  });
  return head;
}

/// The turns of everybody, in the order of the journal.
class Turns {
  /// Nodes of this program's own answer in the instant in which they receive; for other processes in virtual time, each
  /// look at the clock takes 50 ns. In real time they take longer, and what caused a message is not known.
  static constexpr Duration an_instant = std::chrono::microseconds(10);

 public:
  void received(const std::string& name, std::uint64_t packet, Time at) {
    Turn& turn = turns_[name];
    if (turn.number == 0 || at - turn.at > an_instant || turn.has_sent) turn = {.number = ++count_, .at = at};
    received_in_.try_emplace(packet, turn.number);
  }
  void sent(const std::string& name, std::uint64_t packet, Time at) {
    const auto found = turns_.find(name);
    if (found == turns_.end() || at - found->second.at > an_instant) return;
    found->second.has_sent = true;
    sent_in_[packet] = found->second.number;
  }

  /// The numbers of the turns in which messages of the page were both received and sent, those of each message.
  void number(const MessageColumns& columns, MessageFates& fates) const {
    std::set<std::int64_t> sending;
    for (const std::uint64_t id : columns.ids) {
      if (const std::int64_t turn = of(sent_in_, id)) sending.insert(turn);
    }
    std::map<std::int64_t, std::int64_t> numbers;
    for (const std::uint64_t id : columns.ids) {
      const std::int64_t turn = of(received_in_, id);
      if (sending.contains(turn)) numbers.try_emplace(turn, 0);
    }
    std::int64_t next = 0;
    for (auto& [turn, number] : numbers) number = ++next;
    for (const std::uint64_t id : columns.ids) {
      fates.sent_in.push_back(of(numbers, of(sent_in_, id)));
      fates.received_in.push_back(of(numbers, of(received_in_, id)));
    }
  }

 private:
  struct Turn {
    std::int64_t number = 0;
    Time at = {};
    bool has_sent = false;
  };
  template <class Key>
  static std::int64_t of(const std::map<Key, std::int64_t>& numbers, Key key) {
    const auto found = numbers.find(key);
    return found == numbers.end() ? 0 : found->second;
  }

  std::map<std::string, Turn> turns_;
  std::map<std::uint64_t, std::int64_t> received_in_;
  std::map<std::uint64_t, std::int64_t> sent_in_;
  std::int64_t count_ = 0;
};

/// Gives numbers to names in the order in which they come.
class Numbers {
 public:
  explicit Numbers(std::vector<std::string>& names) : names_(names) {}
  std::int64_t of(const std::string& name) {
    const auto [found, is_new] = numbers_.try_emplace(name, static_cast<std::int64_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return found->second;
  }

 private:
  std::vector<std::string>& names_;
  std::map<std::string, std::int64_t> numbers_;
};

class Columns {
 public:
  Columns(const TestReport& report, const std::vector<std::string>& nodes, const Selection& selection)
      : report_(report), names_(columns.names), types_(columns.types), places_(report.run.packets.size(), absent) {
    for (const auto& node : nodes) names_.of(node);
    columns.nodes = columns.names.size();
    fates.kept = selection.spans();
    add_services();
    for (const sim::JournalEntry& entry : report.run.journal) {
      const std::int64_t at = us(entry.at - report.run.started);
      if (entry.event == sim::JournalEntry::Event::send) {
        ++fates.total;
        if (selection.keeps(at) && columns.src.size() < most_messages)
          send(report.run.packets[entry.packet], at, entry.at);
      } else {
        end(entry, at);
      }
    }
    turns_.number(columns, fates);
    shorten_bodies();
  }

  MessageColumns columns;
  MessageFates fates;

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  void add_services() {
    std::set<std::string> services;
    for (const sim::Packet& packet : report_.run.packets) {
      for (const auto* name : {&packet.src, &packet.dest}) {
        if (!sim::is_client_name(*name)) services.insert(*name);
      }
    }
    for (const auto& name : services) names_.of(name);
    columns.services = columns.names.size() - columns.nodes;
  }

  void send(const sim::Packet& packet, std::int64_t at, Time exactly) {
    const Head head = head_of(packet.body);
    turns_.sent(packet.src, packet.id, exactly);
    const std::size_t place = columns.src.size();
    const auto asked =
        head.in_reply_to ? requests_.find({packet.dest, packet.src, *head.in_reply_to}) : requests_.end();
    fates.answers.push_back(asked == requests_.end() ? 0 : static_cast<std::int64_t>(place - asked->second));
    if (head.msg_id) requests_[{packet.src, packet.dest, *head.msg_id}] = place;
    places_[packet.id] = columns.src.size();
    times_.push_back(at);
    columns.ids.push_back(packet.id);
    columns.src.push_back(names_.of(packet.src));
    columns.dest.push_back(names_.of(packet.dest));
    columns.type.push_back(types_.of(head.type));
    columns.sent.push_back(at - last_);
    columns.took.push_back(-1);
    last_ = at;
  }

  void end(const sim::JournalEntry& entry, std::int64_t at) {
    const std::size_t place = places_[entry.packet];
    if (place == absent) return;
    const std::int64_t took = at - times_[place];
    const bool is_lost = entry.event == sim::JournalEntry::Event::drop;
    if (!is_lost) turns_.received(report_.run.packets[entry.packet].dest, entry.packet, entry.at);
    if (columns.took[place] >= 0) {
      fates.copies.emplace_back(place, took, is_lost ? 1 : 0);
      return;
    }
    columns.took[place] = took;
    if (is_lost) fates.lost.push_back(static_cast<std::int64_t>(place));
  }

  void shorten_bodies() {
    const auto size_with = [this](std::size_t longest) {
      std::size_t size = 0;
      for (const std::uint64_t id : columns.ids) size += std::min(report_.run.packets[id].body.size(), longest);
      return size;
    };
    std::size_t longest = shortest_body;
    for (const std::size_t each : longest_bodies) {
      if (longest == shortest_body && size_with(each) <= most_body_bytes) longest = each;
    }
    for (const std::uint64_t id : columns.ids) {
      columns.body.push_back(sim::excerpt(report_.run.packets[id].body, longest));
    }
  }

  const TestReport& report_;
  Turns turns_;
  /// The places of the latest requests by sender, receiver and msg_id.
  std::map<std::tuple<std::string, std::string, std::int64_t>, std::size_t> requests_;
  Numbers names_;
  Numbers types_;
  /// The places of the packets in the columns, by id.
  std::vector<std::size_t> places_;
  std::vector<std::int64_t> times_;
  std::int64_t last_ = 0;
};

}  // namespace

std::pair<MessageColumns, MessageFates> message_columns(const TestReport& report, const std::vector<std::string>& nodes,
                                                        const std::vector<std::int64_t>& moments) {
  std::vector<std::int64_t> times;
  for (const sim::JournalEntry& entry : report.run.journal) {
    if (entry.event == sim::JournalEntry::Event::send) times.push_back(us(entry.at - report.run.started));
  }
  const Selection selection(times, moments, shown_messages);
  Columns columns(report, nodes, selection);
  return {std::move(columns.columns), std::move(columns.fates)};
}

}  // namespace mznode::app
