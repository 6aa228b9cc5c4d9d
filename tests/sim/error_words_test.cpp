#include "mznode/sim/error_words.hpp"

#include <gtest/gtest.h>

namespace mznode::sim {
namespace {

TEST(ErrorWords, HaveTheCodeOfANameThatMaelstromKnows) {
  EXPECT_EQ(error_words(Json::from_valid(R"(["not-supported","no such type"])")),
            "error 10 (not-supported): no such type");
  EXPECT_EQ(error_words(Json::from_valid(R"(["timeout",""])")), "error 0 (timeout)");
  EXPECT_EQ(error_words(Json::from_valid(R"(["txn-conflict","later"])")), "error 30 (txn-conflict): later");
}

TEST(ErrorWords, NameNoCodeThatNobodySent) {
  EXPECT_EQ(error_words(Json::from_valid(R"(["unknown","odd"])")),
            "an error of a code that Maelstrom does not know: odd");
}

TEST(ErrorWords, AreEmptyForWhatIsNoErrorReply) {
  for (const char* other : {R"("timeout")", "[1,2]", R"(["timeout"])", "null"}) {
    EXPECT_EQ(error_words(Json::from_valid(other)), "") << other;
  }
}

}  // namespace
}  // namespace mznode::sim
