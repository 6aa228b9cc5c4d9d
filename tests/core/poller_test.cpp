#include "mznode/node/poller.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace mznode {
namespace {

class PollerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(pipe_.data()), 0); }
  void TearDown() override {
    for (const int end : pipe_) {
      if (end >= 0) ::close(end);
    }
  }
  void close_end(std::size_t end) {
    ::close(pipe_[end]);
    pipe_[end] = -1;
  }

  std::array<int, 2> pipe_ = {-1, -1};  // the end to read from, the end to write to
  Poller poller_;
};

using Interest = Poller::Interest;

TEST_F(PollerTest, AnInputIsReadyWhenItHoldsBytesAndWhenItHasEnded) {
  poller_.watch(Poller::input, pipe_[0], Interest::readable);
  poller_.wait(Duration::zero());
  EXPECT_FALSE(poller_.is_ready(Poller::input));
  ASSERT_EQ(::write(pipe_[1], "x", 1), 1);
  poller_.wait(std::nullopt);
  EXPECT_TRUE(poller_.is_ready(Poller::input));
  char byte = 0;
  ASSERT_EQ(::read(pipe_[0], &byte, 1), 1);
  poller_.wait(Duration::zero());
  EXPECT_FALSE(poller_.is_ready(Poller::input));
  close_end(1);
  poller_.wait(std::nullopt);
  EXPECT_TRUE(poller_.is_ready(Poller::input));
}

TEST_F(PollerTest, AnInputOfNoInterestDoesNotEvenReportItsEnd) {
  poller_.watch(Poller::input, pipe_[0], Interest::readable);
  poller_.watch(Poller::input, pipe_[0], Interest::nothing);
  close_end(1);
  poller_.wait(Duration::zero());
  EXPECT_FALSE(poller_.is_ready(Poller::input));
  poller_.watch(Poller::input, pipe_[0], Interest::readable);
  poller_.wait(Duration::zero());
  EXPECT_TRUE(poller_.is_ready(Poller::input));
}

TEST_F(PollerTest, AnOutputThatNobodyReadsIsAnErrorWhetherOrNotSomethingIsToBeWritten) {
  for (const Interest interest : {Interest::errors, Interest::writable}) {
    poller_.watch(Poller::output, pipe_[1], interest);
    poller_.wait(Duration::zero());
    EXPECT_FALSE(poller_.has_error(Poller::output));
    EXPECT_EQ(poller_.is_ready(Poller::output), interest == Interest::writable);
  }
  poller_.watch(Poller::output, pipe_[1], Interest::errors);
  close_end(0);
  poller_.wait(std::nullopt);
  EXPECT_TRUE(poller_.has_error(Poller::output));
}

TEST_F(PollerTest, AFileIsAlwaysReadyForWhatIsAskedOfIt) {
  const int file = ::open(MZNODE_SOURCE_DIR "/README.md", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  poller_.watch(Poller::input, file, Interest::readable);
  poller_.wait(std::nullopt);
  EXPECT_TRUE(poller_.is_ready(Poller::input));
  poller_.watch(Poller::input, file, Interest::nothing);
  poller_.wait(Duration::zero());
  EXPECT_FALSE(poller_.is_ready(Poller::input));
  ::close(file);
}

}  // namespace
}  // namespace mznode
