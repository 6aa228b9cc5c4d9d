#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "forwarding.hpp"
#include "kafka/logs.hpp"
#include "mznode/node/node.hpp"

namespace mznode::kafka {

/// A record of the session of a life of another node. (Inside the class, clang would not know its initialisers yet.)
struct OpenedSession {
  std::string origin;
  std::uint64_t life = 0;
  ForwardSession session;
  MZNODE_FIELDS(origin, life, session)
};

/// What a node keeps of the keys that it owns: it gives out their offsets, and makes everything durable before anybody
/// sees it.
class OwnedLogs {
 public:
  /// Messages go to `logs` when they are durable, and then `publish` is called. The node and the logs must outlive it.
  OwnedLogs(Node& node, Logs& logs, std::function<void(const std::string& key, Offset offset)> publish);

  /// Takes in what an earlier life stored. At `init`, before anything else.
  void load();
  /// Appends a message and returns its offset, when it is durable. One that was forwarded before keeps its offset.
  Task<Offset> append(std::string key, Json message, std::optional<ForwardId> id);
  /// The session of a life of a node that forwards messages, when it is durable.
  Task<ForwardSession> open_forwards(std::string origin, std::uint64_t life);
  Forwards<Offset>& forwards() { return forwards_; }
  /// Returns when the offsets, or higher ones, are durable.
  Task<> commit(Offsets offsets);
  const CommittedOffsets& committed() const { return committed_; }

 private:
  struct Sent {
    std::string key;
    Json msg;
    std::optional<ForwardId> id;
    MZNODE_FIELDS(key, msg, id)
  };
  /// A record of the storage.
  struct Record {
    std::optional<std::vector<std::string>> nodes;
    std::optional<Sent> sent;
    std::optional<Offsets> committed;
    std::optional<OpenedSession> opened = {};
    MZNODE_FIELDS(nodes, sent, committed, opened)
  };

  void store(const Record& record);
  void replay(const Record& record);
  Offset allocate(const Sent& sent);
  void show(const std::string& key, Offset offset, const Json& message);
  Task<> synced();

  Node& node_;
  Logs& logs_;
  std::function<void(const std::string&, Offset)> publish_;
  /// The offsets that the next messages get: behind those in the logs there may be some that are not durable yet.
  Offsets next_;
  Forwards<Offset> forwards_;
  CommittedOffsets committed_;
};

}  // namespace mznode::kafka
