#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "mznode/node/node.hpp"

namespace mznode {

/// A client of one of Maelstrom's key-value services (Maelstrom, doc/services.md). Keys and values are any JSON. It
/// must outlive the tasks that it makes, so it is kept beside the node: `node.spawn(lin_kv(node).write(…))` would not
/// do.
///
/// Errors are those of the service, received: a handler that lets one escape answers with `crash`. A `timeout` leaves
/// open whether the operation took effect.
class Kv {
 public:
  /// `timeout` bounds each request. The node must outlive the client.
  Kv(Node& node, std::string service, Duration timeout = 1s);

  /// A key as it is written in a call: a string, an integer, or any other Json.
  struct Key {
    template <class Value>
    requires(!std::same_as<std::remove_cvref_t<Value>, Key> && std::constructible_from<Json, Value>) Key(Value&& value)
        : json(std::forward<Value>(value)) {}
    Json json;
  };

  /// The value of `key`. Throws key_does_not_exist.
  Task<Json> read(Key key);
  /// The value of `key`, or `fallback` when it has none.
  Task<Json> read_or(Key key, Json fallback);
  /// Sets `key`, which need not exist, to `value`.
  Task<> write(Key key, Json value);
  enum class Create { no, yes };
  /// Sets `key` to `to` if it is `from`. Throws precondition_failed when it is not, and key_does_not_exist when there
  /// is no such key, unless `create` lets it be made. (The lww-kv service ignores `create`.)
  Task<> cas(Key key, Json from, Json to, Create create = Create::no);

  /// Replaces the value by `change(value)` in a loop of reads and compare-and-sets, with jittered pauses when another
  /// writer was faster, and returns the value that was set. A key without a value is read as `initial`. When a
  /// compare-and-set times out, the value is read again: finding the one it meant to write proves success, provided
  /// that `change` never makes a value that anybody else makes (put the node and a count into it). Otherwise the
  /// outcome is open and `timeout` is thrown. `change` may throw to give up. A `guess`, what the value probably is, is
  /// tried first, without a read.
  Task<Json> update(Key key, Json initial, std::function<Json(const Json&)> change,
                    std::optional<Json> guess = std::nullopt);

  /// Lets other writers finish: waits for a while that is drawn, from a span that doubles with each attempt, which are
  /// counted from 0, from 5 ms up to 160 ms.
  Task<> pause(int attempt);

  /// Reads the newest value of a service that may answer from an old state (seq-kv): a write of a value that was never
  /// written before cannot run on an old state, and what follows it on this client cannot run on an older one.
  /// Throws key_does_not_exist.
  Task<Json> sync_read(Key key);
  /// The same, or `fallback` when the key has no value.
  Task<Json> sync_read_or(Key key, Json fallback);

 private:
  Task<> force_recency();
  Task<Json> read_once(Json key, std::optional<Json> fallback);

  Node& node_;
  std::string service_;
  Duration timeout_;
};

/// A value of a service as a T. Throws Error crash, as received, when it is none: that whoever wrote it has gone wrong
/// is no fault of the request that finds it.
template <class T>
T stored_as(const Json& value) {
  try {
    return from_json<T>(value);
  } catch (const Error& error) {
    throw Error::received(ErrorCode::crash,
                          std::string("what the service holds was not written by this node: ") + error.what());
  }
}

/// The linearizable store.
inline Kv lin_kv(Node& node) {
  return Kv(node, "lin-kv");
}
/// The sequentially consistent store; its reads may be stale (see Kv::sync_read).
inline Kv seq_kv(Node& node) {
  return Kv(node, "seq-kv");
}
/// The eventually consistent store, in which the last writer wins; its reads may go back.
inline Kv lww_kv(Node& node) {
  return Kv(node, "lww-kv");
}

/// A client of the timestamp oracle lin-tso.
class Tso {
 public:
  explicit Tso(Node& node, Duration timeout = 1s) : node_(node), timeout_(timeout) {}

  /// The next timestamp: an integer above every one that was handed out before this call.
  Task<std::int64_t> ts();

 private:
  Node& node_;
  Duration timeout_;
};

}  // namespace mznode
