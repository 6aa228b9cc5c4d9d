// What nodes say again, and how much of it is a storm.

#include "mznode/sim/repeats.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/contains.hpp"

namespace mznode::sim {
namespace {

Packet told(const std::string& src, const std::string& dest, const std::string& body) {
  return {.id = 0, .src = src, .dest = dest, .body = body};
}

TEST(Repeats, AreMessagesThatDifferInTheirIdsOnly) {
  Repeats repeats;
  EXPECT_EQ(repeats.percentage(), 0U);
  EXPECT_EQ(repeats.loudest(), "");
  repeats.note(told("n0", "n1", R"({"type":"rumour","msg_id":1,"of":7})"));
  repeats.note(told("n0", "n1", R"({"type":"rumour","msg_id":2,"of":7})"));
  EXPECT_EQ(repeats.percentage(), 50U);
  repeats.note(told("n0", "n1", R"({"type":"rumour","msg_id":3,"of":8})"));
  repeats.note(told("n0", "n2", R"({"type":"rumour","msg_id":4,"of":7})"));
  EXPECT_EQ(repeats.percentage(), 25U) << "another thing, and another node";
  EXPECT_EQ(repeats.loudest(), "n0 to n1");
}

TEST(Repeats, AStormIsMoreThanOperationsAndTimeHaveAUseFor) {
  EXPECT_EQ(storm_bound(3, 10, Duration::zero()), 6U * 20 * 10);
  EXPECT_EQ(storm_bound(3, 10, 5s), 6U * 20 * 15) << "what is said without being asked has seconds";
  EXPECT_EQ(storm_bound(1, 10, 5s), 0U);
}

TEST(Repeats, TheWordsBlameRepetitionWhereMostOfItIs) {
  Repeats repeats;
  for (int id = 0; id < 10; ++id) {
    repeats.note(told("n0", "n1", R"({"msg_id":)" + std::to_string(id) + R"(,"type":"rumour"})"));
  }
  EXPECT_EQ(storm_words(3, 900, repeats),
            "a storm of messages: 900 between servers an operation, where 6 tell all nodes everything; 90 % of them "
            "repeat what the same node had told the same one (most of all n0 to n1): each node repeats what it has "
            "heard, and has to pass on only what is new to it");
  EXPECT_TRUE(contains(storm_words(3, 900, {}), "; does each node pass on only what is new to it, and wait before"));
}

}  // namespace
}  // namespace mznode::sim
