#pragma once

#include <cstdint>

#include "outcome.hpp"
#include "tree.hpp"

/// What is to become of each call of the system that a node is stopped at. Arguments are the node's: what does not make
/// sense is let through, so that the kernel says what it says.
namespace mznode::trace {

/// Asks the gate that knows the call.
Outcome decide(Tree& tree, Thread& thread);

// One for each kind of call; each knows the numbers that `decide` gives it.
Outcome clock_call(Tree& tree, Thread& thread);
Outcome sleep_call(Tree& tree, Thread& thread);
Outcome poll_call(Tree& tree, Thread& thread);
Outcome select_call(Tree& tree, Thread& thread);
Outcome epoll_call(Tree& tree, Thread& thread);
Outcome read_call(Tree& tree, Thread& thread);
Outcome write_call(Tree& tree, Thread& thread);
Outcome futex_call(Tree& tree, Thread& thread);
Outcome timer_call(Tree& tree, Thread& thread);
Outcome signal_call(Tree& tree, Thread& thread);
Outcome process_call(Tree& tree, Thread& thread);
Outcome chance_call(Tree& tree, Thread& thread);
Outcome escape_call(Tree& tree, Thread& thread);

/// Lets the timers fire that are due.
void fire_timers(Tree& tree);
/// The signals that wait for a thread, and the ones that it blocks.
std::uint64_t pending_signals(pid_t tid);
std::uint64_t blocked_signals(pid_t tid);
/// The seconds and nanoseconds that lie at an address; nothing when they are none.
std::optional<std::int64_t> read_time(pid_t thread, Address at);
/// From now on, or `never` without a time.
std::optional<LocalTime> relative_deadline(const Tree& tree, pid_t thread, Address timespec_at);

}  // namespace mznode::trace
