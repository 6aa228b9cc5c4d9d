#pragma once

#include <cstdint>
#include <functional>

#include "caspaxos/messages.hpp"

namespace mznode::caspaxos {

/// What a client wants a value replaced by; the value itself when it only wants to see it. Free of side effects: it may
/// be computed several times (paper, section 2.1).
using Change = std::function<Value(const Value&)>;
/// Of changes that a node gets, a later one has a greater id.
using ChangeId = std::uint64_t;

/// A request that is to be sent, possibly to the node itself.
struct Outgoing {
  Member to = 0;
  Request request;
};

/// A change that was carried out.
struct Done {
  ChangeId id = 0;
  /// The value that it was applied to.
  Value found;
};

}  // namespace mznode::caspaxos
