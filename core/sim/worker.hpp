#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "mznode/sim/client.hpp"
#include "mznode/sim/connection.hpp"

namespace mznode::sim {

/// One of the test's workers: performs one operation at a time under a process number, on one node.
struct Worker {
  std::size_t index = 0;
  std::int64_t process = 0;
  std::string node;
  std::unique_ptr<Connection> connection;
  std::unique_ptr<Client> client;
  bool is_busy = false;
  /// The kind of the operation that it is or was busy with.
  std::string f = {};
};

}  // namespace mznode::sim
