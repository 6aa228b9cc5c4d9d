// Requests to other nodes: what waits for their replies, and what becomes of replies.

#include <algorithm>

#include "mznode/node/node.hpp"

namespace mznode {
namespace {

struct ErrorBody {
  ErrorCode code = ErrorCode::crash;
  std::string text;
};

ErrorBody read_error(const MessageView& view) {
  ErrorBody error;
  for (const Field& field : view.fields()) {
    try {
      if (field.key == "code") {
        int code = 0;
        decode(field.value, code);
        error.code = static_cast<ErrorCode>(code);
      } else if (field.key == "text") {
        decode(field.value, error.text);
      }
    } catch (const Error&) {
      error.text = std::string(field.value);  // an ill-formed error is still an error
    }
  }
  return error;
}

/// What a task without a result gives a quorum.
std::vector<Task<std::monostate>> with_results(std::vector<Task<>> tasks) {
  struct Finished {
    static Task<std::monostate> run(Task<> task) {
      co_await std::move(task);
      co_return std::monostate();
    }
  };
  std::vector<Task<std::monostate>> results;
  for (auto& task : tasks) results.push_back(Finished::run(std::move(task)));
  return results;
}

bool says_later(ErrorCode code) {
  return code == ErrorCode::timeout || code == ErrorCode::temporarily_unavailable || code == ErrorCode::crash;
}

}  // namespace

/// Waits for the reply to one request. Lives in the frame of the RPC; its destructor forgets the request.
class Node::ReplyAwaiter {
 public:
  ReplyAwaiter(Node& node, std::int64_t msg_id, std::string dest, Duration timeout)
      : node_(node), msg_id_(msg_id), dest_(std::move(dest)) {
    node_.awaiting_.emplace(msg_id_, this);
    timer_ = node_.after(timeout, [this] { fail(ErrorCode::timeout, "no reply from " + dest_ + " in time"); });
    if (node_.closed_) fail(ErrorCode::timeout, "no reply from " + dest_ + ": the input is closed");
  }
  ReplyAwaiter(const ReplyAwaiter&) = delete;
  ReplyAwaiter& operator=(const ReplyAwaiter&) = delete;
  ~ReplyAwaiter() { forget(); }

  const std::string& dest() const { return dest_; }

  void succeed(Message reply) {
    reply_ = std::move(reply);
    finish();
  }
  void fail(ErrorCode code, const std::string& text) {
    error_ = Error::received(code, text);
    finish();
  }

  bool await_ready() const { return reply_ || error_; }
  bool await_suspend(std::coroutine_handle<> handle) {
    waiter_.set_handle(handle);
    waiting_ = true;
    return true;
  }
  Message await_resume() {
    if (error_) throw Error(*error_);
    return std::move(*reply_);
  }

 private:
  void finish() {
    forget();
    if (waiting_) node_.ready_.push(waiter_);
  }
  void forget() {
    if (node_.awaiting_.erase(msg_id_) != 0) node_.cancel_timer(timer_);
  }

  Node& node_;
  std::int64_t msg_id_;
  std::string dest_;
  TimerId timer_ = 0;
  bool waiting_ = false;
  std::optional<Message> reply_;
  std::optional<Error> error_;
  Waiter waiter_;
};

void Node::handle_reply(const MessageView& view) {
  const std::int64_t msg_id = *view.in_reply_to();
  const auto found = awaiting_.find(msg_id);
  if (found == awaiting_.end() || found->second->dest() != view.src()) {
    const bool was_asked = msg_id > 0 && msg_id < next_msg_id_;
    log(was_asked ? LogLevel::info : LogLevel::warn, "dropped a reply of type ", view.type(), " from ", view.src(),
        was_asked ? ": late or repeated, to " : ": never asked, to ", msg_id);
    return;
  }
  if (view.type() == "error") {
    const ErrorBody error = read_error(view);
    found->second->fail(error.code, error.text);
  } else {
    found->second->succeed(view.own());
  }
}

void Node::close() {
  closed_ = true;
  // Failing one may start others, which fail at once, since the input is closed.
  while (!awaiting_.empty()) {
    awaiting_.begin()->second->fail(ErrorCode::timeout, "the input was closed before the reply came");
  }
  settle();
}

Task<> Node::quorum(std::size_t wanted, std::vector<Task<>> tasks) {
  auto results = with_results(std::move(tasks));
  co_await quorum(wanted, std::move(results));
}

Task<> Node::when_all(std::vector<Task<>> tasks) {
  const std::size_t count = tasks.size();
  return quorum(count, std::move(tasks));
}

Task<Message> Node::rpc(std::string_view dest, std::string_view type, const Json& fields, Duration timeout) {
  TextBuffer text;
  detail::append_members(text, fields);
  return rpc_text(std::string(dest), std::string(type), text.str(), timeout);
}

Task<Message> Node::rpc_text(std::string dest, std::string type, std::string fields, Duration timeout) {
  require_destination(dest);
  if (awaiting_.size() >= max_calls) {
    // Counts as received, because what the same handler sent before may have taken effect.
    throw Error::received(ErrorCode::temporarily_unavailable,
                          "too many requests of this node wait for their replies; try again later");
  }
  const std::int64_t msg_id = next_msg_id_++;
  TextBuffer& body = open_body(dest, type);
  body += ",\"msg_id\":";
  encode(body, msg_id);
  body += fields;
  close_body(body);
  auto reply = co_await ReplyAwaiter(*this, msg_id, std::move(dest), timeout);
  co_return reply;
}

Task<Message> Node::retry_text(std::string dest, std::string type, std::string fields, RetryPolicy policy) {
  const Time start = now();
  Duration pause = std::min(policy.first_pause, policy.longest_pause);
  for (;;) {
    // Subtracted rather than added: an endless deadline must not overflow.
    const Duration timeout = std::min(policy.attempt_timeout, policy.deadline - (now() - start));
    std::exception_ptr failure;
    try {
      auto reply = co_await rpc_text(dest, type, fields, timeout);
      co_return reply;
    } catch (const Error& error) {
      if (!error.is_received() || !says_later(error.code()) || closed_) throw;
      failure = std::current_exception();
    }
    const auto half = static_cast<std::uint64_t>(pause.count() / 2);
    const Duration jittered(static_cast<std::int64_t>(half + random_below(half + 1)));
    if (jittered >= policy.deadline - (now() - start)) std::rethrow_exception(failure);
    co_await sleep(jittered);
    pause = pause < policy.longest_pause / 2 ? pause * 2 : policy.longest_pause;
  }
}

}  // namespace mznode
