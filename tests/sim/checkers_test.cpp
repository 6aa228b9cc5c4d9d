#include <gtest/gtest.h>

#include "mznode/check/registry.hpp"
#include "mznode/workloads/registry.hpp"

namespace mznode {
namespace {

// Without one, no run of the workload could ever be called valid.
TEST(Checkers, EveryWorkloadHasOneOfItsName) {
  ASSERT_FALSE(workloads().empty());
  for (const WorkloadInfo& workload : workloads()) {
    EXPECT_NE(check::find_checker(workload.name), nullptr) << workload.name;
  }
}

}  // namespace
}  // namespace mznode
