#include "core/stdio_runtime.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <thread>

namespace mznode {
namespace {

/// At the end of its input it still has work on another thread, and a timer that was due long ago.
class Busy final : public Process {
 public:
  static constexpr Duration work_time = 400ms;

  explicit Busy(Runtime& runtime) : runtime_(runtime) {}
  void receive(std::string_view) override {}
  void close() override {
    runtime_.set_timer(runtime_.now(), [] {});
    runtime_.offload([] { std::this_thread::sleep_for(work_time); }, [this] { is_done = true; });
  }

  bool is_done = false;

 private:
  Runtime& runtime_;
};

TEST(StdioRuntime, WaitsIdlyForWorkThatIsLeftAtTheEndOfTheInput) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ASSERT_GE(nothing, 0);
  StdioRuntime runtime({.input = nothing, .output = nothing});
  Busy process(runtime);
  const std::clock_t before = std::clock();
  EXPECT_EQ(runtime.run(process), 0);
  const Duration used = std::chrono::microseconds((std::clock() - before) * 1'000'000 / CLOCKS_PER_SEC);
  EXPECT_TRUE(process.is_done);
  EXPECT_LT(used, Busy::work_time / 4) << "it has polled all the while";
  ::close(nothing);
}

}  // namespace
}  // namespace mznode
