#include "mznode/node/kv.hpp"

#include <algorithm>

#include "mznode/node/names.hpp"

namespace mznode {
namespace {

struct ReadRequest {
  Json key;
  MZNODE_FIELDS(key)
};
struct ReadOk {
  Json value;
  MZNODE_FIELDS(value)
};
struct WriteRequest {
  Json key;
  Json value;
  MZNODE_FIELDS(key, value)
};
struct CasRequest {
  Json key;
  Json from;
  Json to;
  std::optional<bool> create_if_not_exists;
  MZNODE_FIELDS(key, from, to, create_if_not_exists)
};
struct TsOk {
  std::int64_t ts = 0;
  MZNODE_FIELDS(ts)
};

}  // namespace

Kv::Kv(Node& node, std::string service, Duration timeout)
    : node_(node), service_(std::move(service)), timeout_(timeout) {}

Task<Json> Kv::read_once(Json key, std::optional<Json> fallback) {
  const ReadRequest request{std::move(key)};
  try {
    auto reply = co_await node_.rpc(service_, "read", request, timeout_);
    co_return reply.as<ReadOk>().value;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::key_does_not_exist || !fallback) throw;
  }
  co_return std::move(*fallback);
}

Task<Json> Kv::read(Key key) {
  return read_once(std::move(key.json), std::nullopt);
}

Task<Json> Kv::read_or(Key key, Json fallback) {
  return read_once(std::move(key.json), std::move(fallback));
}

Task<> Kv::write(Key key, Json value) {
  const WriteRequest request{std::move(key.json), std::move(value)};
  co_await node_.rpc(service_, "write", request, timeout_);
}

Task<> Kv::cas(Key key, Json from, Json to, Create create) {
  CasRequest request{std::move(key.json), std::move(from), std::move(to), std::nullopt};
  if (create == Create::yes) request.create_if_not_exists = true;
  co_await node_.rpc(service_, "cas", request, timeout_);
}

Task<> Kv::pause(int attempt) {
  constexpr int max_doublings = 5;
  const auto longest_ms = std::uint64_t{5} << std::min(attempt, max_doublings);
  const Duration pause = std::chrono::milliseconds(static_cast<std::int64_t>(node_.random_below(longest_ms) + 1));
  co_await node_.sleep(pause);
}

Task<Json> Kv::update(Key key, Json initial, std::function<Json(const Json&)> change, std::optional<Json> guess) {
  for (int attempt = 0;; ++attempt) {
    const bool is_guess = guess.has_value();
    Json current;
    if (is_guess) {
      current = *std::exchange(guess, std::nullopt);
    } else {
      auto found = co_await read_or(key, initial);
      current = std::move(found);
    }
    const Json next = change(current);
    std::optional<Error> failure;
    try {
      co_await cas(key, current, next, Create::yes);
      co_return next;
    } catch (const Error& error) {
      failure = error;
    }
    if (failure->code() == ErrorCode::timeout) {
      auto found = co_await read_or(key, initial);
      if (found == next) co_return next;
      throw Error(*failure);
    }
    if (failure->code() != ErrorCode::precondition_failed) throw Error(*failure);
    if (!is_guess) co_await pause(attempt);
  }
}

Task<> Kv::force_recency() {
  // Unique among all writes ever made to this key, over restarts too.
  const Json key("sync-" + node_.id());
  const Json value(std::to_string(node_.incarnation()) + "-" + std::to_string(node_.next_count()));
  co_await write(key, value);
}

Task<Json> Kv::sync_read(Key key) {
  co_await force_recency();
  co_return co_await read(std::move(key));
}

Task<Json> Kv::sync_read_or(Key key, Json fallback) {
  co_await force_recency();
  co_return co_await read_or(std::move(key), std::move(fallback));
}

Task<std::int64_t> Tso::ts() {
  const Empty no_fields;
  auto reply = co_await node_.rpc(services::lin_tso, "ts", no_fields, timeout_);
  co_return reply.as<TsOk>().ts;
}

}  // namespace mznode
