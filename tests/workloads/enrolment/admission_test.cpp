#include "enrolment/admission.hpp"

#include <gtest/gtest.h>

namespace mznode {
namespace {

class AdmissionTest : public testing::Test {
 protected:
  static constexpr Welcome unknown(MemoryId life, bool is_young) {
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
}  // namespace mznode
