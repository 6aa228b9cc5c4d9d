#pragma once

#include <vector>

#include "mznode/json/fields.hpp"
#include "mznode/workloads/strategy.hpp"

/// Names the strategies of a workload, the default first, in its namespace. A strategy `star` is a function
/// `StrategyInfo star_strategy()`, defined in a file of its own; this declares them, and `strategies()`, which gives
/// what all of them return. At most 12.
#define MZNODE_STRATEGIES(...)                                   \
  MZNODE_FOR_EACH(MZNODE_DECLARE_STRATEGY, __VA_ARGS__)          \
  inline std::vector<StrategyInfo> strategies() {                \
    return {MZNODE_FOR_EACH(MZNODE_MAKE_STRATEGY, __VA_ARGS__)}; \
  }

#define MZNODE_DECLARE_STRATEGY(name) StrategyInfo name##_strategy();
#define MZNODE_MAKE_STRATEGY(name) name##_strategy(),
