#include "gates.hpp"

#include <sys/syscall.h>

namespace mznode::trace {

Outcome decide(Tree& tree, Thread& thread) {
  switch (thread.registers.number()) {
    case SYS_futex: return futex_call(tree, thread);
    case SYS_read:
    case SYS_readv:
    case SYS_preadv2:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_accept:
    case SYS_accept4:
    case SYS_splice: return read_call(tree, thread);
    case SYS_write:
    case SYS_writev: return write_call(tree, thread);
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2: return epoll_call(tree, thread);
    case SYS_poll:
    case SYS_ppoll: return poll_call(tree, thread);
    case SYS_select:
    case SYS_pselect6: return select_call(tree, thread);
    case SYS_nanosleep:
    case SYS_clock_nanosleep: return sleep_call(tree, thread);
    case SYS_clock_gettime:
    case SYS_gettimeofday:
    case SYS_time:
    case SYS_clock_getres:
    case SYS_getcpu:
    case SYS_times:
    case SYS_getrusage:
    case SYS_sysinfo: return clock_call(tree, thread);
    case SYS_timerfd_settime:
    case SYS_timerfd_gettime:
    case SYS_timer_create:
    case SYS_timer_settime:
    case SYS_timer_gettime:
    case SYS_timer_delete:
    case SYS_setitimer:
    case SYS_getitimer:
    case SYS_alarm: return timer_call(tree, thread);
    case SYS_kill:
    case SYS_tkill:
    case SYS_tgkill:
    case SYS_rt_sigqueueinfo:
    case SYS_rt_tgsigqueueinfo:
    case SYS_pidfd_send_signal:
    case SYS_rt_sigtimedwait:
    case SYS_rt_sigsuspend:
    case SYS_pause: return signal_call(tree, thread);
    case SYS_getrandom:
    case SYS_open:
    case SYS_openat:
    case SYS_mmap: return chance_call(tree, thread);
    case SYS_connect:
    case SYS_bind:
    case SYS_sendto:
    case SYS_shmget:
    case SYS_signalfd:
    case SYS_signalfd4: return escape_call(tree, thread);
    default: return process_call(tree, thread);
  }
}

}  // namespace mznode::trace
