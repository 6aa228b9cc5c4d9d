#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "mznode/sim/network.hpp"
#include "mznode/sim/node_output.hpp"

namespace mznode::sim {

/// Who is who for nodes that are processes: carries what they write onto the network, once the names in it are checked.
class Correspondents {
 public:
  void attach(Network& network) { network_ = &network; }
  /// A node is started. One that is dead keeps its name.
  void add_node(const std::string& name) { nodes_.insert(name); }
  /// `name` has sent a node something.
  void heard_from(const std::string& name) { known_.insert(name); }

  /// What became of a message.
  enum class Fate : std::uint8_t {
    sent,
    /// To a node that is down, or to a client that has left: nobody's mistake.
    lost,
    /// The first that was lost because its client had left; it is worth a word. A reply on its way when its client's
    /// patience ends must not decide a verdict, as it does under Maelstrom, which stops listening to the node.
    first_late,
    to_nobody,
    under_another_name,
  };
  /// Carries a message out of the process of `node`. It must go under its own name; only a client's request may be
  /// passed on to a node under that client's name. Maelstrom believes any name, a reply in the name of another
  /// node included.
  Fate carry(const std::string& node, const OutputLine& message);
  /// What a failure says of it (NodeFailure::description), without the end of the log; empty when it is none.
  static std::string describe(Fate fate, std::string_view node, const OutputLine& message, std::string_view line);

  /// How many replies came when their client had already left.
  std::uint64_t late_replies() const { return late_replies_; }

 private:
  bool may_speak_as(const std::string& node, const OutputLine& message) const;
  /// True for a program that repeats what it reads: a message that it passes on to itself, again and again the same,
  /// would never end, and in virtual time no time would pass.
  bool hears_itself(const std::string& node, const OutputLine& message);

  Network* network_ = nullptr;
  std::set<std::string, std::less<>> nodes_;
  std::set<std::string, std::less<>> known_;
  std::uint64_t late_replies_ = 0;
  /// What each node passed on to itself last, and how often in a row.
  std::map<std::string, std::pair<std::string, std::size_t>> to_itself_;
};

}  // namespace mznode::sim
