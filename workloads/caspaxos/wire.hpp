#pragma once

#include "caspaxos/messages.hpp"

namespace mznode::caspaxos {

/// A message about the register of a key, as it is sent.
template <class T>
struct KeyedMessage {
  Json key;
  T message;
  MZNODE_FIELDS(key, message)

  relay::Token asks() const requires requires(const T& each) { each.asks(); }
  { return message.asks(); }
  relay::Token answers() const requires requires(const T& each) { each.answers(); }
  { return message.answers(); }
};

/// The type by which each message is sent.
template <class T>
constexpr const char* type_of = nullptr;
template <>
inline constexpr const char* type_of<Prepare> = "prepare";
template <>
inline constexpr const char* type_of<Accept> = "accept";
template <>
inline constexpr const char* type_of<Query> = "query";
template <>
inline constexpr const char* type_of<Promise> = "promise";
template <>
inline constexpr const char* type_of<Confirmation> = "confirmation";
template <>
inline constexpr const char* type_of<Conflict> = "conflict";
template <>
inline constexpr const char* type_of<Report> = "report";

}  // namespace mznode::caspaxos
