#include "raft/sessions.hpp"

#include <gtest/gtest.h>

#include "mznode/json/codec.hpp"
#include "raft/admission.hpp"

namespace mznode::raft {
namespace {

class SessionsTest : public testing::Test {
 protected:
  Index open(const std::string& origin, Life life) {
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

class AdmissionTest : public testing::Test {
 protected:
  static constexpr Welcome unknown(Life life, bool is_young) {
    return {.life = life, .knew_another = false, .is_young = is_young, .has_forgotten = false};
  }
  Time now{1s};
};

TEST_F(AdmissionTest, AtTheStartAMajorityLetsAServerIn) {
  Admission admission(5, 7, true, now);
  admission.receive(1, unknown(7, true));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::open);
  admission.receive(1, unknown(7, true));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::open) << "the same server again";
  admission.receive(2, unknown(7, true));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::voter);
}

TEST_F(AdmissionTest, LaterItTakesSoManyThatOneOfThemWouldHaveMetAnEarlierLife) {
  Admission admission(3, 7, true, now);
  admission.receive(1, unknown(7, false));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::open);
  admission.receive(2, unknown(7, false));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::voter);
}

TEST_F(AdmissionTest, OneWhoKnewAnEarlierLifeKeepsAServerFromVotingForEver) {
  Admission other(3, 8, true, now);
  EXPECT_FALSE(other.answer(now, 0, {6}).knew_another);
  EXPECT_FALSE(other.answer(now, 0, {6}).knew_another);
  const Welcome welcome = other.answer(now, 0, {7});
  EXPECT_TRUE(welcome.knew_another);
  Admission admission(3, 7, true, now);
  admission.receive(1, welcome);
  admission.receive(2, unknown(7, true));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::non_voter);
}

TEST_F(AdmissionTest, OneThatHasForgottenItselfIsNoWitness) {
  Admission forgetful(3, 8, true, now);
  forgetful.receive(2, {.life = 8, .knew_another = true});
  const Welcome welcome = forgetful.answer(now, 0, {7});
  Admission admission(3, 7, true, now);
  admission.receive(1, unknown(7, true));  // what it said before it knew
  admission.receive(1, welcome);
  EXPECT_EQ(admission.verdict(), Admission::Verdict::open);
  admission.receive(2, unknown(7, false));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::open);
  EXPECT_TRUE(admission.is_known_to_all());
}

TEST_F(AdmissionTest, AWelcomeForAnEarlierLifeMeansNothing) {
  Admission admission(3, 7, true, now);
  admission.receive(1, unknown(6, true));
  EXPECT_EQ(admission.verdict(), Admission::Verdict::open);
}

TEST_F(AdmissionTest, OnlyWhoHasJustBegunItsFirstLifeIsYoung) {
  Admission first(3, 7, true, now);
  EXPECT_TRUE(first.answer(now, 1, {5}).is_young);
  EXPECT_FALSE(first.answer(now + Admission::boot_window, 1, {5}).is_young);
  Admission returned(3, 7, false, now);
  EXPECT_FALSE(returned.answer(now, 1, {5}).is_young);
}

}  // namespace
}  // namespace mznode::raft
