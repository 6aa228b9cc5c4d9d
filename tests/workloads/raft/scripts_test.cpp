// The scripts in tests/workloads/raft/scripts.

#include "tests/script.hpp"
#include "tests/workloads/raft/script.hpp"

namespace mznode::raft {
namespace {

const std::filesystem::path directory = std::filesystem::path(MZNODE_SOURCE_DIR) / "tests/workloads/raft/scripts";

MZNODE_SCRIPTS(RaftScript, directory, ScriptedCluster);

}  // namespace
}  // namespace mznode::raft
