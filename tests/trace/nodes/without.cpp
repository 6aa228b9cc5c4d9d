// Runs a program that may not make some calls of the system, as in a container: `without CALL... -- PROGRAM WORD...`.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

int main(int count, char** words) {
  const std::map<std::string, unsigned> numbers = {{"pidfd_getfd", SYS_pidfd_getfd},   {"ptrace", SYS_ptrace},
                                                   {"memfd_create", SYS_memfd_create}, {"personality", SYS_personality},
                                                   {"seccomp", SYS_seccomp},           {"unshare", SYS_unshare}};
  std::vector<sock_filter> filter = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  int at = 1;
  for (; at < count && words[at] != std::string("--"); ++at) {
    const auto found = numbers.find(words[at]);
    if (found == numbers.end()) {
      std::fprintf(stderr, "without: unknown call %s\n", words[at]);
      return 2;
    }
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, found->second, 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program = {.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (at + 1 >= count || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 2;
  execvp(words[at + 1], words + at + 1);
  return 127;
}
