#include "mznode/node/calls.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <optional>
#include <utility>

#include "mznode/json/error.hpp"
#include "mznode/node/peer_message.hpp"

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

bool says_later(ErrorCode code) {
  return code == ErrorCode::timeout || code == ErrorCode::temporarily_unavailable || code == ErrorCode::crash;
}

}  // namespace

RequestIds::RequestIds(std::uint64_t incarnation) : life_(((incarnation >> (number_bits + 1)) | 1) << number_bits) {}

bool RequestIds::is_of_any_carried(std::string_view id) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(id.data(), id.data() + id.size(), value);
  return error == std::errc{} && stop == id.data() + id.size() && value > number_mask;
}

/// One request that waits. It lives in the frame of the call; its destructor forgets the request.
class Calls::Pending {
 public:
  Pending(Calls& calls, std::int64_t msg_id, std::string dest, Duration timeout)
      : calls_(calls), msg_id_(msg_id), dest_(std::move(dest)), wake_(calls.loop_.ready()) {
    calls_.waiting_.emplace(msg_id_, this);
    timer_ = calls_.loop_.after(timeout, [this] { fail(ErrorCode::timeout, "no reply from " + dest_ + " in time"); });
    if (calls_.is_closed_) fail(ErrorCode::timeout, "no reply from " + dest_ + ": the input is closed");
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { forget(); }

  const std::string& dest() const { return dest_; }

  void succeed(Message reply) {
    reply_ = std::move(reply);
    finish();
  }
  void fail(ErrorCode code, const std::string& text) {
    error_ = Error::received(code, text);
    finish();
  }

  Wake& decided() { return wake_; }
  /// What became of it, once that is decided.
  Message take() {
    if (error_) throw Error(*error_);
    return std::move(*reply_);
  }

 private:
  void finish() {
    forget();
    wake_.wake();
  }
  void forget() {
    if (calls_.waiting_.erase(msg_id_) != 0) calls_.loop_.cancel_timer(timer_);
  }

  Calls& calls_;
  std::int64_t msg_id_;
  std::string dest_;
  TimerId timer_ = 0;
  std::optional<Message> reply_;
  std::optional<Error> error_;
  Wake wake_;
};

void Calls::take_reply(const MessageView& view) {
  const std::int64_t msg_id = *view.in_reply_to();
  const auto found = waiting_.find(msg_id);
  if (found == waiting_.end() || found->second->dest() != view.src()) {
    const std::uint64_t number = RequestIds::number_of(msg_id);
    const bool was_asked =
        number > 0 && number <= last_number_ && (std::cmp_equal(msg_id, number) || ids_.is_of_carried(msg_id));
    loop_.log(was_asked ? LogLevel::info : LogLevel::warn, "dropped a reply of type ", view.type(), " from ",
              view.src(), was_asked ? ": late or repeated, to " : ": never asked, to ", msg_id);
    return;
  }
  if (view.type() == "error") {
    const ErrorBody error = read_error(view);
    found->second->fail(error.code, error.text);
  } else {
    found->second->succeed(view.own());
  }
}

void Calls::take_carried_reply(const MessageView& view) {
  demand(ids_.is_of_carried(*view.in_reply_to()), "this process has sent no such request another way than straight");
  take_reply(view);
}

void Calls::close() {
  is_closed_ = true;
  // Failing one may start others, which fail at once, since the input is closed.
  while (!waiting_.empty()) {
    waiting_.begin()->second->fail(ErrorCode::timeout, "the input was closed before the reply came");
  }
}

Task<Message> Calls::call(std::string dest, std::string type, std::string fields, Duration timeout) {
  outbox_.demand_reachable(dest);
  if (waiting_.size() >= max_calls) {
    // Counts as received, because what the same handler sent before may have taken effect.
    throw Error::received(ErrorCode::temporarily_unavailable,
                          "too many requests of this node wait for their replies; try again later");
  }
  const std::uint64_t number = ++last_number_;
  const bool is_carried = outbox_.carries_request(dest, number);
  const std::int64_t msg_id = is_carried ? ids_.of_carried(number) : static_cast<std::int64_t>(number);
  TextBuffer& body = is_carried ? outbox_.open_carried(dest, type) : outbox_.open(dest, type);
  body += ",\"msg_id\":";
  encode(body, msg_id);
  body += fields;
  outbox_.close(body);
  Pending pending(*this, msg_id, std::move(dest), timeout);
  co_await pending.decided().wait();
  co_return pending.take();
}

Task<Message> Calls::retry(std::string dest, std::string type, std::string fields, RetryPolicy policy) {
  const Time start = loop_.now();
  Duration pause = std::min(policy.first_pause, policy.longest_pause);
  for (;;) {
    // Subtracted rather than added: an endless deadline must not overflow.
    const Duration timeout = std::min(policy.attempt_timeout, policy.deadline - (loop_.now() - start));
    std::exception_ptr failure;
    try {
      auto reply = co_await call(dest, type, fields, timeout);
      co_return reply;
    } catch (const Error& error) {
      if (!error.is_received() || !says_later(error.code()) || is_closed_) throw;
      failure = std::current_exception();
    }
    const auto half = static_cast<std::uint64_t>(pause.count() / 2);
    const Duration jittered(static_cast<std::int64_t>(half + random_below(loop_.runtime(), half + 1)));
    if (jittered >= policy.deadline - (loop_.now() - start)) std::rethrow_exception(failure);
    co_await loop_.sleep(jittered);
    pause = pause < policy.longest_pause / 2 ? pause * 2 : policy.longest_pause;
  }
}

std::uint64_t random_below(Runtime& runtime, std::uint64_t bound) {
  assert(bound > 0);
  // Rejects the incomplete last span, so that every result is equally likely; the same on every machine.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    const std::uint64_t draw = runtime.random();
    if (draw < limit) return draw % bound;
  }
}

}  // namespace mznode
