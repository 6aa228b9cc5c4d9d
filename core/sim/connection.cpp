#include "mznode/sim/connection.hpp"

#include <algorithm>
#include <set>

#include "mznode/json/error.hpp"
#include "mznode/node/envelope.hpp"
#include "mznode/sim/excerpt.hpp"
#include "unanswered.hpp"

namespace mznode::sim {
namespace {

/// A timer of a task's, which is cancelled when the task is.
class ScopedTimer {
 public:
  ScopedTimer(Engine& engine, Duration delay, std::function<void()> callback)
      : timers_(engine.timers), timer_(engine.timers.set(engine.now() + delay, std::move(callback))) {}
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;
  ~ScopedTimer() { timers_.cancel(timer_); }

 private:
  Timers& timers_;
  TimerId timer_;
};

struct ErrorReply {
  int code = 0;
  std::optional<std::string> text;
  MZNODE_FIELDS(code, text)
};

/// Of a name that a node wrote, in a line that a person reads.
constexpr std::size_t longest_key = 60;

Json error_value(int code, const std::string& text) {
  const std::string name(error_name(static_cast<ErrorCode>(code)));
  return Json::from_valid("[" + Json(name).text() + "," + Json(text).text() + "]");
}

}  // namespace

std::string ReplyForm::text() const {
  std::string text = "{\"type\": \"" + type + "\", \"in_reply_to\": <the request's msg_id>";
  for (const std::string& field : fields) text += ", \"" + field + "\": …";
  return text + "}";
}

bool Engine::run_due() {
  const Time until = now();
  if (!order) return timers.run_due(until);
  const std::vector<TimerId> together = timers.first_due(until);
  if (together.empty()) return false;
  timers.run(together[together.size() > 1 ? order->order(together.size()) : 0]);
  return true;
}

Task<> Engine::sleep(Duration duration) {
  Wake wake(ready);
  const ScopedTimer timer(*this, duration, [&wake] { wake.wake(); });
  co_await wake.wait();
}

/// The request that waits for its reply. It lives in the frame of the call; its destructor forgets the request.
class Connection::Pending {
 public:
  Pending(Connection& connection, const std::string& type, std::int64_t msg_id, Duration timeout)
      : connection_(connection),
        type_(type),
        msg_id_(msg_id),
        wake_(connection.engine_.ready),
        timeout_(connection.engine_, timeout, [this] {
          if (reply_) return;
          connection_.given_up_.insert(msg_id_);
          finish();
        }) {
    connection_.waiting_ = this;
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { forget(); }

  std::int64_t msg_id() const { return msg_id_; }
  void succeed(Message reply) {
    reply_ = std::move(reply);
    finish();
  }

  Wake& decided() { return wake_; }
  /// What became of it, once that is decided.
  Message take() {
    if (!reply_) throw Unanswered(type_);
    return std::move(*reply_);
  }

 private:
  void finish() {
    forget();
    wake_.wake();
  }
  void forget() {
    if (connection_.waiting_ == this) connection_.waiting_ = nullptr;
  }

  Connection& connection_;
  const std::string& type_;
  std::int64_t msg_id_;
  std::optional<Message> reply_;
  Wake wake_;
  ScopedTimer timeout_;
};

Connection::Connection(Engine& engine, Network& network, std::string name)
    : engine_(engine), network_(network), name_(std::move(name)) {
  network_.add(name_, Endpoint::client, [this](const Packet& packet) { receive(packet); });
}

Connection::~Connection() {
  network_.remove(name_);
}

Task<Message> Connection::request(std::string dest, std::string type, std::string fields, ReplyForm form,
                                  Duration timeout) {
  const std::int64_t msg_id = ++last_msg_id_;
  const std::string body = "{\"type\":" + Json(type).text() + fields + ",\"msg_id\":" + std::to_string(msg_id) + "}";
  asked_ = dest;
  // To a node that is down a request is lost like any other message.
  network_.send(name_, dest, body);
  Pending pending(*this, type, msg_id, timeout);
  co_await pending.decided().wait();
  auto reply = pending.take();
  demand(reply, form);
  co_return reply;
}

void Connection::receive(const Packet& packet) {
  MessageView view;
  const std::string line = envelope::around(packet.src, packet.dest, packet.body);
  if (view.scan(line) == MessageView::Status::junk) return;
  if (waiting_ != nullptr && view.in_reply_to() == waiting_->msg_id()) {
    waiting_->succeed(view.own());
  } else {
    judge_stray(packet, view.in_reply_to());
  }
}

void Connection::judge_stray(const Packet& packet, std::optional<std::int64_t> in_reply_to) {
  if (in_reply_to && given_up_.erase(*in_reply_to) != 0) return;  // late
  const bool was_asked = in_reply_to && *in_reply_to >= 1 && *in_reply_to <= last_msg_id_;
  // Another node may answer in the place of the one that was asked, and know nothing of its answer.
  if (was_asked && packet.src != asked_) return;
  std::string what = packet.src;
  if (was_asked) {
    what += " answered request " + std::to_string(*in_reply_to) + " of " + name_ +
            " a second time, which Maelstrom ignores (as --compat jepsen does): ";
  } else if (in_reply_to) {
    what += " answered no request: its in_reply_to is " + std::to_string(*in_reply_to) + ", but the last msg_id of " +
            name_ + " was " + std::to_string(last_msg_id_) + ": ";
  } else {
    what += " sent " + name_ + " what answers no request: it has no in_reply_to, or one that is not a whole number: ";
  }
  report_stray_(what + excerpt(packet.body));
}

void Connection::demand(const Message& reply, const ReplyForm& form) {
  if (reply.type == "error") {
    int code = 0;
    std::string text;
    try {
      const auto error = reply.as<ErrorReply>();
      code = error.code;
      text = error.text.value_or("");
    } catch (const Error& error) {
      throw MalformedReply(describe_malformed(reply, {.type = "error", .fields = {"code", "text"}}, error.what()));
    }
    throw RequestFailed(is_definite(static_cast<ErrorCode>(code)), error_value(code, text));
  }
  if (reply.type != form.type) {
    throw MalformedReply(describe_malformed(reply, form, "its type is " + excerpt(reply.type, longest_key)));
  }
  std::set<std::string, std::less<>> missing(form.fields.begin(), form.fields.end());
  std::optional<std::string> unknown;
  codec::decode_object(reply.body.text(), [&](std::string_view key, std::string_view) {
    if (codec::is_envelope_key(key) || missing.erase(std::string(key)) > 0) return;
    const bool is_repeated = std::find(form.fields.begin(), form.fields.end(), key) != form.fields.end();
    if (!is_repeated && !unknown) unknown = excerpt(key, longest_key);
  });
  if (!unknown) return;
  throw MalformedReply(describe_malformed(
      reply, form,
      missing.empty() ? "it has the field " + *unknown + ", which no " + form.type + " has"
                      : "it has no field " + *missing.begin() + "; there is " + *unknown + " instead"));
}

std::string describe_malformed(const Message& reply, const ReplyForm& expected, const std::string& why) {
  return "malformed reply of " + reply.src + ": " + excerpt(why) + "; expected " + expected.text() + ", got " +
         excerpt(reply.body.text());
}

}  // namespace mznode::sim
