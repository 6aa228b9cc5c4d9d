#include "dissemination/star.hpp"

#include "g_set/serve.hpp"

namespace mznode::g_set {

StrategyInfo star_strategy() {
  return dissemination::star_strategy(serve);
}

}  // namespace mznode::g_set
