// The scripts in tests/workloads/raft/scripts.

#include "tests/script.hpp"
#include "tests/workloads/raft/script.hpp"

namespace mznode::raft {
namespace {

const std::filesystem::path directory = std::filesystem::path(MZNODE_SOURCE_DIR) / "tests/workloads/raft/scripts";

class RaftScript : public testing::TestWithParam<std::string> {};

TEST_P(RaftScript, SaysWhatHappens) {
  ScriptedCluster cluster;
  script::expect_as_written(directory / (GetParam() + ".txt"),
                            [&](const std::string& command) { return cluster.run(command); });
}

INSTANTIATE_TEST_SUITE_P(Scripts, RaftScript, testing::ValuesIn(script::names_in(directory)),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace mznode::raft
