#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode::app {

/// Who the processes of a history are: workers of the nodes of a test, or what little a history alone tells.
class Clients {
 public:
  /// Of a test: a process is the one of the worker with its number modulo that of the workers, who work on one node
  /// each, in turn.
  Clients(std::vector<std::string> nodes, std::size_t workers);
  /// Of a history: processes that were never at work at the same time share a lane, so that those of a client that
  /// crashes and comes back under other numbers stay beside each other.
  explicit Clients(const check::History& history);

  /// Empty for a history.
  const std::vector<std::string>& nodes() const { return nodes_; }
  /// How many workers, or lanes, there are, and that of a process.
  std::size_t workers() const { return workers_; }
  std::size_t worker_of(std::int64_t process) const;
  /// The place of the node of a process; without nodes, that of the process in the order in which they come.
  std::size_t place_of(std::int64_t process) const;
  /// The processes of each lane as a label, such as "3" or "3 …"; empty for a test.
  const std::vector<std::string>& lanes() const { return lanes_; }

 private:
  std::vector<std::string> nodes_;
  std::size_t workers_ = 1;
  struct Place {
    std::size_t number = 0;
    std::size_t lane = 0;
  };
  std::unordered_map<std::int64_t, Place> place_of_;
  std::vector<std::string> lanes_;
};

}  // namespace mznode::app
