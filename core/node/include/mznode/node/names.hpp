#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/json/fields.hpp"

namespace mznode {

/// The names of Maelstrom's services, which are nodes of the network (Maelstrom, doc/services.md).
namespace services {
inline constexpr std::string_view lin_kv = "lin-kv";
inline constexpr std::string_view seq_kv = "seq-kv";
inline constexpr std::string_view lww_kv = "lww-kv";
inline constexpr std::string_view lin_tso = "lin-tso";
inline constexpr std::array<std::string_view, 4> all = {lin_kv, seq_kv, lww_kv, lin_tso};
}  // namespace services

bool is_service_name(std::string_view name);
/// True for the names that clients have: a c and a number.
bool is_client_name(std::string_view name);

/// The first message of every node: who it is, and who the nodes of its cluster are.
struct InitMessage {
  std::string node_id;
  std::vector<std::string> node_ids;
  MZNODE_FIELDS(node_id, node_ids)
};

}  // namespace mznode
