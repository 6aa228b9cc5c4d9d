#include "dissemination/anti_entropy.hpp"
#include "dissemination/set_strategy.hpp"
#include "g_set/serve.hpp"

namespace mznode::g_set {
namespace {

/// The textbook's grow-only set: nodes send each other all they have, and merge by union. Messages grow with the set;
/// only that a peer which has all is left in peace is learnt from the deltas.
///
/// Shapiro, Preguiça, Baquero and Zawirski, A Comprehensive Study of Convergent and Commutative Replicated Data Types
/// (2011), specification 11.
struct WholeSets : dissemination::AntiEntropy {
  using AntiEntropy::AntiEntropy;
  static dissemination::Disseminator::Config config(const OptionValues& options) {
    auto config = AntiEntropy::config(options);
    config.whole = true;
    return config;
  }
};

}  // namespace

StrategyInfo full_strategy() {
  return {.name = "full",
          .summary = "the whole set, each round to a random peer that lacks something",
          .guarantees = dissemination::spread_guarantees(),
          .options = dissemination::AntiEntropy::options(),
          .install = dissemination::install_set<WholeSets>(serve)};
}

}  // namespace mznode::g_set
