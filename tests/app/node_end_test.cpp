#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

TEST(NodeEnds, OnSigtermAndSigint) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Child child(echo_node);
    child.write(init_line());
    ASSERT_TRUE(child.read_line());
    child.kill(signal);
    EXPECT_FALSE(child.read_line());
    EXPECT_EQ(child.finish().code, 128 + signal);
    EXPECT_EQ(child.output(), "");
  }
}

TEST(NodeEnds, OnSigtermThoughNobodyReadsItsOutput) {
  Child child(echo_node);
  const std::string payload = "\"" + std::string(100'000, 'x') + "\"";
  child.write(init_line());
  for (int i = 0; i < 20; ++i) child.write(echo_line(payload), false);
  child.kill(SIGTERM);
  const Exit exit = child.finish();
  EXPECT_TRUE(exit.code == 128 + SIGTERM || exit.signal == SIGTERM);
}

TEST(NodeEnds, WhenItsOutputIsClosed) {
  Child child(echo_node);
  child.write(init_line());
  ASSERT_TRUE(child.read_line());
  // Held meanwhile, because it may notice the closed output, and end, before it is asked.
  child.kill(SIGSTOP);
  child.close_output();
  // The input stays open: the failing write of the reply must end it.
  child.write(echo_line("1"), false);
  child.kill(SIGCONT);
  EXPECT_TRUE(child.wait_for_log("nobody reads"));
  EXPECT_FALSE(child.wait_for_log("the end of the log"));
  EXPECT_EQ(child.finish().code, 1);
}

TEST(NodeEnds, WhenItsOutputIsClosedThoughItSaysNothing) {
  Child child(echo_node);
  child.write(init_line());
  ASSERT_TRUE(child.read_line());
  child.close_output();
  EXPECT_FALSE(child.wait_for_log("the end of the log"));
  EXPECT_EQ(child.finish().code, 1);
}

TEST(NodeBackPressure, KeepsMemoryBoundedAndLosesNothing) {
  // The replies to reads outgrow their requests, so that 20 MB are due long before the pipe is full of requests.
  Child child({"--workload", "broadcast"});
  child.write(init_line());
  const std::string element = "\"" + std::string(10'000, 'x') + "\"";
  child.write(line("c1", R"({"type":"broadcast","msg_id":2,"message":)" + element + "}"));
  ASSERT_TRUE(child.read_line());
  ASSERT_TRUE(child.read_line());
  std::string reads;
  constexpr int count = 10'000;
  for (int i = 0; i < count; ++i) reads += line("c1", R"({"type":"read","msg_id":)" + std::to_string(i + 10) + "}");
  const std::size_t taken = child.write_until_blocked(reads);
  EXPECT_LT(taken, reads.size()) << "it has read on although nobody reads its output";
  constexpr long bound_kib = 40 << 10;
  EXPECT_LT(child.peak_resident_kib(), bound_kib);
  child.write(std::string_view(reads).substr(taken));
  ASSERT_EQ(child.finish().code, 0);
  const auto lines = lines_of(child.output());
  int next = 10;
  for (const auto& reply : lines) {
    if (reply.find("\"gossip\"") != std::string::npos) continue;
    ASSERT_EQ(
        reply.size(),
        element.size() +
            std::string(R"({"src":"n1","dest":"c1","body":{"type":"read_ok","in_reply_to":,"messages":[]}})").size() +
            std::to_string(next).size());
    ASSERT_NE(reply.find("\"in_reply_to\":" + std::to_string(next) + ","), std::string::npos);
    ++next;
  }
  EXPECT_EQ(next, count + 10);
}

TEST(NodeBackPressure, AWriterThatReadsNothingBeforeItHasWrittenAllIsNotLockedOut) {
  Child child(echo_node);
  std::string input = init_line();
  for (int i = 0; i < 40'000; ++i) input += echo_line("\"0123456789\"", i + 2);
  child.write(input, false);
  EXPECT_EQ(child.finish().code, 0);
  EXPECT_EQ(lines_of(child.output()).size(), 40'001u);
}

TEST(NodeDescriptors, TheFlagsOfAnInheritedOutputAreRestored) {
  for (const int initial : {0, O_NONBLOCK}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    ASSERT_EQ(::fcntl(ends[1], F_SETFL, initial), 0);
    const int before = ::fcntl(ends[1], F_GETFL);
    {
      Child child(echo_node, ends[1]);
      child.write(init_line());
      std::array<char, 256> reply;
      ASSERT_GT(::read(ends[0], reply.data(), reply.size()), 0);
      EXPECT_NE(::fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0) << "the test no longer tests anything";
      EXPECT_EQ(child.finish().code, 0);
    }
    EXPECT_EQ(::fcntl(ends[1], F_GETFL), before);
    {
      Child child(echo_node, ends[1]);
      child.write(init_line());
      std::array<char, 256> reply;
      ASSERT_GT(::read(ends[0], reply.data(), reply.size()), 0);
      child.kill(SIGTERM);
      EXPECT_EQ(child.finish().code, 128 + SIGTERM);
    }
    EXPECT_EQ(::fcntl(ends[1], F_GETFL), before);
    ::close(ends[0]);
    ::close(ends[1]);
  }
}

}  // namespace
}  // namespace mznode::testing_support
