#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mznode/node/calls.hpp"
#include "mznode/node/carrier.hpp"
#include "mznode/node/combine.hpp"
#include "mznode/node/handler.hpp"
#include "mznode/node/identity.hpp"
#include "mznode/node/loop.hpp"
#include "mznode/node/message.hpp"
#include "mznode/node/open_requests.hpp"
#include "mznode/node/outbox.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/node/task.hpp"
#include "mznode/node/topology.hpp"

namespace mznode {

/// A Maelstrom node: dispatches messages to handlers, answers them, and talks to other nodes. All its code, handlers
/// included, runs on the one loop of its runtime, so that state needs no locks.
///
/// It has more than 30 public functions because it is all that a node's author has to know: who the node is, what it
/// waits for and how it runs its tasks belong to an Identity, to Calls and to a Loop, which it passes on to.
class Node final : public Process {
 public:
  explicit Node(Runtime& runtime);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() override;

  // ---- Who and where. Known from `init` on.

  const std::string& id() const { return identity_.id(); }
  /// All nodes of the cluster, this one included, in Maelstrom's order.
  const std::vector<std::string>& node_ids() const { return identity_.node_ids(); }
  /// All nodes but this one.
  const std::vector<std::string>& peers() const { return identity_.peers(); }
  bool is_peer(std::string_view name) const { return identity_.is_peer(name); }
  /// True for a name that is neither of a node nor of a service.
  bool is_client(std::string_view name) const { return identity_.is_client(name); }
  /// The neighbours that the topology gives this node; all peers before one was set.
  const std::vector<std::string>& neighbours() const { return identity_.neighbours(); }
  /// Takes this node's row of a topology. Names that are not peers are logged and left out.
  void set_topology(const Topology& topology);
  /// A number drawn at every start of the process, never 0: what this process says must not be taken for the words of
  /// an earlier one of the same name.
  std::uint64_t incarnation() const { return identity_.incarnation(); }
  /// 1, 2, 3 and so on, never twice in one life of the node; with the incarnation, never twice at all.
  std::uint64_t next_count() { return identity_.next_count(); }

  // ---- Handlers

  /// Answers messages of one type. `handler` takes the fields as a struct with MZNODE_FIELDS, or the whole Message, and
  /// optionally the Request behind it, or nothing. It returns a struct (the reply's fields), void (a reply without
  /// fields), a Reply (with a type of its own), or a Task of one of these; a reply's type is the request's with "_ok".
  /// An Error it throws is the reply. A message without msg_id is never answered, but what its handler throws is
  /// logged. Where a Task would be one more than `max_open_requests`, or its body more than `max_open_bytes`, the
  /// handler is not called, and the reply is error temporarily_unavailable: nothing of the request has left the node.
  template <class Handler>
  void on(std::string type, Handler handler);
  /// The same for a member function, which may be const and may be a coroutine. `object` must outlive the node's work.
  template <class Object, class Method>
  requires std::is_member_function_pointer_v<Method>
  void on(std::string type, Object* object, Method method);
  /// The same for messages that only the other nodes of the cluster send. One from anybody else, or one that no node
  /// can have meant, is refused: it changes nothing, is answered with an error if it has a msg_id, and the log says so
  /// once a second at most. No node can mean a field that is missing, ill-typed or no count (peer_message.hpp), nor
  /// what the handler or a struct's validate() throws Error malformed_request for.
  template <class Handler>
  void on_peer(std::string type, Handler handler);
  template <class Object, class Method>
  requires std::is_member_function_pointer_v<Method>
  void on_peer(std::string type, Object* object, Method method);
  /// Called once, when the node knows who it is and before it answers `init`. What it throws refuses the `init` and
  /// every later one; timers, tasks and syncs that hooks before it have begun come to nothing.
  void on_init(std::function<void()> hook) { init_.hooks.push_back(std::move(hook)); }
  /// How long a client waits for its answer: a later one is dropped, because Maelstrom stops listening to a node that
  /// answers a client that has left. The default is 5 s.
  void set_client_timeout(Duration timeout) { client_timeout_ = timeout; }
  Duration client_timeout() const { return client_timeout_; }

  /// How many requests may wait for their handlers' tasks at a time, and how many bytes their bodies may have together.
  /// Those of clients and those of everybody else are counted apart: nodes that wait for each other must not shut each
  /// other out because of their clients. Some 4 KB a request keep this below 64 MB.
  static constexpr std::size_t max_open_requests = OpenRequests::most;
  static constexpr std::size_t max_open_bytes = OpenRequests::most_bytes;
  /// How many requests of this node's own may wait for their replies at a time.
  static constexpr std::size_t max_calls = Calls::max_calls;
  /// How many tasks when_all() runs at a time: one request of a client can ask for any number of keys.
  static constexpr std::size_t max_branches = mznode::max_branches;

  /// Whom requests to peers and their replies are given to from now on, when it wants them. It must outlive the node's
  /// work.
  void set_carrier(Carrier& carrier) { outbox_.set_carrier(carrier); }
  /// Takes in what the carrier of a peer `src` took, as if it had come straight: a request, or the reply to one that
  /// was carried. Throws Error malformed_request when it is neither. Only while the node handles another message.
  void deliver(std::string_view src, const Json& body);

  // ---- Sending

  /// Sends a message that expects no reply. Throws Error node_not_found, as received, when there is nobody of that
  /// name, and std::logic_error before `init`, when this node has no name either.
  template <Fielded Body = Empty>
  void send(std::string_view dest, std::string_view type, const Body& body = {});
  /// The same with the fields as a JSON object.
  void send(std::string_view dest, std::string_view type, const Json& fields);

  /// Sends a request and waits for its reply. Throws Error: the one that was replied, or `timeout`, both received; what
  /// send() throws; and temporarily_unavailable, as received, when `max_calls` are waiting and this one was not sent.
  /// Dropping the task forgets the request; a late or second reply is logged and dropped. Behind the end of the input
  /// every request fails at once: a loop that repeats its own for ever must sleep in between.
  template <Fielded Body = Empty>
  Task<Message> rpc(std::string_view dest, std::string_view type, const Body& body = {}, Duration timeout = 1s);
  Task<Message> rpc(std::string_view dest, std::string_view type, const Json& fields, Duration timeout = 1s);
  /// Repeats an idempotent request until it is answered or the policy's deadline has passed. Errors that say "later"
  /// (timeout, temporarily_unavailable, crash) are repeated, others are thrown. Duration::max() is a deadline that
  /// never passes.
  template <Fielded Body>
  Task<Message> retry(std::string_view dest, std::string_view type, const Body& body, RetryPolicy policy = {});

  /// mznode::when_all, mznode::quorum and mznode::timeout (combine.hpp) on this node's loop.
  template <class T>
  Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
    return mznode::when_all(loop_, std::move(tasks));
  }
  Task<> when_all(std::vector<Task<>> tasks) { return mznode::when_all(loop_, std::move(tasks)); }
  template <class T>
  Task<std::vector<T>> quorum(std::size_t wanted, std::vector<Task<T>> tasks) {
    return mznode::quorum(loop_, wanted, std::move(tasks));
  }
  Task<> quorum(std::size_t wanted, std::vector<Task<>> tasks) {
    return mznode::quorum(loop_, wanted, std::move(tasks));
  }
  template <class T>
  Task<T> timeout(Duration limit, Task<T> task) {
    return mznode::timeout(loop_, limit, std::move(task));
  }

  // ---- What outlives the process

  /// What this node keeps for its next life; known from `init` on. Throws std::runtime_error, for the user, when it
  /// cannot be opened.
  Storage& storage();
  /// Calls `done` once all that was given to the storage before is durable, possibly before it returns. What `done`
  /// throws is logged.
  void sync(std::function<void()> done);

  // ---- Time, chance and background work

  /// What runs this node's tasks, for functions over tasks.
  Loop& loop() { return loop_; }
  Time now() const { return loop_.now(); }
  std::int64_t wall_time_ns() const { return loop_.runtime().wall_time_ns(); }
  std::uint64_t random() { return loop_.runtime().random(); }
  /// A random number from 0 to `bound` - 1; `bound` is at least 1.
  std::uint64_t random_below(std::uint64_t bound) { return mznode::random_below(loop_.runtime(), bound); }
  Task<> sleep(Duration duration) { return loop_.sleep(duration); }
  /// Calls `callback` every `interval`, counted from `init` (or from now, once initialised). What it throws is logged,
  /// and the next call comes all the same.
  void every(Duration interval, std::function<void()> callback);
  /// Calls `callback` once after `delay`. What it throws is logged.
  TimerId after(Duration delay, std::function<void()> callback) { return loop_.after(delay, std::move(callback)); }
  void cancel_timer(TimerId id) { loop_.cancel_timer(id); }
  /// Runs a task in the background until it ends or the node does. What it throws is logged.
  void spawn(Task<> task) { loop_.spawn(std::move(task)); }
  /// Something that tasks of this node can wait for, to be told by others of its tasks, handlers or timers.
  Event make_event() { return Event(loop_.ready()); }
  /// Runs pure work on the runtime's threads (in simulation: at once) and waits for its result, or for what it
  /// throws. `work` is named first and moved: `auto sum = co_await node.offload(std::move(work));`.
  template <class Work>
  Task<std::invoke_result_t<Work&>> offload(Work work) {
    return loop_.offload(std::move(work));
  }

  /// A value that one task will wait for; the node must outlive it.
  template <class T>
  Promise<T> promise() {
    return Promise<T>(loop_.ready());
  }

  /// Logs the concatenation of strings and numbers.
  template <class... Parts>
  void log(LogLevel level, const Parts&... parts) {
    loop_.log(level, parts...);
  }

  // ---- Called by the runtime

  void receive(std::string_view line) override;
  void close() override;

 private:
  /// Gets the message and the head of its reply (see Route).
  using Handle = std::function<void(const MessageView&, std::string_view)>;
  struct Route {
    std::string type;
    /// What most replies begin with: `{"type":"<type>_ok","in_reply_to":`.
    std::string reply_head;
    Handle handle;
  };
  void receive_one(std::string_view line);
  void dispatch(const MessageView& view);
  const Route* find_route(std::string_view type) const;
  void handle_init(const MessageView& view, std::string_view reply_head);
  void run_init_hooks();
  void hold_until_init(std::string_view line);
  void install(std::string type, Handle handle);
  /// Throws Error malformed_request when there is no peer of that name.
  void demand_peer(std::string_view name) const;
  void refuse(const MessageView& view, const Error& error);

  /// An init that is refused is answered in the name that the node was addressed by.
  std::string_view name() const { return identity_.is_known() ? std::string_view(identity_.id()) : view_.dest(); }
  TextBuffer& open_reply(std::string_view dest, std::string_view reply_head, std::string_view msg_id) {
    return outbox_.open_reply(name(), dest, reply_head, msg_id);
  }
  bool in_time(const Request& request);
  void reply_error(std::string_view dest, std::string_view msg_id, ErrorCode code, std::string_view text);
  void reply_exception(std::string_view dest, std::string_view msg_id, const std::exception_ptr& exception);
  void explain_lost_definiteness(ErrorCode code);
  template <class Result>
  void reply_result(std::string_view src, std::string_view reply_head, std::string_view msg_id, const Result& result);
  template <class Result>
  Task<> answer(Request request, OpenRequests::Ticket ticket, Task<Result> task);
  template <detail::From from, class Handler>
  void run_handler(Handler& handler, const MessageView& view, std::string_view reply_head);

  Identity identity_;
  Outbox outbox_;
  Duration client_timeout_ = 5s;
  std::unique_ptr<Storage> storage_;
  std::list<Route> routes_;  // a handler may add one, which does not move the one that runs
  /// What is to come before the first message, and what waits for it.
  struct Beginning {
    std::deque<std::function<void()>> hooks;
    /// What a hook threw: this process never becomes a node.
    std::exception_ptr refusal;
    std::deque<std::string> held;
    std::size_t held_bytes = 0;  // in all messages that were ever held
  } init_;
  /// What the log has been told, lest it be told too often.
  struct Logged {
    /// When a line about refused messages may be logged next, and how many were refused without one.
    Time next_refusal;
    std::uint64_t refusals_left_out = 0;
    bool has_explained_definiteness = false;
  } logged_;
  MessageView view_;
  OpenRequests open_requests_;
  Calls calls_;
  Loop loop_;  // last: its tasks use everything above
};

}  // namespace mznode

#include "mznode/node/node_impl.hpp"
