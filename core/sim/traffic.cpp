#include "mznode/sim/network.hpp"

namespace mznode::sim {

void Traffic::note_sent(const Packet& packet, Time now, bool has_client) {
  if (keeps_journal_) packets_.push_back(packet);
  count(packet, JournalEntry::Event::send, now, has_client);
  if (links_) ++(*links_)[{packet.src, packet.dest}];
}

void Traffic::count(const Packet& packet, JournalEntry::Event event, Time now, bool has_client) {
  Counts& group = has_client ? stats_.clients : stats_.servers;
  if (event == JournalEntry::Event::send) {
    ++stats_.all.sent;
    ++group.sent;
    if (!has_client) stats_.server_bytes += packet.body.size();
  } else if (event == JournalEntry::Event::receive) {
    ++stats_.all.received;
    ++group.received;
  }
  if (keeps_journal_) journal_.push_back({now, event, packet.id});
}

}  // namespace mznode::sim
