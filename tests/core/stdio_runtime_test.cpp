#include "mznode/node/stdio_runtime.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <semaphore>
#include <utility>

namespace {

/// Hears of every wait before it begins; nothing outside the test that needs it.
std::function<void(int timeout_ms)> on_wait;

}  // namespace

// Takes the place of libc's, so that a test sees how a loop waits and need not guess it from the time that passes.
extern "C" int epoll_wait(int epoll, epoll_event* events, int most, int timeout_ms) {
  if (on_wait) on_wait(timeout_ms);
  return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, most, timeout_ms, nullptr, 8));
}

namespace mznode {
namespace {

/// At the end of its input it still has work on another thread, and a timer that was due long ago.
class Busy final : public Process {
 public:
  /// At the end of its input, `on_close` is called first.
  explicit Busy(
      Runtime& runtime, std::function<void()> on_close = [] {})
      : runtime_(runtime), on_close_(std::move(on_close)) {}
  void receive(std::string_view) override {}
  void close() override {
    on_close_();
    runtime_.set_timer(runtime_.now(), [] {});
    on_wait = [this](int timeout_ms) {
      if (is_asked_to_end_) return;
      ++waits_;
      // Only a loop that would go on waiting needs the work to end. One that polls is given up on after a while.
      if (timeout_ms != 0 || waits_ == 1'000) {
        is_asked_to_end_ = true;
        may_end_.release();
      }
    };
    // A loop that ends without a wait asks nobody, and should fail the test rather than hang it.
    runtime_.offload([this] { (void)may_end_.try_acquire_for(30s); }, [this] { is_done_ = true; });
  }

  bool is_done() const { return is_done_; }
  int waits_for_work() const { return waits_; }

 private:
  Runtime& runtime_;
  std::function<void()> on_close_;
  std::binary_semaphore may_end_{0};
  bool is_asked_to_end_ = false;
  bool is_done_ = false;
  int waits_ = 0;
};

TEST(StdioRuntime, WaitsIdlyForWorkThatIsLeftAtTheEndOfTheInput) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ASSERT_GE(nothing, 0);
  StdioRuntime runtime({.input = nothing, .output = nothing});
  Busy process(runtime);
  EXPECT_EQ(runtime.run(process), 0);
  on_wait = nullptr;
  EXPECT_TRUE(process.is_done());
  EXPECT_EQ(process.waits_for_work(), 1) << "it has polled instead";
  ::close(nothing);
}

TEST(StdioRuntime, DoesNotPollAnOutputThatNobodyReadsWhileWorkIsLeft) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  StdioRuntime runtime({.log_level = LogLevel::off, .input = nothing, .output = ends[1]});
  // Not before there is work: it ends when the loop waits, and a loop that knows already that nobody reads does not.
  Busy process(runtime, [&ends] { ::close(ends[0]); });
  EXPECT_EQ(runtime.run(process), 1) << "it has gone on for nobody";
  on_wait = nullptr;
  for (const int descriptor : {nothing, ends[1]}) ::close(descriptor);
}

}  // namespace
}  // namespace mznode
