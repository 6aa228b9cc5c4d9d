#include "mznode/node/poller.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace mznode {
namespace {

std::uint32_t epoll_events(Poller::Interest interest) {
  switch (interest) {
    case Poller::Interest::readable: return EPOLLIN;
    case Poller::Interest::writable: return EPOLLOUT;
    default: return 0;  // errors are reported in any case
  }
}

int milliseconds(std::optional<Duration> timeout) {
  if (!timeout) return -1;
  // Rounded down, a loop would spin until its timer is due.
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
  return static_cast<int>(std::clamp<std::int64_t>(count, 0, std::chrono::milliseconds(1h).count()));
}

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Poller::~Poller() {
  ::close(epoll_);
}

void Poller::watch(Source source, int descriptor, Interest interest) {
  if (sources_[source].interest != interest) change(source, descriptor, interest);
}

void Poller::change(Source source, int descriptor, Interest interest) {
  State& state = sources_[source];
  const Interest before = state.interest;
  state.interest = interest;
  if (!state.is_watchable) return;
  epoll_event event = {};
  event.events = epoll_events(interest);
  event.data.u32 = source;
  const int operation = before == Interest::nothing     ? EPOLL_CTL_ADD
                        : interest == Interest::nothing ? EPOLL_CTL_DEL
                                                        : EPOLL_CTL_MOD;
  state.is_watchable = ::epoll_ctl(epoll_, operation, descriptor, &event) == 0;
}

void Poller::wait(std::optional<Duration> timeout) {
  for (State& state : sources_) {
    state.is_ready = !state.is_watchable && state.interest >= Interest::readable;
    state.has_error = false;
    if (state.is_ready) timeout = Duration::zero();
  }
  std::array<epoll_event, 3> events;
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds(timeout));
  for (int i = 0; i < count; ++i) {
    State& state = sources_[events[static_cast<std::size_t>(i)].data.u32];
    state.is_ready = true;
    state.has_error = (events[static_cast<std::size_t>(i)].events & (EPOLLERR | EPOLLHUP)) != 0;
  }
}

}  // namespace mznode
