#include "process_files.hpp"

#include <fcntl.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <sstream>

#include "mznode/node/descriptor.hpp"

namespace mznode::trace {
namespace {

std::string read_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[1024];
  const ssize_t count = file.is_open() ? ::read(file.get(), text, sizeof text) : -1;
  return count > 0 ? std::string(text, static_cast<std::size_t>(count)) : std::string();
}

/// What /proc says of a descriptor behind a word; 0 when it says nothing.
long descriptor_figure(pid_t pid, int descriptor, std::string_view word, int base) {
  const std::string text = read_file("/proc/" + std::to_string(pid) + "/fdinfo/" + std::to_string(descriptor));
  const std::size_t at = text.find(word);
  return at == std::string::npos ? 0 : std::strtol(text.c_str() + at + word.size(), nullptr, base);
}

}  // namespace

ThreadStatus thread_status(pid_t tid) {
  ThreadStatus status;
  const std::string directory = "/proc/" + std::to_string(tid);
  const std::string stat = read_file(directory + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return status;
  status.state = stat[name_end + 2];
  status.cpu_ns = std::strtoll(read_file(directory + "/schedstat").c_str(), nullptr, 10);
  return status;
}

std::int64_t children_cpu_ns(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream words(stat.substr(name_end + 1));
  constexpr int words_before = 13;  // from the state to the process's own time (proc(5))
  std::string word;
  for (int i = 0; i < words_before; ++i) words >> word;
  std::int64_t user = 0;
  std::int64_t system = 0;
  words >> user >> system;
  return (user + system) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::string call_of(pid_t tid) {
  const long number = std::strtol(read_file("/proc/" + std::to_string(tid) + "/syscall").c_str(), nullptr, 10);
  switch (number) {
    case SYS_write: return "write";
    case SYS_writev: return "writev";
    case SYS_sendto: return "sendto";
    case SYS_sendmsg: return "sendmsg";
    case SYS_connect: return "connect";
    case SYS_flock: return "flock";
    case SYS_fcntl: return "fcntl";
    case SYS_futex: return "futex";
    case SYS_semop: return "semop";
    case SYS_msgrcv: return "msgrcv";
    case SYS_openat: return "openat";
    case SYS_read: return "read";
    case SYS_wait4: return "wait4";
    default: return "number " + std::to_string(number);
  }
}

int open_flags(pid_t pid, int descriptor) {
  constexpr int octal = 8;
  return static_cast<int>(descriptor_figure(pid, descriptor, "flags:", octal));
}

pid_t process_of(pid_t pid, int descriptor) {
  constexpr int decimal = 10;
  const long number = descriptor_figure(pid, descriptor, "\nPid:", decimal);
  return number > 0 ? static_cast<pid_t>(number) : 0;
}

std::string path_of(pid_t pid, int descriptor) {
  const std::string link = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(descriptor);
  std::error_code ignored;
  return std::filesystem::read_symlink(link, ignored).string();
}

bool has_random_addresses(pid_t pid) {
  const std::string text = read_file("/proc/" + std::to_string(pid) + "/personality");
  constexpr int hexadecimal = 16;
  return (std::strtoul(text.c_str(), nullptr, hexadecimal) & ADDR_NO_RANDOMIZE) == 0;
}

std::size_t resident_bytes(pid_t pid) {
  const std::string text = read_file("/proc/" + std::to_string(pid) + "/statm");
  unsigned long total = 0;
  unsigned long resident = 0;
  unsigned long shared = 0;
  if (std::sscanf(text.c_str(), "%lu %lu %lu", &total, &resident, &shared) != 3 || resident < shared) return 0;
  return (resident - shared) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

namespace {
std::int64_t read_clock(clockid_t clock) {
  timespec now = {};
  ::syscall(SYS_clock_gettime, clock, &now);  // not by the vDSO, which reads the counter: it may be given up
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
}  // namespace

std::int64_t wall_ns() {
  return read_clock(CLOCK_MONOTONIC);
}
std::int64_t process_cpu_ns(pid_t pid) {
  clockid_t clock = {};
  return ::clock_getcpuclockid(pid, &clock) == 0 ? read_clock(clock) : 0;
}
std::int64_t thread_cpu_ns() {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

std::string describe_end(int status) {
  if (!WIFSIGNALED(status)) return "exited with status " + std::to_string(WEXITSTATUS(status));
  const char* name = ::sigabbrev_np(WTERMSIG(status));
  if (name == nullptr) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "was killed by SIG" + std::string(name);
}

}  // namespace mznode::trace
