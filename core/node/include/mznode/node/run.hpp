#pragma once

#include <concepts>
#include <optional>
#include <utility>

#include "mznode/node/node.hpp"
#include "mznode/node/stdio_runtime.hpp"

namespace mznode {

/// The whole main() of a node on standard input and output: lets `set_up` install the handlers, then serves until the
/// input ends. Returns the program's exit code.
template <std::invocable<Node&> SetUp>
int run(SetUp&& set_up, const StdioRuntime::Options& options = {}) {
  StdioRuntime runtime(options);
  Node node(runtime);
  std::forward<SetUp>(set_up)(node);
  return runtime.run(node);
}

/// The same for a class that installs its handlers in its constructor, `App(Node&)`, and lives as long as the node.
template <std::constructible_from<Node&> App>
int run(const StdioRuntime::Options& options = {}) {
  StdioRuntime runtime(options);
  std::optional<App> app;  // the node's tasks may use it until the end
  Node node(runtime);
  app.emplace(node);
  return runtime.run(node);
}

}  // namespace mznode
