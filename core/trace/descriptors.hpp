#pragma once

#include <poll.h>
#include <sys/timerfd.h>

#include <vector>

#include "thread.hpp"

/// The descriptors of a node, asked what they would do. The supervisor looks at copies of them where the kernel gives
/// it any (pidfd_getfd); containers often refuse that, and then the node's own thread is made to ask.
namespace mznode::trace {

class Tree;

/// Whether one of the descriptors is ready. The thread stands before a call.
bool any_ready(const Thread& thread, const std::vector<pollfd>& descriptors);
/// What a call that reads from a descriptor would find.
struct Readable {
  bool is_ready;
  /// It would return at once even with nothing to read.
  bool never_waits;
};
Readable look_at_reading(const Thread& thread, const pollfd& descriptor);

/// Sets a timerfd; false for what is none. The thread stands before a call.
bool set_timer(const Thread& thread, int descriptor, const itimerspec& value);
/// A thread of the process that stands before a call, if one is needed to set its timers; none when all run.
const Thread* asking_thread(const Tree& tree, const Process& process);

}  // namespace mznode::trace
