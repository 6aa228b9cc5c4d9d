#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clock.hpp"
#include "entropy.hpp"
#include "mznode/trace/traced_process.hpp"
#include "outcome.hpp"
#include "scheduler.hpp"
#include "spawn.hpp"
#include "thread.hpp"
#include "tracer.hpp"
#include "virtual_timers.hpp"

namespace mznode::trace {

/// The tree of processes that is one life of a node. At most one of its threads runs at any time; all others stand
/// still where the supervisor stopped them, so what it finds does not change while it looks.
///
/// It has more than 12 members because a system call can touch every part of a node's world: files, sockets, timers,
/// memory, signals and chance have an owner each, and the gates, which decide what becomes of a call, need them all.
class Tree {
 public:
  Tree(Tracer::Waiter& waiter, const Program& program, const TracedProcess::Chance& chance, const TraceLimits& limits,
       Time now, TracedProcess::Sink sink);
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree();

  // ---- For TracedProcess

  void deliver(std::string_view text);
  std::size_t undelivered_bytes() const { return undelivered_.size() - delivered_; }
  std::size_t unread_bytes() const;
  void run(Time now);
  Time next_deadline() const;
  const std::optional<std::string>& ending() const { return ending_; }
  bool output_is_closed() const { return !streams_.output.is_open(); }
  std::uint64_t stops() const { return stops_; }
  const std::string& directory() const { return directory_; }

  // ---- What the gates of calls need

  Clock clock;
  Entropy entropy;
  Doubts doubts;
  VirtualTimers timers;

  const std::vector<std::unique_ptr<Thread>>& threads() const { return threads_; }
  /// The process with this shown or real number; none when it is not one of the node's.
  Process* find_process(pid_t number) const;
  /// A child that has ended and was not waited for.
  struct Ended {
    pid_t parent;
    pid_t pid;
    pid_t shown_pid;
  };
  const std::vector<Ended>& ended() const { return ended_; }
  void forget_ended(pid_t pid);
  pid_t shown_pid_of(pid_t pid) const;
  pid_t real_pid_of(pid_t shown) const;
  Thread* find_thread(pid_t tid) const;
  std::size_t threads_of(const Process& process) const;
  bool has_children(const Process& process) const;

  /// Lets a held thread make its call.
  void release(Thread& thread);
  /// Lets a held thread go on as if its call had returned this.
  void release(Thread& thread, std::int64_t result);
  /// Lets held threads that a signal waits for meet it: all of a process's, or one.
  void look_for_signals(const Process& process);
  bool look_for_signal(Thread& thread);
  /// The thread that a signal to a process goes to, as the kernel would choose: the first one, unless that blocks it.
  Thread* taker_of(const Process& process, int signal) const;
  /// Waits until a process that was killed is gone, with all of its threads.
  void reap(Process& process);
  /// Writes down what was done past the supervisor.
  void escape(const std::string& what);
  /// Takes what was written to the standard streams. True when there was something.
  bool drain();
  void expect_output(std::size_t bytes);

 private:
  // Running.
  Thread* choose();
  void execute(Thread& thread);
  static bool meets_signal(const Thread& thread);
  bool resume(Thread& thread);
  bool await(Thread& thread, int& status);
  bool await_exec(Thread& thread, int& status);
  /// What is known of a thread that has not stopped for some time.
  struct Patience {
    std::int64_t first_cpu_ns = -1;
    std::int64_t cpu_ns = -1;
    int still_ticks = 0;
  };
  bool is_worth_waiting(Thread& thread, Patience& patience);
  void apply(Thread& thread, Outcome outcome);
  void hold(Thread& thread, Hold held);
  void look_in_vain(Thread& thread, Hold held);
  void make_runnable(Thread& thread);
  void expire();
  void release_ready();
  bool is_ready(Thread& thread) const;
  void look_at_unheld();
  bool settle();
  bool has_unheld() const;
  bool flush_input();
  void pull();
  void charge(const Thread& thread);
  void watch_limits();
  bool is_over_limits();
  bool is_over() const { return ending_ || is_cut_off_; }
  bool has_stalled(std::int64_t now);
  void end_by_measure(const std::string& why);
  void end(const std::string& why);

  // What happens to a thread (events.cpp).
  void handle(Thread& thread, int status);
  void at_call(Thread& thread);
  void at_signal(Thread& thread, int signal);
  bool emulate(Thread& thread, int signal);
  void at_birth(Thread& parent, int event);
  void at_exec(Thread& thread);
  void at_death(Thread& thread, int status);
  void process_ended(Process& process, int status);
  void forget(Thread& thread);
  void words_may_have_changed();
  Process& add_process(pid_t pid, Process* parent, std::shared_ptr<AddressSpace> memory);
  Thread& add_thread(pid_t tid, Process& process);

  Tracer::Waiter& waiter_;
  TraceLimits limits_;
  int cpu_time_permille_;
  std::string directory_;
  TracedProcess::Sink sink_;
  Scheduler scheduler_;
  Spawned streams_;
  int next_shown_pid_;

  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<Ended> ended_;
  std::vector<std::unique_ptr<Thread>> threads_;  // in the order of their birth
  /// Gone, but perhaps still looked at by who runs.
  std::vector<std::unique_ptr<Thread>> graves_;
  std::vector<std::unique_ptr<Process>> ended_processes_;
  std::vector<Thread*> queue_;  // the runnable ones, longest first
  std::uint64_t stops_ = 0;
  std::uint64_t holds_ = 0;
  std::uint64_t executions_ = 1;
  /// Counts everything that could make a descriptor ready or put something into a stream.
  std::uint64_t happenings_ = 1;
  std::uint64_t drained_at_ = 0;
  std::uint64_t turns_ = 0;
  bool may_be_ready_ = true;  // something ran since descriptors were looked at
  bool is_cut_off_ = false;   // nobody wants what it would write
  std::optional<std::string> ending_;

  std::string undelivered_;
  std::size_t delivered_ = 0;
  std::size_t expected_output_ = 0;
  /// Read, but not told of.
  std::string written_;
  std::string logged_;

  // Wall time, for limits only: nothing that a node sees comes of it.
  std::int64_t run_began_ns_ = 0;
  std::int64_t supervisor_cpu_ns_ = 0;
  std::int64_t tree_cpu_ns_ = -1;
  std::int64_t limits_seen_ns_ = 0;
};

}  // namespace mznode::trace
