#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// What a node is written with; not how one runs as a process of its own (mznode/mznode.hpp), which the bench knows.
#include "mznode/json/error.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/kv.hpp"
#include "mznode/node/node.hpp"
#include "mznode/node/topology.hpp"
#include "mznode/workloads/registry.hpp"

/// The program mznode with strategies and workloads of one's own in it:
///
///     int main(int argc, char** argv) {
///       return mznode::bench::main(
///           argc, argv, {mznode::bench::strategy<MyBroadcast>("broadcast", "mine", "floods with windows")});
///     }
///
/// It is a node (`./my_node -w broadcast -s mine`), a bench (`./my_node test -w broadcast -s mine --nemesis swarm`) and
/// everything else that mznode is. Without arguments it is a node of its first strategy, as Maelstrom runs it.
namespace mznode::bench {

/// A strategy, and the workload that it solves.
struct OwnStrategy {
  std::string workload;
  StrategyInfo info;
};

namespace detail {

template <class T>
class Held final : public Strategy {
 public:
  Held(Node& node, const OptionValues& options) : held_(make(node, options)) {}

 private:
  static T make(Node& node, const OptionValues& options) {
    if constexpr (std::is_constructible_v<T, Node&, const OptionValues&>) {
      return T(node, options);
    } else {
      static_assert(std::is_constructible_v<T, Node&>,
                    "a strategy is a class that is constructed from (Node&) or (Node&, const OptionValues&)");
      return T(node);
    }
  }

  T held_;
};

}  // namespace detail

/// A strategy of one's own: a class whose constructor takes a Node, or a Node and the values of its options, and
/// registers its handlers. `name` is what `--strategy` takes. Without `guarantees` it promises nothing, and a swarm
/// draws from all that a network can do; with them, `mznode list` shows them, and a swarm draws from what it survives.
template <class T>
OwnStrategy strategy(std::string workload, std::string name, std::string summary, Guarantees guarantees = {},
                     std::vector<Option> options = {}) {
  return {std::move(workload),
          {.name = std::move(name),
           .summary = std::move(summary),
           .guarantees = std::move(guarantees),
           .options = std::move(options),
           .install = [](Node& node, const OptionValues& values) -> std::unique_ptr<Strategy> {
             return std::make_unique<detail::Held<T>>(node, values);
           }}};
}

/// Runs what the command line asks for and returns the exit code: 0 valid, 1 invalid, 2 unknown or not possible. What
/// has the name of a built-in strategy or workload takes its place. A strategy that is named twice, or for a workload
/// that does not exist, is told on standard error, with exit code 2.
int main(int argc, char** argv, std::vector<OwnStrategy> strategies, std::vector<WorkloadInfo> workloads = {});

}  // namespace mznode::bench
