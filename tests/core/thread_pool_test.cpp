// What has threads; CI runs these under ThreadSanitizer too.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "mznode/node/node.hpp"
#include "mznode/node/offload.hpp"
#include "mznode/node/stdio_runtime.hpp"

namespace mznode {
namespace {

TEST(ThreadPool, RunsEveryJobAndFinishesItOnTheCallingThread) {
  constexpr std::size_t jobs = 1000;
  const int wake = ::eventfd(0, EFD_CLOEXEC);
  std::vector<int> worked(jobs);
  std::size_t done = 0;  // without a lock: only this thread touches it
  {
    ThreadPool pool(4, [wake] {
      const std::uint64_t one = 1;
      EXPECT_EQ(::write(wake, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    });
    for (std::size_t i = 0; i < jobs; ++i) {
      pool.submit([&worked, i] { worked[i] = 1; }, [&done] { ++done; });
    }
    while (pool.outstanding() > 0) {
      std::uint64_t count = 0;
      ASSERT_EQ(::read(wake, &count, sizeof count), static_cast<ssize_t>(sizeof count));
      pool.finish();
    }
  }  // before the descriptor is closed: the thread of the last job may not have woken this one yet
  EXPECT_EQ(done, jobs);
  EXPECT_EQ(worked, std::vector<int>(jobs, 1));
  ::close(wake);
}

TEST(ThreadPool, DropsWaitingWorkWhenItGoes) {
  for (int round = 0; round < 50; ++round) {
    ThreadPool pool(2, [] {});
    for (int i = 0; i < 20; ++i) pool.submit([] {}, [] {});
  }
}

struct Number {
  std::int64_t number = 0;
  MZNODE_FIELDS(number)
};

class Squares {
 public:
  explicit Squares(Node& node) : node_(node) { node.on("square", this, &Squares::square); }

 private:
  Task<Number> square(Number request) {
    auto work = [number = request.number] { return number * number; };
    auto result = co_await node_.offload(std::move(work));
    const Number reply{result};
    co_return reply;
  }

  Node& node_;
};

TEST(ThreadPool, AnswersOffloadedWorkAfterTheEndOfTheInput) {
  constexpr int requests = 200;
  std::array<int, 2> in = {};
  std::array<int, 2> out = {};
  ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
  std::string lines = R"({"src":"c1","dest":"n0","body":{"type":"init","msg_id":0,"node_id":"n0","node_ids":["n0"]}})"
                      "\n";
  for (int i = 1; i <= requests; ++i) {
    const std::string number = std::to_string(i);
    lines +=
        R"({"src":"c1","dest":"n0","body":{"type":"square","msg_id":)" + number + R"(,"number":)" + number + "}}\n";
  }
  ASSERT_EQ(::write(in[1], lines.data(), lines.size()), static_cast<ssize_t>(lines.size()));
  ::close(in[1]);

  StdioRuntime runtime({.threads = 3, .input = in[0], .output = out[1]});
  {
    Node node(runtime);
    Squares squares(node);
    EXPECT_EQ(runtime.run(node), 0);
  }
  std::array<char, 1 << 16> bytes;
  const ssize_t got = ::read(out[0], bytes.data(), bytes.size());
  ASSERT_GT(got, 0);
  const std::string replies(bytes.data(), static_cast<std::size_t>(got));
  for (int i = 1; i <= requests; ++i) {
    EXPECT_NE(replies.find("\"in_reply_to\":" + std::to_string(i) + ",\"number\":" + std::to_string(i * i) + "}"),
              std::string::npos)
        << i;
  }
  for (const int descriptor : {in[0], out[0], out[1]}) ::close(descriptor);
}

}  // namespace
}  // namespace mznode
