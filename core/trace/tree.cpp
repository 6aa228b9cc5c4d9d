#include "tree.hpp"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "descriptors.hpp"
#include "gates.hpp"
#include "image.hpp"
#include "memory.hpp"
#include "process_files.hpp"

namespace mznode::trace {
namespace {

constexpr std::uint64_t schedule_salt = 0x7363'6865'6475'6c65;
/// What a node computes without a call while others want to run, in processor time, before they have their turn.
constexpr std::int64_t longest_monopoly_ns = 1'000'000'000;

}  // namespace

Tree::Tree(Tracer::Waiter& waiter, const Program& program, const TracedProcess::Chance& chance,
           const TraceLimits& limits, Time now, TracedProcess::Sink sink)
    : clock(now),
      entropy(chance.seed),
      waiter_(waiter),
      limits_(limits),
      cpu_time_permille_(chance.cpu_time_permille),
      directory_(program.directory),
      sink_(std::move(sink)),
      scheduler_(chance.schedule, chance.seed ^ schedule_salt),
      streams_(spawn_traced(program)),
      next_shown_pid_(chance.shown_pid) {
  Process& root = add_process(streams_.pid, nullptr, std::make_shared<AddressSpace>());
  Thread& first = add_thread(streams_.pid, root);
  if (has_random_addresses(streams_.pid)) {
    escape("has its memory at random addresses, since the system refuses to switch that off (personality)");
  }
  if (prepare_image(first.tid, clock.file(), entropy, *root.memory)) {
    make_runnable(first);
  } else {
    end("was killed before it began");
  }
}

Tree::~Tree() {
  for (const auto& process : processes_) ::kill(process->pid, SIGKILL);
  // Each of them must be waited for: they are this thread's to reap.
  while (!processes_.empty()) reap(*processes_.back());
}

// ---- One turn of the node

void Tree::run(Time now) {
  if (is_over()) return;
  clock.follow(now);
  run_began_ns_ = -1;
  may_be_ready_ = true;
  bool goes_on = true;
  while (goes_on && !is_over()) {
    flush_input();
    while (Thread* next = is_over() ? nullptr : choose()) execute(*next);
    graves_.clear();
    ended_processes_.clear();
    const bool drained = drain();
    goes_on = flush_input() || (drained && may_be_ready_) || settle();
  }
  drain();
}

Thread* Tree::choose() {
  expire();
  look_at_unheld();
  // A thread that never waits must not keep the others from what has come for them.
  constexpr std::uint64_t turns_between_looks = 8;
  if (queue_.empty() || ++turns_ % turns_between_looks == 0) release_ready();
  if (queue_.empty()) return nullptr;
  const auto index = static_cast<std::ptrdiff_t>(scheduler_.pick(queue_.size()));
  Thread* chosen = queue_[static_cast<std::size_t>(index)];
  queue_.erase(queue_.begin() + index);
  return chosen;
}

void Tree::execute(Thread& thread) {
  thread.state = Thread::State::running;
  thread.turn = scheduler_.turn();
  const bool is_alone_since = thread.ready_at == executions_;
  ++executions_;
  may_be_ready_ = true;
  if (std::exchange(thread.is_undecided, false) && !is_alone_since) at_call(thread);
  if (thread.interrupted && !meets_signal(thread)) {  // another has taken it
    thread.registers.set_number(*thread.interrupted);
    thread.interrupted.reset();
    at_call(thread);
  }
  while (thread.state == Thread::State::running && !is_over()) {
    int status = 0;
    const bool is_resumed = resume(thread);
    if (is_resumed && thread.leaves_others) {  // its end is told with the last of them
      thread.state = Thread::State::in_kernel;
      return;
    }
    if (!is_resumed || !await(thread, status)) {
      if (thread.state == Thread::State::running && !is_over()) reap(*thread.process);
      return;
    }
    ++stops_;
    if (thread.turn > 0) --thread.turn;
    charge(thread);
    handle(thread, status);
    watch_limits();
  }
}

bool Tree::meets_signal(const Thread& thread) {
  return (pending_signals(thread.tid) & ~blocked_signals(thread.tid)) != 0;
}

bool Tree::resume(Thread& thread) {
  if (thread.changed && !thread.registers.store(thread.tid)) return false;
  thread.changed = false;
  const auto request = thread.at_exit ? PTRACE_SYSCALL : PTRACE_CONT;
  const int signal = std::exchange(thread.signal, 0);
  ++happenings_;
  give_up_counter();
  return ::ptrace(request, thread.tid, nullptr, static_cast<long>(signal)) == 0;
}

/// Waits until the thread stops. False when it does not, or is no more: then its state says why.
bool Tree::await(Thread& thread, int& status) {
  Patience patience;
  // It ends with all the others, and its end is told when theirs have been.
  if (thread.process->is_ending) return false;
  for (;;) {
    if (thread.is_in_exec) return await_exec(thread, status);
    switch (waiter_.wait(thread.tid, status)) {
      case Tracer::Waiter::Wait::event: return true;
      case Tracer::Waiter::Wait::gone: return false;
      case Tracer::Waiter::Wait::tick: break;
    }
    pull();
    if (!is_worth_waiting(thread, patience)) return false;
  }
}

/// An exec of one of several threads ends the others first, and its own number becomes its process's.
bool Tree::await_exec(Thread& thread, int& status) {
  Process& process = *thread.process;
  for (int i = 0;; ++i) {
    std::vector<Thread*> others;
    for (const auto& each : threads_) {
      if (each->process == &process) others.push_back(each.get());
    }
    for (Thread* other : others) {
      if (Tracer::Waiter::look(other->tid, status) != Tracer::Waiter::Wait::event) continue;
      if (other == &thread || status >> 16 == PTRACE_EVENT_EXEC) return true;
      if (!WIFSTOPPED(status)) forget(*other);
    }
    constexpr int patience = 50'000;
    if (i == patience) return false;
    ::usleep(100);
  }
}

/// Asked at each tick of a long wait: whether the thread computes, which it may.
bool Tree::is_worth_waiting(Thread& thread, Patience& patience) {
  if (is_over_limits() || is_cut_off_) return false;
  // Others of its process may have died unseen, when a signal ended them all.
  for (const auto& other : threads_) {
    int status = 0;
    if (other->process != thread.process || other.get() == &thread) continue;
    if (Tracer::Waiter::look(other->tid, status) == Tracer::Waiter::Wait::event && !WIFSTOPPED(status)) {
      forget(*other);
      return false;
    }
  }
  const ThreadStatus now = thread_status(thread.tid);
  const bool is_first = patience.first_cpu_ns < 0;
  if (is_first) patience.first_cpu_ns = now.cpu_ns;
  const bool computes = now.state == 'R' || now.state == 'D' || is_first || now.cpu_ns != patience.cpu_ns;
  patience.cpu_ns = now.cpu_ns;
  patience.still_ticks = computes ? 0 : patience.still_ticks + 1;
  constexpr int enough = 3;
  if (patience.still_ticks >= enough) {
    ++doubts.kernel_waits;
    escape("waited for something unforeseen, in system call " + call_of(thread.tid));
    thread.state = Thread::State::in_kernel;
    return false;
  }
  if (!queue_.empty() && now.cpu_ns - patience.first_cpu_ns > longest_monopoly_ns) {
    ++doubts.preemptions;
    patience.first_cpu_ns = now.cpu_ns;
    ::ptrace(PTRACE_INTERRUPT, thread.tid, nullptr, nullptr);
  }
  return true;
}

// ---- Holding and letting go

void Tree::make_runnable(Thread& thread) {
  thread.state = Thread::State::runnable;
  queue_.push_back(&thread);
}

void Tree::hold(Thread& thread, Hold held) {
  if (thread.restart && thread.restart->instruction == thread.registers.instruction() &&
      thread.restart->number == thread.registers.number()) {
    held.deadline = std::min(held.deadline, thread.restart->deadline);
  }
  thread.hold = std::move(held);
  thread.state = Thread::State::held;
  thread.held_since = ++holds_;
  thread.hold.none_ready_at = happenings_;
  // With other signals blocked than until now, one that waited may not have to any more.
  if (thread.hold.blocked) look_for_signal(thread);
}

void Tree::apply(Thread& thread, Outcome outcome) {
  thread.at_exit = std::move(outcome.at_exit);
  switch (outcome.kind) {
    case Outcome::Kind::allow: break;
    case Outcome::Kind::result:
      thread.registers.skip(outcome.value);
      thread.changed = true;
      break;
    case Outcome::Kind::hold:
      thread.vain_looks = 0;
      hold(thread, std::move(outcome.hold));
      return;
    case Outcome::Kind::vain: look_in_vain(thread, std::move(outcome.hold)); return;
    case Outcome::Kind::yield:
      thread.registers.skip(0);
      thread.changed = true;
      if (is_clock_code(thread.registers.instruction())) {
        clock.spin();
        make_runnable(thread);
        return;
      }
      // Those who only yield wait for time to pass as well.
      constexpr unsigned patience = 3;
      constexpr unsigned doublings = 10;
      if (++thread.yields <= patience) {
        make_runnable(thread);
      } else {
        thread.restart.reset();
        Hold nap(Hold::On::time);
        nap.deadline = later(clock.now(), 1'000LL << std::min(thread.yields - patience, doublings));
        hold(thread, std::move(nap));
      }
      return;
  }
  thread.yields = 0;
  thread.vain_looks = 0;
  thread.restart.reset();
}

/// Programs look whether something has come before they do something else; one that does nothing else waits for it.
/// Looking takes time then, more and more of it, as it does on a machine.
void Tree::look_in_vain(Thread& thread, Hold held) {
  constexpr unsigned patience = 32;
  constexpr unsigned looks_a_doubling = 16;
  constexpr unsigned doublings = 5;
  constexpr std::int64_t shortest_ns = 32'000;
  thread.restart.reset();
  if (++thread.vain_looks <= patience) return;
  held.deadline =
      later(clock.now(), shortest_ns << std::min((thread.vain_looks - patience) / looks_a_doubling, doublings));
  hold(thread, std::move(held));
}

void Tree::release(Thread& thread) {
  // By the time that it runs another may have taken what it waited for: then it is held again, with the same deadline.
  thread.is_undecided = thread.hold.on != Hold::On::time;
  thread.restart = Thread::Restart{thread.registers.instruction(), thread.registers.number(), thread.hold.deadline};
  thread.ready_at = executions_;
  make_runnable(thread);
}

void Tree::release(Thread& thread, std::int64_t result) {
  thread.registers.skip(result);
  thread.changed = true;
  thread.restart.reset();
  make_runnable(thread);
}

void Tree::expire() {
  if (timers.next() <= clock.now()) {
    fire_timers(*this);
    ++happenings_;
    may_be_ready_ = true;
  }
  for (const auto& thread : threads_) {
    if (thread->state != Thread::State::held || thread->hold.deadline > clock.now()) continue;
    // What has come in the same instant counts.
    if (thread->hold.on == Hold::On::descriptors && is_ready(*thread)) {
      release(*thread);
      continue;
    }
    for (const auto& [at, bytes] : thread->hold.cleared) {
      const std::string zeros(bytes, '\0');
      write_memory(thread->tid, at, zeros.data(), bytes);
    }
    if (thread->hold.at_deadline) {
      release(*thread, *thread->hold.at_deadline);
    } else {
      make_runnable(*thread);
    }
  }
}

void Tree::release_ready() {
  if (!std::exchange(may_be_ready_, false)) return;
  for (const auto& thread : threads_) {
    const bool waits = thread->state == Thread::State::held && thread->hold.on == Hold::On::descriptors;
    if (waits && is_ready(*thread)) release(*thread);
  }
}

bool Tree::is_ready(Thread& thread) const {
  // It was looked at, and nothing has run since.
  if (thread.hold.none_ready_at == happenings_ && !has_unheld()) return false;
  if (any_ready(thread, thread.hold.descriptors)) return true;
  thread.hold.none_ready_at = happenings_;
  return false;
}

bool Tree::has_unheld() const {
  return std::any_of(threads_.begin(), threads_.end(),
                     [](const auto& thread) { return thread->state == Thread::State::in_kernel; });
}

/// Threads that the kernel holds may be back.
void Tree::look_at_unheld() {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Thread& thread = *threads_[i];
    if (thread.state != Thread::State::in_kernel && thread.state != Thread::State::stopped) continue;
    int status = 0;
    if (Tracer::Waiter::look(thread.tid, status) != Tracer::Waiter::Wait::event) continue;
    thread.state = Thread::State::running;
    handle(thread, status);
    if (thread.state == Thread::State::running) make_runnable(thread);
    i = static_cast<std::size_t>(-1);  // the list may have changed
  }
}

/// At the end of a turn: whether a thread in the kernel is on its way back, or is already.
bool Tree::settle() {
  bool moved = false;
  for (int i = 0; i < 100; ++i) {
    const bool is_busy = std::any_of(threads_.begin(), threads_.end(), [](const auto& thread) {
      if (thread->state != Thread::State::in_kernel) return false;
      const char state = thread_status(thread->tid).state;
      return state == 'R' || state == 'D' || state == 't';
    });
    if (!is_busy) return moved;
    look_at_unheld();
    moved = !queue_.empty();
    if (moved) return true;
    ::usleep(200);
  }
  return moved;
}

Time Tree::next_deadline() const {
  LocalTime earliest = timers.next();
  for (const auto& thread : threads_) {
    if (thread->state == Thread::State::held) earliest = std::min(earliest, thread->hold.deadline);
  }
  return clock.run_time_of(earliest);
}

}  // namespace mznode::trace
