#pragma once

#include "mznode/node/node.hpp"

/// How long strategies wait: what a client waits for, its node need not go on with.
namespace mznode {

/// After so long an operation is given up: shortly before its client does so, who then hears why.
inline Duration request_timeout(const Node& node) {
  return node.client_timeout() * 9 / 10;
}

/// How long to wait for a service. They answer every request once, so that nothing is won by giving up before the
/// client does, and what was given up has an uncertain outcome.
inline Duration service_timeout(const Node& node) {
  return node.client_timeout() * 4 / 5;
}

}  // namespace mznode
