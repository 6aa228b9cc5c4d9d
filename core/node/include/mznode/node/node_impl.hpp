#pragma once

// The templates of node.hpp.

#include <algorithm>
#include <charconv>

#include "mznode/node/node.hpp"

namespace mznode {

namespace detail {

inline void append_part(std::string& out, std::string_view text) {
  out += text;
}
template <class Number>
requires std::is_arithmetic_v<Number>
void append_part(std::string& out, Number number) {
  out += std::to_string(number);
}

/// What a reply begins with, up to the id that it answers.
std::string make_reply_head(std::string_view reply_type);

/// The members of an object, text `{…}`, with a comma in front of them.
void append_members(TextBuffer& out, const Json& object);

template <Fielded Body>
void append_fields(TextBuffer& out, const Body& body) {
  static_assert(codec::is_body<Body>(),
                "a body has no fields type, msg_id and in_reply_to of its own: call it otherwise");
  encode_fields(out, body);
}

template <Fielded Body>
std::string fields_text(const Body& body) {
  TextBuffer text;
  append_fields(text, body);
  return text.str();
}

}  // namespace detail

template <class... Parts>
void Node::log(LogLevel level, const Parts&... parts) {
  if (!runtime_.logs(level)) return;
  std::string text;
  (detail::append_part(text, parts), ...);
  log_text(level, text);
}

template <class Handler>
void Node::on(std::string type, Handler handler) {
  install(std::move(type),
          [this, handler = std::move(handler)](const MessageView& view, std::string_view reply_head) mutable {
            run_handler<detail::From::anybody>(handler, view, reply_head);
          });
}

template <class Handler>
void Node::on_peer(std::string type, Handler handler) {
  install(std::move(type),
          [this, handler = std::move(handler)](const MessageView& view, std::string_view reply_head) mutable {
            try {
              demand_peer(view.src());
              run_handler<detail::From::peers>(handler, view, reply_head);
            } catch (const Error& error) {
              if (error.code() != ErrorCode::malformed_request || error.is_received()) throw;
              refuse(view, error);
            }
          });
}

template <class Object, class Method>
requires std::is_member_function_pointer_v<Method>
void Node::on(std::string type, Object* object, Method method) {
  on(std::move(type), detail::bind_method(object, method, typename detail::Callable<Method>::Parameters{}));
}

template <class Object, class Method>
requires std::is_member_function_pointer_v<Method>
void Node::on_peer(std::string type, Object* object, Method method) {
  on_peer(std::move(type), detail::bind_method(object, method, typename detail::Callable<Method>::Parameters{}));
}

template <detail::From from, class Handler>
void Node::run_handler(Handler& handler, const MessageView& view, [[maybe_unused]] std::string_view reply_head) {
  const auto callable = detail::callable_of<Handler>();
  using Callable = std::remove_cv_t<decltype(callable)>;
  using Result = typename Callable::Result;
  const typename Callable::Parameters parameters;
  if constexpr (detail::is_task<Result>) {
    const Time received = now();
    OpenRequest open = open_request(view);
    auto task = detail::call_handler<from>(handler, view, received, parameters);
    spawn(answer(detail::make_request(view, received), std::move(open), std::move(task)));
  } else if constexpr (std::is_void_v<Result>) {
    detail::call_handler<from>(handler, view, Time{}, parameters);
    reply_result(view.src(), reply_head, view.msg_id(), Empty{});
  } else {
    reply_result(view.src(), reply_head, view.msg_id(), detail::call_handler<from>(handler, view, Time{}, parameters));
  }
}

template <class Result>
void Node::reply_result(std::string_view src, std::string_view reply_head, std::string_view msg_id,
                        const Result& result) {
  if (msg_id.empty()) return;
  if constexpr (std::is_same_v<Result, Reply>) {
    TextBuffer& body = open_reply(src, detail::make_reply_head(result.type), msg_id);
    detail::append_members(body, result.fields);
    close_body(body);
  } else {
    static_assert(Fielded<Result>, "a handler returns void, a struct with MZNODE_FIELDS, a Reply, or a Task of one");
    TextBuffer& body = open_reply(src, reply_head, msg_id);
    detail::append_fields(body, result);
    close_body(body);
  }
}

template <class Result>
Task<> Node::answer(Request request, [[maybe_unused]] OpenRequest open, Task<Result> task) {
  try {
    if constexpr (std::is_void_v<Result>) {
      co_await std::move(task);
      if (in_time(request)) reply_result(request.src, find_route(request.type)->reply_head, request.msg_id, Empty{});
    } else {
      auto result = co_await std::move(task);
      if (in_time(request)) reply_result(request.src, find_route(request.type)->reply_head, request.msg_id, result);
    }
  } catch (...) {
    // Though nobody may wait for the reply, the failure belongs in the log.
    reply_exception(request.src, in_time(request) ? request.msg_id : "", std::current_exception());
  }
}

template <Fielded Body>
void Node::send(std::string_view dest, std::string_view type, const Body& body) {
  require_destination(dest);
  TextBuffer& text = open_body(dest, type);
  detail::append_fields(text, body);
  close_body(text);
}

template <Fielded Body>
Task<Message> Node::rpc(std::string_view dest, std::string_view type, const Body& body, Duration timeout) {
  return rpc_text(std::string(dest), std::string(type), detail::fields_text(body), timeout);
}

template <Fielded Body>
Task<Message> Node::retry(std::string_view dest, std::string_view type, const Body& body, RetryPolicy policy) {
  static_assert(Body::idempotent, "only a request that may take effect twice can be retried");
  return retry_text(std::string(dest), std::string(type), detail::fields_text(body), policy);
}

/// What the tasks of a quorum report to the task that waits for it.
template <class T>
struct Node::Gather {
  Gather(ReadyQueue& queue, std::size_t enough, std::vector<Task<T>> all)
      : ready(queue), wanted(enough), tasks(std::move(all)), results(tasks.size()) {}

  bool decided() const { return succeeded >= wanted || results.size() - failed < wanted; }
  void report() {
    if (decided() && waiting) ready.push(waiter);
  }

  ReadyQueue& ready;
  std::size_t wanted;
  std::vector<Task<T>> tasks;
  std::size_t begun = 0;
  std::vector<std::optional<T>> results;
  std::size_t succeeded = 0;
  std::size_t failed = 0;
  std::exception_ptr last_failure;
  bool waiting = false;
  Waiter waiter;
};

/// Waits until a quorum is decided. Not the Gather itself, which cannot be copied: g++ 12 copies an awaited lvalue.
template <class T>
struct Node::DecisionAwaiter {
  bool await_ready() const { return gather->decided(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    gather->waiter.set_handle(handle);
    gather->waiting = true;
    return true;
  }
  void await_resume() const {
    if (gather->succeeded < gather->wanted) std::rethrow_exception(gather->last_failure);
  }

  Gather<T>* gather;
};

template <class T>
Node::DecisionAwaiter<T> Node::until_decided(Gather<T>* gather) {
  return DecisionAwaiter<T>{gather};
}

/// Runs one task after the other, as long as some have not begun.
template <class T>
Task<> Node::collect(Gather<T>* gather) {
  while (gather->begun < gather->tasks.size()) {
    const std::size_t index = gather->begun++;
    Task<T> task = std::move(gather->tasks[index]);
    try {
      auto result = co_await std::move(task);
      gather->results[index] = std::move(result);
      ++gather->succeeded;
    } catch (...) {
      gather->last_failure = std::current_exception();
      ++gather->failed;
    }
    gather->report();
    if (gather->decided()) co_return;
  }
}

template <class T>
Task<std::vector<T>> Node::quorum(std::size_t wanted, std::vector<Task<T>> tasks) {
  if (wanted > tasks.size()) throw std::logic_error("a quorum larger than the number of tasks");
  // Who wants all of them can wait for some before the others.
  const std::size_t width = wanted == tasks.size() ? std::min(tasks.size(), max_branches) : tasks.size();
  Gather<T> gather(ready_, wanted, std::move(tasks));
  Scope branches([](const std::exception_ptr&) {});
  for (std::size_t i = 0; i < width; ++i) branches.spawn(collect(&gather));
  co_await until_decided(&gather);
  std::vector<T> results;
  for (auto& result : gather.results) {
    if (result && results.size() < wanted) results.push_back(std::move(*result));
  }
  co_return results;
}

template <class T>
Task<std::vector<T>> Node::when_all(std::vector<Task<T>> tasks) {
  const std::size_t count = tasks.size();
  return quorum(count, std::move(tasks));
}

template <class Work>
Task<std::invoke_result_t<Work&>> Node::offload(Work work) {
  using Result = std::invoke_result_t<Work&>;
  // Shared with the thread: a cancelled task must not take the ground from under running work.
  constexpr bool has_result = !std::is_void_v<Result>;
  struct State {
    Work work;
    std::optional<std::conditional_t<has_result, Result, std::monostate>> result;
    std::exception_ptr exception;
  };
  auto state = std::make_shared<State>(State{std::move(work), std::nullopt, nullptr});
  std::function<void()> run = [state] {
    try {
      if constexpr (has_result) {
        state->result.emplace(state->work());
      } else {
        state->work();
      }
    } catch (...) {
      state->exception = std::current_exception();
    }
  };
  co_await offload_work(std::move(run));
  if (state->exception) std::rethrow_exception(state->exception);
  if constexpr (has_result) co_return std::move(*state->result);
}

}  // namespace mznode
