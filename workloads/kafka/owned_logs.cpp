#include "kafka/owned_logs.hpp"

#include <utility>

namespace mznode::kafka {

OwnedLogs::OwnedLogs(Node& node, Logs& logs, std::function<void(const std::string&, Offset)> publish)
    : node_(node), logs_(logs), publish_(std::move(publish)) {}

void OwnedLogs::load() {
  const std::vector<std::string> records = node_.storage().read();
  for (const std::string& text : records) replay(from_json<Record>(Json::parse(text)));
  if (records.empty()) store({.nodes = node_.node_ids(), .sent = std::nullopt, .committed = std::nullopt});
}

void OwnedLogs::replay(const Record& record) {
  if (record.nodes && *record.nodes != node_.node_ids()) {
    throw Error(ErrorCode::not_supported,
                "the data directory holds the logs of another cluster; give a fresh one for every run");
  }
  if (record.opened) forwards_.open(record.opened->origin, record.opened->life, record.opened->session);
  if (record.sent) show(record.sent->key, allocate(*record.sent), record.sent->msg);
  if (record.committed) committed_.raise(*record.committed);
}

Offset OwnedLogs::allocate(const Sent& sent) {
  const Offset offset = next_[sent.key]++;
  if (sent.id) forwards_.note(*sent.id, offset);
  return offset;
}

void OwnedLogs::show(const std::string& key, Offset offset, const Json& message) {
  logs_.put(key, offset, message);
  publish_(key, offset);
}

void OwnedLogs::store(const Record& record) {
  node_.storage().append(to_json(record).text());
}

/// Waits until all that was stored is durable.
Task<> OwnedLogs::synced() {
  const std::shared_ptr<Event> done(new Event(node_.make_event()));
  node_.sync([done] { done->happen(); });
  co_await done->wait();
}

Task<ForwardSession> OwnedLogs::open_forwards(std::string origin, std::uint64_t life) {
  const ForwardSession fresh{node_.incarnation(), node_.next_count()};
  const ForwardSession session = forwards_.open(origin, life, fresh);
  if (session == fresh) {
    store({.nodes = std::nullopt,
           .sent = std::nullopt,
           .committed = std::nullopt,
           .opened = OpenedSession{origin, life, fresh}});
  }
  co_await synced();
  co_return session;
}

Task<Offset> OwnedLogs::append(std::string key, Json message, std::optional<ForwardId> id) {
  auto offset = id ? forwards_.find(*id) : std::nullopt;
  if (!offset) {
    const Sent sent{.key = key, .msg = message, .id = id};
    offset = allocate(sent);
    store({.nodes = std::nullopt, .sent = sent, .committed = std::nullopt});
    // Even when whoever waits has gone: the offset is given.
    node_.sync([this, key, message, place = *offset] { show(key, place, message); });
  }
  co_await synced();
  co_return *offset;
}

Task<> OwnedLogs::commit(Offsets offsets) {
  offsets = committed_.news(offsets);
  if (offsets.empty()) co_return;
  store({.nodes = std::nullopt, .sent = std::nullopt, .committed = offsets});
  co_await synced();
  committed_.raise(offsets);
}

}  // namespace mznode::kafka
