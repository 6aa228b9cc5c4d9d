#include "spawn.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "filter.hpp"

namespace mznode::trace {
namespace {

[[noreturn]] void refuse(const char* what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends = {-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse("cannot make a pipe");
    reader = above_standard(ends[0]);
    writer = above_standard(ends[1]);
  }
  /// Above the standard streams, which are about to be replaced in the child.
  static Descriptor above_standard(int low) {
    if (low > STDERR_FILENO) return Descriptor(low);
    const Descriptor given(low);
    return Descriptor(::fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }
  /// Larger pipes mean fewer waits of the node's; where the system allows no more, the usual ones do.
  void enlarge() const { ::fcntl(reader.get(), F_SETPIPE_SZ, 1 << 20); }

  Descriptor reader;
  Descriptor writer;
};

Descriptor non_blocking(Descriptor end) {
  ::fcntl(end.get(), F_SETFL, O_NONBLOCK);
  return end;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

/// What the child needs, ready made: between fork and exec it may not even allocate memory.
struct Plan {
  Pipe input, output, log, go, failure;
  std::vector<sock_filter> filter = call_filter();
  std::vector<std::string> words;
  std::vector<std::string> shell_words;
  std::vector<std::string> environment;
  std::string directory;
};

/// Why the child could not begin.
struct Failure {
  enum class Step : int { directory, filter, exec } step;
  int error;
};

[[noreturn]] void give_up(const Plan& plan, Failure::Step step) {
  const Failure failure = {step, errno};
  [[maybe_unused]] const ssize_t written = ::write(plan.failure.writer.get(), &failure, sizeof failure);
  ::_exit(127);
}

/// In the child. Only calls that are safe after a fork in a program of several threads.
[[noreturn]] void become(const Plan& plan, char* const* words, char* const* shell_words, char* const* environment) {
  ::setsid();
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(plan.input.reader.get(), STDIN_FILENO);
  ::dup2(plan.output.writer.get(), STDOUT_FILENO);
  ::dup2(plan.log.writer.get(), STDERR_FILENO);
  // What this program was given by its own parent is not the node's.
  constexpr unsigned on_exec = 4;  // CLOSE_RANGE_CLOEXEC
  ::syscall(SYS_close_range, 3U, ~0U, on_exec);
  if (::chdir(plan.directory.c_str()) != 0) give_up(plan, Failure::Step::directory);
  ::personality(ADDR_NO_RANDOMIZE);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
  char byte = 0;
  // Nobody says go when the supervisor has died.
  if (::read(plan.go.reader.get(), &byte, 1) != 1) ::_exit(127);
  const sock_fprog program = {.len = static_cast<unsigned short>(plan.filter.size()),
                              .filter = const_cast<sock_filter*>(plan.filter.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) give_up(plan, Failure::Step::filter);
  ::execve(words[0], words, environment);
  // A script without a #! line: it runs under Maelstrom, because Java asks the shell as execvp() does.
  if (errno == ENOEXEC) ::execve(shell_words[0], shell_words, environment);
  give_up(plan, Failure::Step::exec);
}

[[noreturn]] void explain(const Program& program, const Failure& failure) {
  switch (failure.step) {
    case Failure::Step::directory: refuse(("cannot enter " + program.directory).c_str(), failure.error);
    case Failure::Step::filter: refuse("cannot install a filter of system calls (seccomp)", failure.error);
    case Failure::Step::exec: break;
  }
  const std::string reason =
      failure.error == ENOENT ? "the interpreter that it names does not exist" : std::strerror(failure.error);
  throw std::invalid_argument("cannot run " + program.path + ": " + reason);
}

/// Lets the child go on until it runs the program. False when it ended before.
bool reach_exec(pid_t pid) {
  int status = 0;
  for (;;) {
    if (::waitpid(pid, &status, __WALL) != pid) {
      if (errno == EINTR) continue;
      return false;
    }
    if (!WIFSTOPPED(status)) return false;
    if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8))) return true;
    const bool is_signal = status >> 16 == 0;
    if (::ptrace(PTRACE_CONT, pid, nullptr, is_signal ? WSTOPSIG(status) : 0) != 0) return false;
  }
}

/// What Yama, if there is one, has to say about it.
std::string yama_scope() {
  std::ifstream file("/proc/sys/kernel/yama/ptrace_scope");
  int scope = 0;
  constexpr int needs_capability = 2;  // one's own children may be traced below
  if (!(file >> scope) || scope < needs_capability) return {};
  return "; kernel.yama.ptrace_scope is " + std::to_string(scope);
}

void kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

}  // namespace

Spawned spawn_traced(const Program& program) {
  Plan plan;
  plan.input.enlarge();
  plan.output.enlarge();
  plan.log.enlarge();
  plan.words = {program.path};
  plan.words.insert(plan.words.end(), program.arguments.begin(), program.arguments.end());
  plan.shell_words = plan.words;
  plan.shell_words.insert(plan.shell_words.begin(), "/bin/sh");
  plan.environment = program.environment;
  plan.directory = program.directory;
  const auto words = pointers(plan.words);
  const auto shell_words = pointers(plan.shell_words);
  const auto environment = pointers(plan.environment);

  const pid_t pid = ::fork();
  if (pid < 0) refuse("cannot start another process");
  if (pid == 0) become(plan, words.data(), shell_words.data(), environment.data());
  plan.failure.writer.close();
  constexpr long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC |
                           PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SEIZE, pid, nullptr, options) != 0) {
    const int error = errno;
    kill_and_reap(pid);
    refuse(("cannot trace a process (ptrace" + yama_scope() + ")").c_str(), error);
  }
  if (::write(plan.go.writer.get(), "g", 1) != 1 || !reach_exec(pid)) {
    Failure failure = {Failure::Step::exec, ECHILD};
    [[maybe_unused]] const ssize_t got = ::read(plan.failure.reader.get(), &failure, sizeof failure);
    explain(program, failure);
  }
  return {.pid = pid,
          .input = non_blocking(std::move(plan.input.writer)),
          .output = non_blocking(std::move(plan.output.reader)),
          .log = non_blocking(std::move(plan.log.reader))};
}

}  // namespace mznode::trace
