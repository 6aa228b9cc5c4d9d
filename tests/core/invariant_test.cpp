#include "mznode/node/invariant.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace mznode {
namespace {

TEST(InvariantDeathTest, EndsTheProcessWithALineThatSaysWhatIsBroken) {
  EXPECT_EXIT(invariant(false, "no commit is taken back", {7, 9}), testing::KilledBySignal(SIGABRT),
              "^mznode: broken invariant: no commit is taken back \\(7, 9\\), at invariant_test\\.cpp:[0-9]+\n$");
  EXPECT_EXIT(invariant(false, "a voter stays one"), testing::KilledBySignal(SIGABRT),
              "^mznode: broken invariant: a voter stays one, at invariant_test\\.cpp:[0-9]+\n$");
}

TEST(InvariantDeathTest, ChangesNothingWhereAllIsWell) {
  int asked = 0;
  invariant(++asked == 1, "it is asked once", {1});
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace mznode
