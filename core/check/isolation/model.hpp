#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mznode::check::isolation {

/// What a model demands of the order in which transactions commit, from weak to strong; but the first two stand beside
/// the others, until causal consistency implies them all. All demand that what is read was committed before.
enum class Demand : std::uint8_t {
  /// Read your writes: no read shows less than what its session wrote before.
  own_writes,
  /// Monotonic reads: no read shows less than what its session read before.
  monotonic_reads,
  /// Pipelined RAM: each session sees the writes of every other session in their order.
  pram,
  /// Read committed (Adya, "Weak Consistency", PL-2). With the order of sessions this is writes follow reads: a write
  /// comes after what its session read before.
  committed,
  /// What a transaction has seen some of, it sees all of from then on (Biswas and Enea's read committed; Bailis et al.,
  /// "Highly Available Transactions", monotonic atomic view).
  atomic_view,
  /// What a transaction sees some of, it sees all of.
  read_atomic,
  /// The same, and of what that had seen, too.
  causal,
  /// Causal, and all transactions agree on one order of the commits, of which each sees a prefix.
  prefix,
  /// Prefix, and no two transactions that overlap write the same key.
  snapshot,
  /// One after the other.
  serializable,
};

/// What the order of commits must respect besides.
enum class Order : std::uint8_t { free, session, realtime };

/// A consistency model that can be decided: Biswas and Enea, "On the Complexity of Checking Transactional Consistency"
/// (OOPSLA 2019), whose models all have the session order.
struct Model {
  std::string_view name;
  Demand demand;
  Order order;
  /// Whether a transaction may read other than what it read or wrote itself before, as far as the order allows.
  bool allows_internal = false;

  /// About single operations in their sessions, whatever transactions they belong to.
  bool is_session_guarantee() const { return demand <= Demand::pram; }
};

std::span<const Model> models();

/// Null for a name that no complete check decides.
const Model* find_model(std::string_view name);

/// Whether the first model is at least as strong as the second one, as far as a history of single reads and writes can
/// tell. The second one has a complete check.
bool implies(std::string_view stronger, std::string_view weaker);

}  // namespace mznode::check::isolation
