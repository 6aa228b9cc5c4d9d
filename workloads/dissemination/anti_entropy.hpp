#pragma once

#include "dissemination/replicator.hpp"
#include "dissemination/spread.hpp"

namespace mznode::dissemination {

/// Spreads elements without any plan: every `flush-ms` each node tells a peer, drawn from those that it knows to lack
/// something, all that it lacks, and hears at once what it lacks itself (push and pull). Nobody is special, so nothing
/// has to be repaired when nodes or links fail; a message is everywhere after some log2 N rounds. Rounds go on until
/// each pair of nodes has agreed.
///
/// Demers et al., Epidemic Algorithms for Replicated Database Maintenance (1987), section 1.3.
class AntiEntropy {
 public:
  static Disseminator::Config config(const OptionValues& options);
  static std::vector<Option> options();

  /// Node and replicator, made with `config`, must outlive it.
  AntiEntropy(Node& node, Replicator& replicator, const OptionValues& options);

 private:
  void begin_rounds();

  Node& node_;
  Replicator& replicator_;
  Duration interval_;
};

}  // namespace mznode::dissemination
