#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/node.hpp"
#include "mznode/sim/fault.hpp"

namespace mznode {

/// The faults that only act on messages and time, and behind them those of `more`: whatever the former do, a process
/// keeps its memory and its clocks.
std::vector<Fault> message_faults(std::initializer_list<Fault> more = {});

/// A setting of a strategy, an integer; given on the command line as `--name value`.
struct Option {
  std::string name;
  std::int64_t default_value = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
  /// One line; says the unit where the name does not.
  std::string summary;
};

/// The values of a strategy's options, complete and in range.
class OptionValues {
 public:
  /// The defaults, replaced by `given`. Throws std::invalid_argument with a message for the user when an option is
  /// unknown, not an integer, or out of range; it names what is possible.
  OptionValues(const std::vector<Option>& options, const std::map<std::string, std::string>& given);

  std::int64_t integer(std::string_view name) const;
  /// An option in milliseconds.
  Duration milliseconds(std::string_view name) const { return std::chrono::milliseconds(integer(name)); }

 private:
  std::map<std::string, std::int64_t, std::less<>> values_;
};

/// What a strategy promises. Each promise is tested.
struct Guarantees {
  /// The strongest consistency model it claims, in the words of Jepsen and Elle; empty when it promises nothing.
  std::string model = {};
  /// True when every node answers during a partition.
  bool available = true;
  /// The faults under which it keeps the promise.
  std::vector<Fault> survives = {};
  /// What else a user must know; empty when nothing.
  std::string caveat = {};

  bool promises_nothing() const { return model.empty(); }
};

namespace raft {
class Group;
}

/// A strategy that is installed on a node: it has registered its handlers and lives as long as the node.
class Strategy {
 public:
  virtual ~Strategy() = default;
  /// The group that its nodes form, for tests that watch it from outside; null when they form none.
  virtual const raft::Group* group() const { return nullptr; }
};

/// Whom a node asks before it answers a client, where it does not know the answer by itself.
struct Asks {
  /// As in "an answer that needs a majority"; empty when it asks nobody.
  std::string whom = {};
  /// How many messages one after the other an answer takes then, at least.
  int messages = 0;
  /// True for what stands beside the nodes, and is asked by one that is alone, too.
  bool is_elsewhere = false;
  /// The option that says, in milliseconds, how long a candidate waits for votes; empty where nobody is elected.
  std::string election_option = {};
};

/// The node's question, and the answer of a service.
inline Asks asks_a_service() {
  return {.whom = "a service", .messages = 2, .is_elsewhere = true};
}
/// The same, of another node.
inline Asks asks_another_node() {
  return {.whom = "another node", .messages = 2};
}

/// One way to solve a workload.
struct StrategyInfo {
  std::string name;
  std::string summary;
  Guarantees guarantees;
  std::vector<Option> options;
  std::function<std::unique_ptr<Strategy>(Node& node, const OptionValues& options)> install;
  Asks asks = {};
};

/// Makes the `install` of a strategy class whose constructor takes the node and its options.
template <class T>
std::unique_ptr<Strategy> install(Node& node, const OptionValues& options) {
  return std::make_unique<T>(node, options);
}

}  // namespace mznode
