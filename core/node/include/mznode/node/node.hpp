#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "mznode/node/event.hpp"
#include "mznode/node/handler.hpp"
#include "mznode/node/message.hpp"
#include "mznode/node/promise.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/node/scope.hpp"
#include "mznode/node/task.hpp"
#include "mznode/node/topology.hpp"

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

/// A Maelstrom node: dispatches messages to handlers, answers them, and talks to other nodes. All its code, handlers
/// included, runs on the one loop of its runtime, so that state needs no locks.
class Node final : public Process {
 public:
  explicit Node(Runtime& runtime);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() override;

  // ---- Who and where. Known from `init` on.

  const std::string& id() const { return id_; }
  /// All nodes of the cluster, this one included, in Maelstrom's order.
  const std::vector<std::string>& node_ids() const { return node_ids_; }
  /// All nodes but this one.
  const std::vector<std::string>& peers() const { return peers_; }
  bool is_peer(std::string_view name) const;
  /// True for a name that is neither of a node nor of a service.
  bool is_client(std::string_view name) const;
  /// The neighbours that the topology gives this node; all peers before one was set.
  const std::vector<std::string>& neighbours() const { return neighbours_ ? *neighbours_ : peers_; }
  /// Takes this node's row of a topology. Names that are not peers are logged and left out.
  void set_topology(const Topology& topology);
  /// A number drawn at every start of the process, never 0: what this process says must not be taken for the words of
  /// an earlier one of the same name.
  std::uint64_t incarnation() const { return incarnation_; }
  /// 1, 2, 3 and so on, never twice in one life of the node; with the incarnation, never twice at all.
  std::uint64_t next_count() { return ++count_; }

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
  void on_init(std::function<void()> hook) { init_hooks_.push_back(std::move(hook)); }
  /// How long a client waits for its answer: a later one is dropped, because Maelstrom stops listening to a node that
  /// answers a client that has left. The default is 5 s.
  void set_client_timeout(Duration timeout) { client_timeout_ = timeout; }
  Duration client_timeout() const { return client_timeout_; }

  /// How many requests may wait for their handlers' tasks at a time, and how many bytes their bodies may have together.
  /// Those of clients and those of everybody else are counted apart: nodes that wait for each other must not shut each
  /// other out because of their clients. Some 4 KB a request keep this below 64 MB.
  static constexpr std::size_t max_open_requests = 10'000;
  static constexpr std::size_t max_open_bytes = 8 << 20;
  /// How many requests of this node's own may wait for their replies at a time.
  static constexpr std::size_t max_calls = 30'000;
  /// How many tasks when_all() runs at a time: one request of a client can ask for any number of keys.
  static constexpr std::size_t max_branches = 1'000;

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

  /// All results, in the order of the tasks; the first failure is thrown and cancels the rest. No more than
  /// `max_branches` of them run at a time, begun in their order.
  template <class T>
  Task<std::vector<T>> when_all(std::vector<Task<T>> tasks);
  /// The same for tasks without a result.
  Task<> when_all(std::vector<Task<>> tasks);
  /// The first `wanted` results in the order of their tasks; the rest is cancelled. Throws the last failure as soon as
  /// too few are left to succeed, and std::logic_error when there are fewer tasks than `wanted`.
  template <class T>
  Task<std::vector<T>> quorum(std::size_t wanted, std::vector<Task<T>> tasks);
  /// The same for tasks without a result.
  Task<> quorum(std::size_t wanted, std::vector<Task<>> tasks);

  // ---- What outlives the process

  /// What this node keeps for its next life; known from `init` on. Throws std::runtime_error, for the user, when it
  /// cannot be opened.
  Storage& storage();
  /// Calls `done` once all that was given to the storage before is durable, possibly before it returns. What `done`
  /// throws is logged.
  void sync(std::function<void()> done);

  // ---- Time, chance and background work

  Time now() const { return runtime_.now(); }
  std::int64_t wall_time_ns() const { return runtime_.wall_time_ns(); }
  std::uint64_t random() { return runtime_.random(); }
  /// A random number from 0 to `bound` - 1; `bound` is at least 1.
  std::uint64_t random_below(std::uint64_t bound);
  Task<> sleep(Duration duration);
  /// Calls `callback` every `interval`, counted from `init` (or from now, once initialised). What it throws is logged,
  /// and the next call comes all the same.
  void every(Duration interval, std::function<void()> callback);
  /// Calls `callback` once after `delay`. What it throws is logged.
  TimerId after(Duration delay, std::function<void()> callback);
  void cancel_timer(TimerId id) { runtime_.cancel_timer(id); }
  /// Runs a task in the background until it ends or the node does. What it throws is logged.
  void spawn(Task<> task) { scope_.spawn(std::move(task)); }
  /// Something that tasks of this node can wait for, to be told by others of its tasks, handlers or timers.
  Event make_event() { return Event(ready_); }
  /// Runs pure work on the runtime's threads (in simulation: at once) and waits for its result, or for what it
  /// throws. `work` is named first and moved: `auto sum = co_await node.offload(std::move(work));`.
  template <class Work>
  Task<std::invoke_result_t<Work&>> offload(Work work);

  /// A value that one task will wait for; the node must outlive it.
  template <class T>
  Promise<T> promise() {
    return Promise<T>(ready_);
  }

  /// Logs the concatenation of strings and numbers.
  template <class... Parts>
  void log(LogLevel level, const Parts&... parts);

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
  /// What the requests under way amount to.
  struct Load {
    std::size_t requests = 0;
    std::size_t bytes = 0;
  };
  /// A request's share of a load, for as long as this lives.
  class OpenRequest {
   public:
    OpenRequest(Load& load, std::size_t bytes) : load_(&load), bytes_(bytes) {
      ++load.requests;
      load.bytes += bytes;
    }
    OpenRequest(OpenRequest&& other) noexcept : load_(std::exchange(other.load_, nullptr)), bytes_(other.bytes_) {}
    OpenRequest& operator=(OpenRequest&&) = delete;
    ~OpenRequest() {
      if (load_ == nullptr) return;
      --load_->requests;
      load_->bytes -= bytes_;
    }

   private:
    Load* load_;
    std::size_t bytes_;
  };
  class ReplyAwaiter;
  class SleepAwaiter;
  template <class T>
  struct Gather;
  template <class T>
  struct DecisionAwaiter;

  void receive_one(std::string_view line);
  void dispatch(const MessageView& view);
  const Route* find_route(std::string_view type) const;
  void handle_init(const MessageView& view, std::string_view reply_head);
  void run_init_hooks();
  void handle_reply(const MessageView& view);
  void hold_until_init(std::string_view line);
  void install(std::string type, Handle handle);
  /// Throws Error malformed_request when there is no peer of that name.
  void demand_peer(std::string_view name) const;
  void refuse(const MessageView& view, const Error& error);
  /// Runs what a timer or a sync calls; `whose` names it in the log when it throws.
  void run_callback(std::string_view whose, const std::function<void()>& callback);
  void start_periodic(Duration interval, std::shared_ptr<std::function<void()>> callback);
  /// Resumes what is ready and frees what is finished; called at the end of every event.
  void settle();
  /// Throws what send() promises to throw.
  void require_destination(std::string_view dest) const;

  /// An init that is refused is answered in the name that the node was addressed by.
  std::string_view name() const { return id_.empty() ? view_.dest() : std::string_view(id_); }
  TextBuffer& open_body(std::string_view dest, std::string_view type);
  TextBuffer& open_reply(std::string_view dest, std::string_view reply_head, std::string_view msg_id);
  void close_body(TextBuffer& body);
  bool in_time(const Request& request);
  void reply_error(std::string_view dest, std::string_view msg_id, ErrorCode code, std::string_view text);
  void reply_exception(std::string_view dest, std::string_view msg_id, const std::exception_ptr& exception);
  void explain_lost_definiteness(ErrorCode code);
  template <class Result>
  void reply_result(std::string_view src, std::string_view reply_head, std::string_view msg_id, const Result& result);
  /// Lets a request in. Throws Error temporarily_unavailable when too many are under way.
  OpenRequest open_request(const MessageView& view);
  template <class Result>
  Task<> answer(Request request, OpenRequest open, Task<Result> task);
  template <detail::From from, class Handler>
  void run_handler(Handler& handler, const MessageView& view, std::string_view reply_head);

  Task<Message> rpc_text(std::string dest, std::string type, std::string fields, Duration timeout);
  Task<Message> retry_text(std::string dest, std::string type, std::string fields, RetryPolicy policy);
  template <class T>
  static Task<> collect(Gather<T>* gather);
  template <class T>
  static DecisionAwaiter<T> until_decided(Gather<T>* gather);
  Task<> offload_work(std::function<void()> work);
  void log_text(LogLevel level, std::string_view text) { runtime_.log(level, text); }

  Runtime& runtime_;
  std::uint64_t incarnation_;
  std::uint64_t count_ = 0;
  std::string id_;
  std::vector<std::string> node_ids_;
  std::vector<std::string> peers_;
  std::optional<std::vector<std::string>> neighbours_;
  Duration client_timeout_ = 5s;
  std::unique_ptr<Storage> storage_;

  std::list<Route> routes_;  // a handler may add one, which does not move the one that runs
  std::deque<std::function<void()>> init_hooks_;
  /// What an init hook threw: this process never becomes a node.
  std::exception_ptr refusal_;
  std::deque<std::string> held_;
  std::size_t held_bytes_ = 0;  // in all messages that were ever held
  /// When a line about refused messages may be logged next, and how many were refused without one.
  Time next_refusal_log_;
  std::uint64_t unlogged_refusals_ = 0;
  bool has_explained_definiteness_ = false;

  MessageView view_;
  std::int64_t next_msg_id_ = 1;
  std::map<std::int64_t, ReplyAwaiter*> awaiting_;
  bool closed_ = false;
  Load load_of_clients_;
  Load load_of_others_;
  ReadyQueue ready_;
  Scope scope_;  // last: its tasks use everything above
};

}  // namespace mznode

#include "mznode/node/node_impl.hpp"
