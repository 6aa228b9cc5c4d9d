// Which replies of a process are late.

#include "reply_times.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mznode::sim {
namespace {

Packet request_of(const std::string& client, const std::string& type, int msg_id) {
  return {.id = 0,
          .src = client,
          .dest = "n0",
          .body = R"({"type":")" + type + R"(","msg_id":)" + std::to_string(msg_id) + "}"};
}

void give_answer(ReplyTimes& times, const std::string& client, const std::string& in_reply_to, Time now) {
  const std::string body = R"({ "type": "x_ok", "in_reply_to": )" + in_reply_to + "}";
  times.answered({.src = "n0", .dest = client, .body = body}, now);
}

TEST(ReplyTimes, AReplyIsLateWhenItsClientHasLeft) {
  ReplyTimes times(5s);
  times.asked(request_of("c1", "read", 1), Time(0s));
  times.asked(request_of("c2", "write", 1), Time(1s));
  give_answer(times, "c1", "1", Time(5s));
  EXPECT_FALSE(times.first_late()) << "it came in time";
  give_answer(times, "c2", "1", Time(6s + 1ms));
  ASSERT_TRUE(times.first_late());
  EXPECT_EQ(times.first_late()->type, "write");
  EXPECT_EQ(times.first_late()->after, 5001ms);
}

TEST(ReplyTimes, TheFirstLateOneStays) {
  ReplyTimes times(1s);
  times.asked(request_of("c1", "read", 1), Time(0s));
  times.asked(request_of("c2", "cas", 7), Time(0s));
  give_answer(times, "c1", "1", Time(10s));
  give_answer(times, "c2", "7", Time(20s));
  ASSERT_TRUE(times.first_late());
  EXPECT_EQ(times.first_late()->type, "read");
}

TEST(ReplyTimes, NobodyIsLateWhoWasNotAskedByAClientThatWaits) {
  ReplyTimes times(1s);
  times.asked(request_of("n1", "gossip", 1), Time(0s));
  give_answer(times, "n1", "1", Time(10s));
  times.asked(request_of("c0", "init", 1), Time(0s));
  give_answer(times, "c0", "1", Time(10s));
  times.asked(request_of("c1", "read", 1), Time(0s));
  give_answer(times, "c1", "2", Time(10s));
  give_answer(times, "c1", "null", Time(10s));
  give_answer(times, "c1", R"("1")", Time(10s));
  give_answer(times, "c2", "1", Time(10s));
  EXPECT_FALSE(times.first_late());
}

}  // namespace
}  // namespace mznode::sim
