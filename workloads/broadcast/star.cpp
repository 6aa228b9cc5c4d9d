#include "dissemination/star.hpp"

#include "broadcast/serve.hpp"

namespace mznode::broadcast {

StrategyInfo star_strategy() {
  return dissemination::star_strategy(serve_without_topology);
}

}  // namespace mznode::broadcast
