#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "mznode/node/message.hpp"
#include "mznode/node/peer_message.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/node/task.hpp"

namespace mznode {

/// What a handler may know about the request beside its fields; enough to answer it later.
struct Request {
  std::string src;
  std::string type;
  /// The id as the sender spelled it; empty when no reply is wanted.
  std::string msg_id;
  /// When it arrived here.
  Time received;

  bool wants_reply() const { return !msg_id.empty(); }
};

/// A reply whose type is not the request's with "_ok" behind it. `fields` is an object.
struct Reply {
  std::string type;
  Json fields = Json::from_valid("{}");
};

/// A body without fields.
struct Empty {
  MZNODE_FIELDS()
};

namespace detail {

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<Task<T>> = true;

template <class... Arguments>
struct ArgumentList {};

template <class Signature>
struct Callable;
template <class R, class... Arguments>
struct Callable<R (*)(Arguments...)> {
  using Result = R;
  using Parameters = ArgumentList<std::remove_cvref_t<Arguments>...>;
};
template <class R, class Object, class... Arguments>
struct Callable<R (Object::*)(Arguments...)> : Callable<R (*)(Arguments...)> {};
template <class R, class Object, class... Arguments>
struct Callable<R (Object::*)(Arguments...) const> : Callable<R (*)(Arguments...)> {};
template <class R, class... Arguments>
struct Callable<R (*)(Arguments...) noexcept> : Callable<R (*)(Arguments...)> {};
template <class R, class Object, class... Arguments>
struct Callable<R (Object::*)(Arguments...) noexcept> : Callable<R (*)(Arguments...)> {};
template <class R, class Object, class... Arguments>
struct Callable<R (Object::*)(Arguments...) const noexcept> : Callable<R (*)(Arguments...)> {};

template <class Handler>
auto callable_of() {
  if constexpr (requires { &Handler::operator(); }) {
    return Callable<decltype(&Handler::operator())>{};
  } else {
    return Callable<std::decay_t<Handler>>{};
  }
}

Request make_request(const MessageView& view, Time received);

/// Whose messages a handler gets.
enum class From : std::uint8_t { anybody, peers };

/// One argument of a handler, made from the message: its fields as a struct, the whole Message, or the Request.
template <From from, class Parameter>
Parameter make_argument(const MessageView& view, Time received) {
  if constexpr (std::is_same_v<Parameter, Message>) {
    return view.own();
  } else if constexpr (std::is_same_v<Parameter, Request>) {
    return make_request(view, received);
  } else {
    static_assert(Fielded<Parameter>,
                  "a handler takes a struct with MZNODE_FIELDS, a Message, a Request, or a struct and a Request");
    static_assert(codec::is_body<Parameter>(),
                  "type, msg_id and in_reply_to are no fields: a handler finds them in a Request");
    auto fields = view.as<Parameter>();
    if constexpr (from == From::peers) demand_counts(fields);
    return fields;
  }
}

template <From from, class Handler, class... Parameters>
auto call_handler(Handler& handler, const MessageView& view, [[maybe_unused]] Time received,
                  ArgumentList<Parameters...>) {
  static_assert(sizeof...(Parameters) <= 2, "a handler takes at most the fields and the Request");
  return handler(make_argument<from, Parameters>(view, received)...);
}

/// A method as a function object. Not itself a coroutine: it calls one, whose frame owns its arguments.
template <class Object, class Method, class... Parameters>
auto bind_method(Object* object, Method method, ArgumentList<Parameters...>) {
  return [object, method](Parameters... arguments) { return (object->*method)(std::move(arguments)...); };
}

}  // namespace detail
}  // namespace mznode
