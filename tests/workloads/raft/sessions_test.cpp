#include "raft/sessions.hpp"

#include <gtest/gtest.h>

#include "mznode/json/codec.hpp"

namespace mznode::raft {
namespace {

class SessionsTest : public testing::Test {
 protected:
  Index open(const std::string& origin, Incarnation life) {
    return sessions.apply(++index, {.origin = origin, .life = life, .operation = Json()}, execute).session;
  }
  SessionOutcome ask(const std::string& origin, Index session, std::uint64_t number, std::uint64_t oldest = 1) {
    return sessions.apply(
        ++index,
        {.origin = origin, .life = 1, .session = session, .number = number, .oldest = oldest, .operation = Json()},
        execute);
  }

  int executed = 0;
  std::function<Json(const Json&)> execute = [this](const Json&) { return Json(++executed); };
  Index index = 0;
  Sessions sessions;
};

TEST_F(SessionsTest, AnOperationThatIsAskedForAgainKeepsItsResult) {
  const Index session = open("n1", 1);
  EXPECT_EQ(ask("n1", session, 1).result, Json(1));
  EXPECT_EQ(ask("n1", session, 2).result, Json(2));
  EXPECT_EQ(ask("n1", session, 1).result, Json(1));
  EXPECT_EQ(executed, 2);
}

TEST_F(SessionsTest, WhatNobodyWaitsForAnyMoreIsForgottenAndRefused) {
  const Index session = open("n1", 1);
  ask("n1", session, 1);
  const std::size_t size = sessions.save().text().size();
  for (std::uint64_t number = 2; number < 1'000; ++number) ask("n1", session, number, number);
  EXPECT_LE(sessions.save().text().size(), size + 20) << "memory is bounded";
  executed = 0;
  EXPECT_EQ(ask("n1", session, 1).session, 0u);
  EXPECT_EQ(executed, 0);
}

TEST_F(SessionsTest, WordsOfAnEarlierLifeDoNothing) {
  const Index first = open("n1", 1);
  EXPECT_EQ(open("n1", 1), first) << "asked for twice";
  const Index second = open("n1", 2);
  EXPECT_NE(second, first);
  EXPECT_EQ(ask("n1", first, 1).session, 0u);
  EXPECT_EQ(executed, 0);
  EXPECT_EQ(ask("n1", second, 1).session, second);
}

TEST_F(SessionsTest, ASavedStateKnowsAllThatWasAskedFor) {
  const Index session = open("n1", 1);
  ask("n1", session, 1);
  Sessions restored;
  restored.restore(Json::parse(sessions.save().text()));
  sessions = std::move(restored);
  EXPECT_EQ(ask("n1", session, 1).result, Json(1));
  EXPECT_EQ(executed, 1);
}

}  // namespace
}  // namespace mznode::raft
