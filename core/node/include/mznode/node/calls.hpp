#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "mznode/node/loop.hpp"
#include "mznode/node/message.hpp"
#include "mznode/node/outbox.hpp"

namespace mznode {

/// How Node::retry repeats a request. Only a request whose repetition does no harm may be repeated: its struct says so
/// with `static constexpr bool idempotent = true;`.
struct RetryPolicy {
  /// How long each attempt waits for its reply.
  Duration attempt_timeout = 500ms;
  /// When to give up, counted from the first attempt.
  Duration deadline = 5s;
  /// The pause between attempts doubles from the first to the second; each is drawn from its upper half.
  Duration first_pause = 50ms;
  Duration longest_pause = 1s;
};

/// Uniform from 0 to `bound` - 1, which is at least 1, from the runtime's chance.
std::uint64_t random_below(Runtime& runtime, std::uint64_t bound);

/// Owns a node's requests to others that wait for their replies.
class Calls {
 public:
  /// How many may wait at a time.
  static constexpr std::size_t max_calls = 30'000;

  Calls(Loop& loop, Outbox& outbox, std::uint64_t incarnation) : loop_(loop), outbox_(outbox), ids_(incarnation) {}
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  /// Node::rpc, of a body with the members `fields`, each with a comma in front of it.
  Task<Message> call(std::string dest, std::string type, std::string fields, Duration timeout);
  /// Node::retry, in the same way.
  Task<Message> retry(std::string dest, std::string type, std::string fields, RetryPolicy policy);

  /// Gives a reply to the request that waits for it; one that nobody waits for is logged and dropped.
  void take_reply(const MessageView& view);
  /// The same for one that was carried. Throws Error malformed_request when none of this process was asked so.
  void take_carried_reply(const MessageView& view);
  /// No more replies will come: all requests fail, and every later one at once.
  void close();

 private:
  class Pending;

  Loop& loop_;
  Outbox& outbox_;
  RequestIds ids_;
  std::uint64_t last_number_ = 0;
  /// By their msg_id.
  std::map<std::int64_t, Pending*> waiting_;
  bool is_closed_ = false;
};

}  // namespace mznode
