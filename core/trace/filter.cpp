#include "filter.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>

namespace mznode::trace {
namespace {

// Newer than some headers.
constexpr unsigned sys_futex_waitv = 449;
constexpr unsigned sys_futex_wake = 454;
constexpr unsigned sys_futex_wait = 455;
constexpr unsigned sys_futex_requeue = 456;

const unsigned traced_calls[] = {
    // What tells the time (from the vDSO they do not come here).
    SYS_clock_gettime, SYS_gettimeofday, SYS_time, SYS_clock_getres, SYS_getcpu, SYS_times, SYS_getrusage, SYS_sysinfo,
    // What waits.
    SYS_nanosleep, SYS_clock_nanosleep, SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6, SYS_epoll_wait, SYS_epoll_pwait,
    SYS_epoll_pwait2, SYS_futex, SYS_read, SYS_readv, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_accept, SYS_accept4,
    SYS_splice, SYS_sched_yield, SYS_wait4, SYS_waitid, SYS_rt_sigtimedwait, SYS_rt_sigsuspend, SYS_pause, SYS_preadv2,
    // Timers.
    SYS_timerfd_settime, SYS_timerfd_gettime, SYS_timer_create, SYS_timer_settime, SYS_timer_gettime, SYS_timer_delete,
    SYS_setitimer, SYS_getitimer, SYS_alarm,
    // Signals, processes and their numbers.
    SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_getpid, SYS_getppid, SYS_exit,
    SYS_exit_group, SYS_execve, SYS_execveat, SYS_pidfd_open, SYS_setpgid, SYS_getpgid, SYS_getsid,
    SYS_sched_setaffinity, SYS_sched_getaffinity, SYS_prlimit64, SYS_pidfd_send_signal,
    // Chance.
    SYS_getrandom, SYS_open, SYS_openat,
    // Ways past the supervisor.
    SYS_connect, SYS_bind, SYS_signalfd4, SYS_signalfd};

/// Those that libraries do without when they are told that the kernel does not know them.
const unsigned unknown_calls[] = {SYS_io_uring_setup, sys_futex_waitv,   sys_futex_wake,
                                  sys_futex_wait,     sys_futex_requeue, SYS_rseq,
                                  SYS_clone3,         SYS_openat2,       SYS_ptrace};

constexpr unsigned number_offset = offsetof(seccomp_data, nr);
constexpr unsigned arch_offset = offsetof(seccomp_data, arch);
constexpr unsigned refuse = SECCOMP_RET_ERRNO | ENOSYS;

constexpr unsigned argument_offset(int index) {
  return static_cast<unsigned>(offsetof(seccomp_data, args)) + 8 * static_cast<unsigned>(index);  // its lower half
}

void add(std::vector<sock_filter>& program, unsigned code, unsigned value, unsigned char yes = 0,
         unsigned char no = 0) {
  program.push_back({.code = static_cast<unsigned short>(code), .jt = yes, .jf = no, .k = value});
}
void load(std::vector<sock_filter>& program, unsigned offset) {
  add(program, BPF_LD | BPF_W | BPF_ABS, offset);
}
void answer(std::vector<sock_filter>& program, unsigned action) {
  add(program, BPF_RET | BPF_K, action);
}
void when_number(std::vector<sock_filter>& program, unsigned number, unsigned action) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
  answer(program, action);
}

/// A call whose argument has one of the bits is stopped or refused; without them it is let through.
void when_bits(std::vector<sock_filter>& program, unsigned number, int argument, unsigned bits, unsigned action) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
  load(program, argument_offset(argument));
  add(program, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
  answer(program, action);
  answer(program, SECCOMP_RET_ALLOW);
}

/// Writes to the standard streams are where a line leaves, where a pipe can be full, and where threads may be switched.
void when_standard_output(std::vector<sock_filter>& program, unsigned number) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 5);
  load(program, argument_offset(0));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0);
  add(program, BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1);
  answer(program, SECCOMP_RET_TRACE);
  answer(program, SECCOMP_RET_ALLOW);
}

}  // namespace

std::vector<sock_filter> call_filter() {
  std::vector<sock_filter> program;
  load(program, arch_offset);
  add(program, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
  answer(program, refuse);
  load(program, number_offset);
  constexpr unsigned x32_bit = 0x4000'0000;
  add(program, BPF_JMP | BPF_JSET | BPF_K, x32_bit, 0, 1);
  answer(program, refuse);
  when_standard_output(program, SYS_write);
  when_standard_output(program, SYS_writev);
  // A mapping of a file's code may hold instructions that give chance; one that others see is a way past the
  // supervisor.
  add(program, BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 9);
  load(program, argument_offset(3));
  add(program, BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 6, 0);
  add(program, BPF_JMP | BPF_JSET | BPF_K, MAP_SHARED, 2, 0);
  load(program, argument_offset(2));
  add(program, BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 2, 3);
  load(program, argument_offset(2));
  add(program, BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC | PROT_WRITE, 0, 1);
  answer(program, SECCOMP_RET_TRACE);
  answer(program, SECCOMP_RET_ALLOW);
  constexpr unsigned any = ~0U;
  when_bits(program, SYS_sendto, 4, any, SECCOMP_RET_TRACE);  // to whom
  when_bits(program, SYS_shmget, 0, any, SECCOMP_RET_TRACE);  // under which number others find it
  // A child that nobody traces could not be stopped.
  when_bits(program, SYS_clone, 0, CLONE_UNTRACED, SECCOMP_RET_ERRNO | EPERM);
  for (const unsigned number : traced_calls) when_number(program, number, SECCOMP_RET_TRACE);
  for (const unsigned number : unknown_calls) when_number(program, number, refuse);
  answer(program, SECCOMP_RET_ALLOW);
  return program;
}

}  // namespace mznode::trace
