#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/workloads/raft/cluster.hpp"

namespace mznode::raft {

/// A cluster that does what the commands of a script say, and tells what happens. The commands:
///
///   cluster 3 [max-batch=N] [lease-reads]   servers n0, n1 … that have nothing saved; or, without a number, one a line
///     n0 term 3 log 1 2                     as it stopped in that term, with entries of these terms
///   campaign n0                             time passes until n0 campaigns, and nobody else does anything
///   heartbeat n0                            time passes until n0, which leads, speaks
///   propose n0 x                            n0 is given the command x
///   read n0 7                               n0 is asked for permission to read; 7 names that read
///   compact n0                              n0 replaces what it has applied by a snapshot
///   deliver [quietly]                       all messages on the way arrive, and those that they cause; quietly, only
///                                           who leads and who may read is told of what comes of it
///   deliver n0->n1 n0->*                    only those on the way on these links, and not what they cause
///   lose n0->n1                             those on the way on these links never arrive
///   isolate n0 n1, heal                     a partition of these from all others, and its end
///   crash n0, restart n0                    n0 dies; it starts again with what it has saved
///   wait 300 [quietly]                      so many milliseconds pass, with all that happens in them
///   pass 1000                               milliseconds in which nobody does anything
///   state                                   what each server knows
///
/// A message is told when it arrives, or is lost; below it, indented, what its receiver does, messages apart.
class ScriptedCluster {
 public:
  /// Returns what happened. Throws std::invalid_argument when there is no such command.
  std::string run(const std::string& command);

 private:
  using Words = std::vector<std::string>;

  void start(const Words& words, const std::vector<Words>& servers);
  void watch();
  void deliver(const Words& links, bool lost);
  void wait(const Words& words);
  void tell(const std::string& what, Member member);
  void tell_effects(Member member, const Effects& effects);
  void tell_role(Member member);
  void tell_state();

  std::unique_ptr<Cluster> cluster_;
  /// As it was last told of each server.
  std::vector<std::string> roles_;
  bool is_quiet_ = false;
  std::ostringstream out_;
};

}  // namespace mznode::raft
