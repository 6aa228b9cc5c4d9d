#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mznode::kafka {

/// The node that owns a key: of all nodes the one whose hash with the key is highest (Thaler, Ravishankar, "A Name-Based
/// Mapping Scheme for Rendezvous", 1996). The same on every node and machine; a node more or less moves only its own
/// share of the keys. There is at least one node.
const std::string& owner_of(std::string_view key, const std::vector<std::string>& nodes);

}  // namespace mznode::kafka
