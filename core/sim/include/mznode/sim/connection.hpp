#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/node/handler.hpp"
#include "mznode/node/scope.hpp"
#include "mznode/node/task.hpp"
#include "mznode/node/timers.hpp"
#include "mznode/sim/network.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// A request that failed: an error reply, or none in time (Maelstrom, client.clj, with-errors).
class RequestFailed : public std::runtime_error {
 public:
  RequestFailed(bool definite, Json error)
      : std::runtime_error(error.text()), definite_(definite), error_(std::move(error)) {}
  /// True when the operation certainly did not happen.
  bool is_definite() const { return definite_; }
  /// As Maelstrom writes it into the history: "net-timeout", or the error's name and text.
  const Json& error() const { return error_; }

 private:
  bool definite_;
  Json error_;
};

/// A reply that has not the form that Maelstrom's client demands; it ends the client.
class MalformedReply : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the parts of a run share: its queue of events, what is ready to run, and its clock.
struct Engine {
  Timers timers = {};
  ReadyQueue ready = {};
  std::function<Time()> now = {};
  /// Takes all decisions of the run.
  Chance chance = Chance(0);
  /// Decides which of the events comes next that are due together; nobody when they come in the order in which they
  /// were set.
  std::unique_ptr<Random> order = {};

  /// Runs one event that is due, if there is one.
  bool run_due();
  /// A task that waits `duration` of the run's time.
  Task<> sleep(Duration duration);
};

/// What a reply must look like: its type, and the fields it may have.
struct ReplyForm {
  std::string type;
  std::vector<std::string> fields;

  /// As a person would write it down.
  std::string text() const;
};

/// The form of a reply that is decoded as `Reply`.
template <Fielded Reply>
ReplyForm reply_form(std::string type) {
  ReplyForm form{.type = std::move(type), .fields = {}};
  Reply reply{};
  Reply::visit_fields(reply, [&](std::string_view name, auto&) { form.fields.emplace_back(name); });
  return form;
}

/// A client on the network, which has one request outstanding at most.
class Connection {
 public:
  static constexpr Duration default_timeout = 5s;

  Connection(Engine& engine, Network& network, std::string name);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  const std::string& name() const { return name_; }
  /// Calls `callback` with a description of every reply that no request can explain: to one that was never made, or the
  /// second of a node to the same one. Maelstrom ignores both without a word.
  void on_stray_reply(std::function<void(std::string)> callback) { report_stray_ = std::move(callback); }

  /// Sends a request with the fields of `body` and waits for the reply `<type>_ok`, which must have the fields of Reply
  /// and no others. Throws RequestFailed or MalformedReply.
  template <Fielded Reply, Fielded Body>
  Task<Reply> call(const std::string& dest, const std::string& type, const Body& body,
                   Duration timeout = default_timeout);

 private:
  class Pending;

  template <Fielded Reply>
  static Task<Reply> decoded(Task<Message> sent, std::string expected);
  Task<Message> request(std::string dest, std::string type, std::string fields, ReplyForm form, Duration timeout);
  void receive(const Packet& packet);
  void judge_stray(const Packet& packet, std::optional<std::int64_t> in_reply_to);
  static void demand(const Message& reply, const ReplyForm& form);

  Engine& engine_;
  Network& network_;
  std::string name_;
  std::int64_t last_msg_id_ = 0;
  Pending* waiting_ = nullptr;
  /// Whom the last request went to.
  std::string asked_;
  /// Requests that were given up, by id: an answer may still come, once.
  std::set<std::int64_t> given_up_;
  std::function<void(std::string)> report_stray_ = [](const std::string&) {};
};

/// The message of a MalformedReply: what came, what was expected, and why that is not it.
std::string describe_malformed(const Message& reply, const ReplyForm& expected, const std::string& why);

template <Fielded Reply, Fielded Body>
Task<Reply> Connection::call(const std::string& dest, const std::string& type, const Body& body, Duration timeout) {
  static_assert(codec::is_body<Reply>() && codec::is_body<Body>(),
                "a body has no fields type, msg_id and in_reply_to of its own: call it otherwise");
  ReplyForm form = reply_form<Reply>(type + "_ok");
  TextBuffer fields;
  encode_fields(fields, body);
  const std::string expected = form.type;
  return decoded<Reply>(request(dest, type, fields.str(), std::move(form), timeout), expected);
}

template <Fielded Reply>
Task<Reply> Connection::decoded(Task<Message> sent, std::string expected) {
  auto received = co_await std::move(sent);
  const Message& message = received;
  try {
    co_return message.as<Reply>();
  } catch (const Error& error) {
    throw MalformedReply(describe_malformed(message, reply_form<Reply>(expected), error.what()));
  }
}

}  // namespace mznode::sim
