#include "mznode/node/node.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "mznode/node/names.hpp"

namespace mznode {
namespace {

/// Peers may speak before `init` arrives, but not at any length.
constexpr std::size_t max_held_messages = 10'000;
constexpr std::size_t max_held_bytes = 16 << 20;
/// Whoever floods a node with messages that it refuses must not flood its log.
constexpr Duration refusal_log_interval = 1s;

/// Throws Error malformed_request unless the names could be those of a cluster: what is sent to a name must reach that
/// node and nobody else, and Maelstrom stops listening to a node that writes to somebody who does not exist.
void demand_cluster(const InitMessage& init) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::malformed_request, why); };
  if (init.node_id.empty()) refuse("field \"node_id\" is empty; give the node a name");
  std::set<std::string_view> known;
  for (const std::string& name : init.node_ids) {
    if (name.empty()) refuse("field \"node_ids\" has an empty name; give every node one");
    if (!known.insert(name).second)
      refuse("field \"node_ids\" has " + name + " twice; give every node a name of its own");
    if (is_service_name(name) || is_client_name(name)) {
      refuse("field \"node_ids\": no node can be called " + name + ", which is the name of a " +
             (is_service_name(name) ? "service" : "client"));
    }
  }
  if (!known.contains(init.node_id)) refuse("field \"node_ids\": expected it to contain node_id " + init.node_id);
}

}  // namespace

namespace detail {

Request make_request(const MessageView& view, Time received) {
  return {.src = std::string(view.src()),
          .type = std::string(view.type()),
          .msg_id = std::string(view.msg_id()),
          .received = received};
}

std::string make_reply_head(std::string_view reply_type) {
  TextBuffer head;
  head += "{\"type\":";
  append_quoted(head, reply_type);
  head += ",\"in_reply_to\":";
  return head.str();
}

void append_members(TextBuffer& out, const Json& object) {
  if (object.kind() != Json::Kind::object) throw Error(ErrorCode::crash, "the fields of a body must be an object");
  codec::decode_object(object.text(), [&](std::string_view key, std::string_view value) {
    if (codec::is_envelope_key(key)) return;  // of a received body that is sent on
    out += ',';
    append_quoted(out, key);
    out.append(':').append(value);
  });
}

}  // namespace detail

Node::Node(Runtime& runtime)
    : runtime_(runtime), incarnation_(runtime.random() | 1), scope_([this](const std::exception_ptr& exception) {
        try {
          std::rethrow_exception(exception);
        } catch (const std::exception& cause) {
          log(LogLevel::error, "a background task failed: ", describe(cause));
        } catch (...) {
          log(LogLevel::error, "a background task failed with something that is not a std::exception");
        }
      }) {
  install("init", [this](const MessageView& view, std::string_view reply_head) { handle_init(view, reply_head); });
}

Node::~Node() = default;

bool Node::is_peer(std::string_view name) const {
  return std::find(peers_.begin(), peers_.end(), name) != peers_.end();
}

bool Node::is_client(std::string_view name) const {
  return name != id_ && !is_peer(name) && !is_service_name(name);
}

void Node::set_topology(const Topology& topology) {
  const auto row = topology.find(id_);
  std::vector<std::string> neighbours;
  if (row != topology.end()) {
    for (const auto& name : row->second) {
      if (is_peer(name)) {
        neighbours.push_back(name);
      } else {
        log(LogLevel::warn, "the topology names a neighbour that is not a peer: ", name);
      }
    }
  }
  neighbours_ = std::move(neighbours);
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
  if (now() < next_refusal_log_) {
    ++unlogged_refusals_;
  } else {
    log(LogLevel::warn, "refused a message of type ", view.type(), " from ", view.src(), ": ", error.what(),
        unlogged_refusals_ == 0 ? "" : "; others since the last line like this: ",
        unlogged_refusals_ == 0 ? "" : std::to_string(unlogged_refusals_));
    unlogged_refusals_ = 0;
    next_refusal_log_ = now() + refusal_log_interval;
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
  while (!id_.empty() && !held_.empty()) {
    const std::string next = std::move(held_.front());
    held_.pop_front();
    receive_one(next);
  }
}

void Node::receive_one(std::string_view line) {
  const auto status = view_.scan(line);
  if (status == MessageView::Status::junk) {
    log(LogLevel::warn, "ignored a line of ", line.size(), " bytes: ", view_.problem());
    return;
  }
  if (id_.empty() && view_.type() != "init") {
    hold_until_init(line);
    return;
  }
  if (status == MessageView::Status::bad_body) {
    log(LogLevel::warn, "a malformed message from ", view_.src(), ": ", view_.problem());
    // An ill-typed id may be anything, carriage returns included.
    const std::string msg_id = view_.msg_id().empty() ? "" : codec::decode_json(view_.msg_id()).text();
    reply_error(view_.src(), msg_id, ErrorCode::malformed_request, view_.problem());
  } else if (view_.in_reply_to()) {
    handle_reply(view_);
  } else {
    dispatch(view_);
  }
  settle();
}

void Node::hold_until_init(std::string_view line) {
  if (held_.size() >= max_held_messages || held_bytes_ + line.size() > max_held_bytes) {
    log(LogLevel::error, "dropped a message from ", view_.src(), ": too many arrived before init");
    return;
  }
  log(LogLevel::warn, "a message from ", view_.src(), " arrived before init; it is handled after it");
  held_bytes_ += line.size();
  held_.emplace_back(line);
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
  if (refusal_) std::rethrow_exception(refusal_);
  auto init = view.as<InitMessage>();
  if (!id_.empty()) {
    log(LogLevel::warn, "a second init from ", view.src());
    if (init.node_id != id_ || init.node_ids != node_ids_) {
      throw Error(ErrorCode::malformed_request, "this node is initialised as " + id_ + " already");
    }
  } else {
    demand_cluster(init);
    id_ = std::move(init.node_id);
    node_ids_ = std::move(init.node_ids);
    std::copy_if(node_ids_.begin(), node_ids_.end(), std::back_inserter(peers_),
                 [this](const std::string& name) { return name != id_; });
    run_init_hooks();
  }
  reply_result(view.src(), reply_head, view.msg_id(), Empty{});
}

void Node::run_init_hooks() {
  try {
    // A hook may add one, which a deque allows without moving the one that runs.
    for (std::size_t i = 0; i < init_hooks_.size(); ++i) init_hooks_[i]();
  } catch (...) {
    // What the hooks before it have begun cannot be taken back: a second try would begin it twice, and a sync that is
    // under way needs its storage.
    refusal_ = std::current_exception();
    id_.clear();
    node_ids_.clear();
    peers_.clear();
    throw;
  }
}

void Node::settle() {
  if (refusal_) return;
  // What a freed frame held, its destructor may make others ready with.
  do {
    ready_.run();
    scope_.reap();
  } while (!ready_.empty());
}

// ---- Sending

TextBuffer& Node::open_body(std::string_view dest, std::string_view type) {
  TextBuffer& body = runtime_.begin_message(name(), dest);
  body += "{\"type\":";
  append_quoted(body, type);
  return body;
}

TextBuffer& Node::open_reply(std::string_view dest, std::string_view reply_head, std::string_view msg_id) {
  TextBuffer& body = runtime_.begin_message(name(), dest);
  body.append(reply_head).append(msg_id);
  return body;
}

void Node::close_body(TextBuffer& body) {
  body += '}';
  runtime_.finish_message();
}

void Node::send(std::string_view dest, std::string_view type, const Json& fields) {
  require_destination(dest);
  TextBuffer& body = open_body(dest, type);
  detail::append_members(body, fields);
  close_body(body);
}

void Node::require_destination(std::string_view dest) const {
  if (id_.empty()) throw std::logic_error("nothing can be sent before init; let on_init do it");
  const bool known = dest == id_ || is_peer(dest) || is_service_name(dest) || (dest.size() > 1 && dest.front() == 'c');
  // Maelstrom stops listening to a node that writes to somebody who does not exist. The error counts as received: that
  // a peer is missing does not tell the client that nothing of its request took effect.
  if (!known) throw Error::received(ErrorCode::node_not_found, "there is no node " + std::string(dest));
}

Node::OpenRequest Node::open_request(const MessageView& view) {
  Load& load = is_client(view.src()) ? load_of_clients_ : load_of_others_;
  const std::size_t bytes = view.body().size();
  // A request that alone has more bytes gets its turn when no other waits.
  const bool is_full = load.requests >= max_open_requests || (load.requests > 0 && load.bytes + bytes > max_open_bytes);
  if (is_full) {
    throw Error(ErrorCode::temporarily_unavailable,
                "this node has " + std::to_string(load.requests) + " requests under way; try again later");
  }
  return {load, bytes};
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
  close_body(body);
}

/// Once: the rule is the same every time, and a client that gets nothing certain is what a test only shows as a number.
void Node::explain_lost_definiteness(ErrorCode code) {
  if (std::exchange(has_explained_definiteness_, true)) return;
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

}  // namespace mznode
