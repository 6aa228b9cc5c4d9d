#include "mznode/node/node.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "mznode/node/envelope.hpp"
#include "mznode/node/names.hpp"

namespace mznode {
namespace {

/// Peers may speak before `init` arrives, but not at any length.
constexpr std::size_t max_held_messages = 10'000;
constexpr std::size_t max_held_bytes = 16 << 20;
/// Whoever floods a node with messages that it refuses must not flood its log.
constexpr Duration refusal_log_interval = 1s;

}  // namespace

namespace detail {

Request make_request(const MessageView& view, Time received) {
  return {.src = std::string(view.src()),
          .type = std::string(view.type()),
          .msg_id = std::string(view.msg_id()),
          .received = received};
}

}  // namespace detail

Node::Node(Runtime& runtime)
    : identity_(runtime.random() | 1),
      outbox_(runtime, identity_),
      calls_(loop_, outbox_, identity_.incarnation()),
      loop_(runtime) {
  install("init", [this](const MessageView& view, std::string_view reply_head) { handle_init(view, reply_head); });
}

Node::~Node() = default;

void Node::set_topology(const Topology& topology) {
  for (const std::string& name : identity_.set_topology(topology)) {
    log(LogLevel::warn, "the topology names a neighbour that is not a peer: ", name);
  }
}

void Node::install(std::string type, Handle handle) {
  if (find_route(type) != nullptr) throw std::logic_error("two handlers for messages of type " + type);
  std::string reply_head = detail::make_reply_head(type + "_ok");
  routes_.push_back({std::move(type), std::move(reply_head), std::move(handle)});
}

void Node::demand_peer(std::string_view name) const {
  if (is_peer(name)) return;
  throw Error(ErrorCode::malformed_request,
              "only the other nodes of this cluster send this, and " + std::string(name) + " is none of them");
}

void Node::refuse(const MessageView& view, const Error& error) {
  if (now() < logged_.next_refusal) {
    ++logged_.refusals_left_out;
  } else {
    log(LogLevel::warn, "refused a message of type ", view.type(), " from ", view.src(), ": ", error.what(),
        logged_.refusals_left_out == 0 ? "" : "; others since the last line like this: ",
        logged_.refusals_left_out == 0 ? "" : std::to_string(logged_.refusals_left_out));
    logged_.refusals_left_out = 0;
    logged_.next_refusal = now() + refusal_log_interval;
  }
  reply_error(view.src(), view.msg_id(), error.code(), error.what());
}

const Node::Route* Node::find_route(std::string_view type) const {
  for (const Route& route : routes_) {
    if (route.type == type) return &route;
  }
  return nullptr;
}

// ---- Receiving

void Node::receive(std::string_view line) {
  receive_one(line);
  while (identity_.is_known() && !init_.held.empty()) {
    const std::string next = std::move(init_.held.front());
    init_.held.pop_front();
    receive_one(next);
  }
}

void Node::receive_one(std::string_view line) {
  const auto status = view_.scan(line);
  if (status == MessageView::Status::junk) {
    log(LogLevel::warn, "ignored a line of ", line.size(), " bytes: ", view_.problem());
    return;
  }
  if (!identity_.is_known() && view_.type() != "init") {
    hold_until_init(line);
    return;
  }
  outbox_.note_arrival(view_.src(), view_.in_reply_to());
  if (status == MessageView::Status::bad_body) {
    log(LogLevel::warn, "a malformed message from ", view_.src(), ": ", view_.problem());
    // An ill-typed id may be anything, carriage returns included.
    const std::string msg_id = view_.msg_id().empty() ? "" : codec::decode_json(view_.msg_id()).text();
    reply_error(view_.src(), msg_id, ErrorCode::malformed_request, view_.problem());
  } else if (view_.in_reply_to()) {
    calls_.take_reply(view_);
  } else {
    dispatch(view_);
  }
  loop_.settle();
}

void Node::deliver(std::string_view src, const Json& body) {
  const std::string text = envelope::around(src, id(), body.text());
  MessageView view;  // not the one whose message is being handled
  if (view.scan(text) != MessageView::Status::ok) throw Error(ErrorCode::malformed_request, view.problem());
  if (view.in_reply_to()) return calls_.take_carried_reply(view);
  demand(!view.msg_id().empty(), "what expects no reply goes straight");
  dispatch(view);
}

void Node::hold_until_init(std::string_view line) {
  if (init_.held.size() >= max_held_messages || init_.held_bytes + line.size() > max_held_bytes) {
    log(LogLevel::error, "dropped a message from ", view_.src(), ": too many arrived before init");
    return;
  }
  log(LogLevel::warn, "a message from ", view_.src(), " arrived before init; it is handled after it");
  init_.held_bytes += line.size();
  init_.held.emplace_back(line);
}

void Node::dispatch(const MessageView& view) {
  if (const Route* route = find_route(view.type())) {
    try {
      route->handle(view, route->reply_head);
    } catch (...) {
      reply_exception(view.src(), view.msg_id(), std::current_exception());
    }
    return;
  }
  log(LogLevel::warn, "no handler for messages of type ", view.type(), " (from ", view.src(), ")");
  reply_error(view.src(), view.msg_id(), ErrorCode::not_supported,
              "this node does not handle messages of type " + std::string(view.type()));
}

void Node::handle_init(const MessageView& view, std::string_view reply_head) {
  if (init_.refusal) std::rethrow_exception(init_.refusal);
  auto init = view.as<InitMessage>();
  if (identity_.is_known()) {
    log(LogLevel::warn, "a second init from ", view.src());
    if (!identity_.matches(init)) {
      throw Error(ErrorCode::malformed_request, "this node is initialised as " + id() + " already");
    }
  } else {
    identity_.adopt(std::move(init));
    run_init_hooks();
  }
  reply_result(view.src(), reply_head, view.msg_id(), Empty{});
}

void Node::run_init_hooks() {
  try {
    // A hook may add one, which a deque allows without moving the one that runs.
    for (std::size_t i = 0; i < init_.hooks.size(); ++i) init_.hooks[i]();
  } catch (...) {
    // What the hooks before it have begun cannot be taken back: a second try would begin it twice, and a sync that is
    // under way needs its storage.
    init_.refusal = std::current_exception();
    loop_.stop();
    identity_.forget();
    throw;
  }
}

void Node::close() {
  calls_.close();
  loop_.settle();
}

// ---- Sending

void Node::send(std::string_view dest, std::string_view type, const Json& fields) {
  outbox_.demand_reachable(dest);
  TextBuffer& body = outbox_.open(dest, type);
  detail::append_members(body, fields);
  outbox_.close(body);
}

Task<Message> Node::rpc(std::string_view dest, std::string_view type, const Json& fields, Duration timeout) {
  TextBuffer text;
  detail::append_members(text, fields);
  return calls_.call(std::string(dest), std::string(type), text.str(), timeout);
}

bool Node::in_time(const Request& request) {
  if (!request.wants_reply()) return false;
  const Duration taken = now() - request.received;
  if (taken < client_timeout_ || !is_client(request.src)) return true;
  log(LogLevel::info, "not answering ", request.type, " of ", request.src, " after ",
      std::chrono::duration_cast<std::chrono::milliseconds>(taken).count(), " ms: it has given up");
  return false;
}

void Node::reply_error(std::string_view dest, std::string_view msg_id, ErrorCode code, std::string_view text) {
  if (msg_id.empty()) return;
  TextBuffer& body = open_reply(dest, detail::make_reply_head("error"), msg_id);
  body += ",\"code\":";
  encode(body, static_cast<int>(code));
  body += ",\"text\":";
  append_quoted(body, text);
  outbox_.close(body);
}

/// Once: the rule is the same every time, and a client that gets nothing certain is what a test only shows as a number.
void Node::explain_lost_definiteness(ErrorCode code) {
  if (std::exchange(logged_.has_explained_definiteness, true)) return;
  log(LogLevel::warn, "an error ", static_cast<int>(code), " (", error_name(code),
      ") that another node had answered escaped a handler: its client is told 13 (crash), which leaves open whether "
      "the "
      "operation happened, because what was certain for the other's request need not be for this one. Where it is, "
      "catch it and throw error.restated()");
}

void Node::reply_exception(std::string_view dest, std::string_view msg_id, const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    // An error that arrived from elsewhere says nothing certain about this request.
    const ErrorCode code = error.is_received() ? ErrorCode::crash : error.code();
    log(is_definite(code) ? LogLevel::debug : LogLevel::warn, "answering ", dest, " with error ",
        static_cast<int>(code), ": ", describe(error));
    if (error.is_received() && is_definite(error.code())) explain_lost_definiteness(error.code());
    reply_error(dest, msg_id, code, describe(error));
  } catch (const std::exception& cause) {
    log(LogLevel::error, "a handler failed: ", describe(cause));
    reply_error(dest, msg_id, ErrorCode::crash, describe(cause));
  } catch (...) {
    log(LogLevel::error, "a handler failed with something that is not a std::exception");
    reply_error(dest, msg_id, ErrorCode::crash, "an exception that is not a std::exception");
  }
}

// ---- What outlives the process, and time

Storage& Node::storage() {
  if (!identity_.is_known()) throw std::logic_error("a node has no storage before it has a name");
  if (!storage_) storage_ = loop_.runtime().open_storage(id(), node_ids());
  return *storage_;
}

void Node::sync(std::function<void()> done) {
  // A sync that is done before it returns is inside some event, whose end resumes what is ready.
  auto is_inside_event = std::make_shared<bool>(true);
  storage().sync([this, done = std::move(done), is_inside_event] {
    loop_.run_callback("a sync's", done);
    if (!*is_inside_event) loop_.settle();
  });
  *is_inside_event = false;
}

void Node::every(Duration interval, std::function<void()> callback) {
  assert(interval > Duration::zero());
  auto shared = std::make_shared<std::function<void()>>(std::move(callback));
  if (identity_.is_known()) return loop_.every(interval, shared);
  on_init([this, interval, shared] { loop_.every(interval, shared); });
}

}  // namespace mznode
