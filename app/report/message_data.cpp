#include "report/message_data.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "mznode/sim/excerpt.hpp"

namespace mznode::app {
namespace {

/// A page stays small enough to be mailed, and quick on a phone.
constexpr std::size_t shown_messages = 20'000;
constexpr std::size_t most_messages = 2 * shown_messages;  // of one crowded instant
constexpr std::size_t shown_body_bytes = 160;

std::int64_t us(Duration duration) {
  return std::chrono::floor<std::chrono::microseconds>(duration).count();
}

std::string type_of(const std::string& body) {
  std::string type;
  codec::decode_object(body, [&](std::string_view key, std::string_view value) {
    if (key != "type") return;
    if (const auto text = codec::decode_json(value).as_string()) type = sim::excerpt(*text, 40);
  });
  return type;
}

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
        if (selection.keeps(at) && columns.src.size() < most_messages) send(report.run.packets[entry.packet], at);
      } else {
        end(entry, at);
      }
    }
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

  void send(const sim::Packet& packet, std::int64_t at) {
    places_[packet.id] = columns.src.size();
    times_.push_back(at);
    columns.ids.push_back(packet.id);
    columns.src.push_back(names_.of(packet.src));
    columns.dest.push_back(names_.of(packet.dest));
    columns.type.push_back(types_.of(type_of(packet.body)));
    columns.sent.push_back(at - last_);
    columns.took.push_back(-1);
    columns.body.push_back(sim::excerpt(packet.body, shown_body_bytes));
    last_ = at;
  }

  void end(const sim::JournalEntry& entry, std::int64_t at) {
    const std::size_t place = places_[entry.packet];
    if (place == absent) return;
    const std::int64_t took = at - times_[place];
    const bool is_lost = entry.event == sim::JournalEntry::Event::drop;
    if (columns.took[place] >= 0) {
      fates.copies.emplace_back(place, took, is_lost ? 1 : 0);
      return;
    }
    columns.took[place] = took;
    if (is_lost) fates.lost.push_back(static_cast<std::int64_t>(place));
  }

  const TestReport& report_;
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
