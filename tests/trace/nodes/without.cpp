// Runs a program that may not make some calls of the system, as in a container: `without CALL... -- PROGRAM WORD...`.
// The word "docker" stands for what Docker's default profile refuses a container without capabilities, and takes those
// away; "attach" for what Yama refuses at ptrace_scope 3: becoming the tracer of anybody.
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

// Of moby's profiles/seccomp/default.json: the calls of x86-64 that it does not list for a container without
// capabilities.
const unsigned refused_by_docker[] = {SYS_acct,
                                      SYS_add_key,
                                      SYS_bpf,
                                      SYS_chroot,
                                      SYS_clock_settime,
                                      SYS_create_module,
                                      SYS_delete_module,
                                      SYS_fanotify_init,
                                      SYS_finit_module,
                                      SYS_get_mempolicy,
                                      SYS_init_module,
                                      SYS_io_uring_enter,
                                      SYS_io_uring_setup,
                                      SYS_io_uring_register,
                                      SYS_ioperm,
                                      SYS_iopl,
                                      SYS_kcmp,
                                      SYS_kexec_file_load,
                                      SYS_kexec_load,
                                      SYS_keyctl,
                                      SYS_lookup_dcookie,
                                      SYS_mbind,
                                      SYS_migrate_pages,
                                      SYS_mount,
                                      SYS_move_pages,
                                      SYS_name_to_handle_at,
                                      SYS_nfsservctl,
                                      SYS_open_by_handle_at,
                                      SYS_perf_event_open,
                                      SYS_pidfd_getfd,
                                      SYS_pivot_root,
                                      SYS_process_madvise,
                                      SYS_query_module,
                                      SYS_quotactl,
                                      SYS_reboot,
                                      SYS_request_key,
                                      SYS_set_mempolicy,
                                      SYS_setdomainname,
                                      SYS_sethostname,
                                      SYS_setns,
                                      SYS_settimeofday,
                                      SYS_swapoff,
                                      SYS_swapon,
                                      SYS_sysfs,
                                      SYS_syslog,
                                      SYS__sysctl,
                                      SYS_umount2,
                                      SYS_unshare,
                                      SYS_uselib,
                                      SYS_userfaultfd,
                                      SYS_ustat,
                                      SYS_vhangup};

std::vector<sock_filter> filter;

void add(unsigned code, unsigned value, unsigned char yes = 0, unsigned char no = 0) {
  filter.push_back({.code = static_cast<unsigned short>(code), .jt = yes, .jf = no, .k = value});
}
void load(unsigned offset) {
  add(BPF_LD | BPF_W | BPF_ABS, offset);
}
void refuse(unsigned number, unsigned error = EPERM) {
  add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
  add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error);
}
/// Refuses a call whose first argument has one of the bits.
void refuse_bits(unsigned number, unsigned bits) {
  add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
  load(offsetof(seccomp_data, args));
  add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
  add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}
/// Refuses a call whose first argument is this.
void refuse_value(unsigned number, unsigned value) {
  add(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
  load(offsetof(seccomp_data, args));
  add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
  add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  load(offsetof(seccomp_data, nr));
}

void refuse_as_docker() {
  for (const unsigned number : refused_by_docker) refuse(number);
  refuse(SYS_clone3, ENOSYS);
  refuse_bits(SYS_clone, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
                             CLONE_NEWCGROUP);
  // Allowed are 0, PER_LINUX32, UNAME26 with both, and the question.
  refuse_value(SYS_personality, ADDR_NO_RANDOMIZE);
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct none[2] = {};
  for (int each = 0; each <= CAP_LAST_CAP; ++each) prctl(PR_CAPBSET_DROP, each, 0, 0, 0);
  if (syscall(SYS_capset, &header, none) != 0) std::perror("without: cannot give up capabilities");
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string, unsigned> numbers = {{"pidfd_getfd", SYS_pidfd_getfd},   {"ptrace", SYS_ptrace},
                                                   {"memfd_create", SYS_memfd_create}, {"personality", SYS_personality},
                                                   {"seccomp", SYS_seccomp},           {"unshare", SYS_unshare}};
  load(offsetof(seccomp_data, nr));
  int at = 1;
  for (; at < count && words[at] != std::string("--"); ++at) {
    const std::string word = words[at];
    if (word == "docker") {
      refuse_as_docker();
      continue;
    }
    if (word == "attach") {
      refuse_value(SYS_ptrace, PTRACE_SEIZE);
      continue;
    }
    const auto found = numbers.find(word);
    if (found == numbers.end()) {
      std::fprintf(stderr, "without: unknown call %s\n", words[at]);
      return 2;
    }
    refuse(found->second);
  }
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program = {.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (at + 1 >= count || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 2;
  execvp(words[at + 1], words + at + 1);
  return 127;
}
