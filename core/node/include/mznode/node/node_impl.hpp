#pragma once

// The templates of node.hpp.

#include "mznode/node/node.hpp"

namespace mznode {

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
    OpenRequests::Ticket ticket = open_requests_.admit(is_client(view.src()), view.body().size());
    auto task = detail::call_handler<from>(handler, view, received, parameters);
    spawn(answer(detail::make_request(view, received), std::move(ticket), std::move(task)));
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
    outbox_.close(body);
  } else {
    static_assert(Fielded<Result>, "a handler returns void, a struct with MZNODE_FIELDS, a Reply, or a Task of one");
    TextBuffer& body = open_reply(src, reply_head, msg_id);
    detail::append_fields(body, result);
    outbox_.close(body);
  }
}

template <class Result>
Task<> Node::answer(Request request, [[maybe_unused]] OpenRequests::Ticket ticket, Task<Result> task) {
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
  outbox_.demand_reachable(dest);
  TextBuffer& text = outbox_.open(dest, type);
  detail::append_fields(text, body);
  outbox_.close(text);
}

template <Fielded Body>
Task<Message> Node::rpc(std::string_view dest, std::string_view type, const Body& body, Duration timeout) {
  return calls_.call(std::string(dest), std::string(type), detail::fields_text(body), timeout);
}

template <Fielded Body>
Task<Message> Node::retry(std::string_view dest, std::string_view type, const Body& body, RetryPolicy policy) {
  static_assert(Body::idempotent, "only a request that may take effect twice can be retried");
  return calls_.retry(std::string(dest), std::string(type), detail::fields_text(body), policy);
}

}  // namespace mznode
