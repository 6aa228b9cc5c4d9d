#pragma once

#include <string>
#include <vector>

#include "mznode/json/json.hpp"
#include "mznode/sim/grudge.hpp"
#include "mznode/sim/network.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// The four shapes of Maelstrom's partitions (Jepsen, nemesis/combined.clj, grudge).
enum class PartitionShape : std::uint8_t {
  /// One node alone.
  one,
  /// A majority and the rest.
  majority,
  /// Less than a third of the nodes, and the rest.
  minority_third,
  /// Every node hears a majority, no two the same.
  majorities_ring,
};
const std::vector<PartitionShape>& partition_shapes();
std::string partition_shape_name(PartitionShape shape);

Grudge make_grudge(PartitionShape shape, const std::vector<std::string>& nodes, Random& random);
/// One direction of the links between a random set of nodes and the rest.
Grudge make_one_way_grudge(const std::vector<std::string>& nodes, Random& random);

/// How a history tells a grudge.
Json grudge_value(const Grudge& grudge);

/// Cuts the links of a grudge. It acts when the receiver takes a message up, as Maelstrom's partitions do.
class Partition final : public Rule {
 public:
  explicit Partition(Grudge grudge) : grudge_(std::move(grudge)) {}
  bool cuts(std::string_view src, std::string_view dest) const override;

 private:
  Grudge grudge_;
};

}  // namespace mznode::sim
