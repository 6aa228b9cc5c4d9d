#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "tree.hpp"

// The standard streams of a node: pipes, which never make it or the supervisor wait for good.
namespace mznode::trace {

void Tree::deliver(std::string_view text) {
  undelivered_ += text;
  flush_input();
}

std::size_t Tree::unread_bytes() const {
  int waiting = 0;
  const bool is_known = streams_.input.is_open() && ::ioctl(streams_.input.get(), FIONREAD, &waiting) == 0;
  return undelivered_bytes() + (is_known ? static_cast<std::size_t>(waiting) : 0);
}

bool Tree::flush_input() {
  if (!streams_.input.is_open()) return false;
  bool wrote = false;
  while (delivered_ < undelivered_.size()) {
    const ssize_t count =
        ::write(streams_.input.get(), undelivered_.data() + delivered_, undelivered_.size() - delivered_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) streams_.input.close();
    if (count <= 0) break;
    delivered_ += static_cast<std::size_t>(count);
    wrote = true;
  }
  if (delivered_ == undelivered_.size() || !streams_.input.is_open()) {
    undelivered_.clear();
    delivered_ = 0;
  }
  if (wrote) {
    may_be_ready_ = true;
    ++happenings_;
  }
  return wrote;
}

/// Makes room in the pipes. When that happens hangs on wall time, so nobody is told yet.
void Tree::pull() {
  char piece[64 << 10];
  for (Descriptor* stream : {&streams_.output, &streams_.log}) {
    std::string& kept = stream == &streams_.output ? written_ : logged_;
    while (stream->is_open()) {
      const ssize_t count = ::read(stream->get(), piece, sizeof piece);
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) stream->close();
      if (count <= 0) break;
      kept.append(piece, std::min(static_cast<std::size_t>(count), limits_.held_bytes - kept.size()));
      // One call may write gigabytes. Of a log the rest is left out.
      if (stream == &streams_.output && kept.size() == limits_.held_bytes) {
        is_cut_off_ = true;
        return;
      }
    }
  }
}

bool Tree::drain() {
  // Nobody has written since the last time when nobody has run.
  if (std::exchange(drained_at_, happenings_) != happenings_ || has_unheld()) pull();
  expected_output_ = 0;
  const bool got = !written_.empty() || !logged_.empty();
  if (!written_.empty() && !sink_.output(std::exchange(written_, {}), clock.run_time_of(clock.now()))) {
    is_cut_off_ = true;
  }
  if (!logged_.empty()) sink_.log(std::exchange(logged_, {}));
  return got;
}

void Tree::expect_output(std::size_t bytes) {
  expected_output_ += bytes;
  constexpr std::size_t half_a_pipe = 32 << 10;
  if (expected_output_ > half_a_pipe) drain();
}

}  // namespace mznode::trace
