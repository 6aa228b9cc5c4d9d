#include "process_keeper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "process_table.hpp"
#include "system_call.hpp"

namespace mznode::sim {
namespace {

/// What the keeper says first.
struct Started {
  int error = 0;
  pid_t program = -1;
};

/// Reads exactly so many bytes; false at the end of the pipe.
bool read_all(const Descriptor& from, void* bytes, std::size_t size) {
  auto* at = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t got = ::read(from.get(), at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

/// The same descriptor above the standard streams.
Descriptor above_standard(Descriptor low) {
  if (low.get() > STDERR_FILENO) return low;
  const int moved = ::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) demand_success(errno, "cannot copy a descriptor");
  return Descriptor(moved);
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// ---- In the keeper. It was forked, perhaps from a process with threads, and so allocates nothing.

class Kept {
 public:
  Kept(int wire, const posix_spawn_file_actions_t& actions, const posix_spawnattr_t& attributes)
      : wire_(wire), actions_(actions), attributes_(attributes) {}

  /// Starts `direct`, or `by_shell` when it is a script that names no interpreter.
  [[noreturn]] void run(char* const* direct, char* const* by_shell) {
    separate();
    Started started;
    started.error = start(direct);
    if (started.error == ENOEXEC) started.error = start(by_shell);
    started.program = program_;
    const int children = watch_children();
    say(&started, sizeof started);
    if (started.error == 0) serve(children);
    ::_exit(0);
  }

 private:
  int start(char* const* words) { return ::posix_spawn(&program_, words[0], &actions_, &attributes_, words, environ); }

  /// What is typed at a terminal, or sent to programs of our name, is not for the keeper.
  static void separate() {
    ::setpgid(0, 0);
    ::prctl(PR_SET_NAME, "node-keeper");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::signal(SIGCHLD, SIG_DFL);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
  }

  /// Lets go of all that the fork has given it, the pipes of other nodes above all, and returns what tells that a child
  /// has died.
  int watch_children() {
    ::dup2(wire_, STDIN_FILENO);
    wire_ = STDIN_FILENO;
    constexpr int first = STDIN_FILENO + 1;
    if (::syscall(SYS_close_range, first, ~0U, 0) != 0) {
      const long limit = ::sysconf(_SC_OPEN_MAX);
      for (int each = first; each < limit; ++each) ::close(each);
    }
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    return ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  }

  void say(const void* bytes, std::size_t size) const {
    if (::write(wire_, bytes, size) < 0) return;  // nobody listens any more, which serve() will see
  }

  void serve(int children) {
    for (;;) {
      std::array<pollfd, 2> polls = {pollfd{.fd = wire_, .events = POLLIN, .revents = 0},
                                     pollfd{.fd = children, .events = POLLIN, .revents = 0}};
      ::poll(polls.data(), polls.size(), -1);
      if (polls[1].revents != 0) look_at_children(children);
      if (polls[0].revents != 0 && !obey()) break;
    }
    kill_all();
    ::waitpid(program_, nullptr, WNOHANG);
  }

  /// Passes a signal on; false when there is nobody to give orders any more.
  bool obey() const {
    unsigned char number = 0;
    if (::read(wire_, &number, 1) != 1) return false;
    for_each_descendant([number](const ProcessEntry& each) { ::kill(each.pid, number); });
    return true;
  }

  void look_at_children(int children) {
    signalfd_siginfo ignored = {};
    while (::read(children, &ignored, sizeof ignored) > 0) {
    }
    reap_orphans();
    siginfo_t info = {};
    const int got = ::waitid(P_PID, static_cast<id_t>(program_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (has_told_ || got != 0 || info.si_pid != program_) return;
    has_told_ = true;
    const int status = info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : W_EXITCODE(0, info.si_status);
    say(&status, sizeof status);
    kill_all();
  }

  void reap_orphans() const {
    ProcessTable table;
    const pid_t self = ::getpid();
    for (ProcessEntry each; table.next(each);) {
      if (each.parent == self && each.is_zombie && each.pid != program_) ::waitpid(each.pid, nullptr, WNOHANG);
    }
  }

  /// Whatever a killed process leaves behind falls to the keeper and is found in the next round.
  void kill_all() const {
    constexpr int rounds = 1'000;
    constexpr int pause_ms = 5;
    ::kill(-program_, SIGKILL);
    for (int round = 0; round < rounds; ++round) {
      bool is_alive = false;
      for_each_descendant([&](const ProcessEntry& each) {
        if (each.is_zombie) return;
        is_alive = true;
        ::kill(each.pid, SIGKILL);
      });
      reap_orphans();
      if (!is_alive) return;
      if (round > 0) ::poll(nullptr, 0, pause_ms);
    }
  }

  template <class Visit>
  void for_each_descendant(Visit visit) const {
    constexpr std::size_t most = 4096;
    std::array<pid_t, most> known;
    known[0] = ::getpid();
    std::size_t count = 1;
    for (std::size_t before = 0; before != count && count < most;) {
      before = count;
      ProcessTable table;
      for (ProcessEntry each; count < most && table.next(each);) {
        const auto end = known.begin() + static_cast<std::ptrdiff_t>(count);
        if (std::find(known.begin(), end, each.parent) == end || std::find(known.begin(), end, each.pid) != end)
          continue;
        known[count++] = each.pid;
        visit(each);
      }
    }
  }

  int wire_;
  const posix_spawn_file_actions_t& actions_;
  const posix_spawnattr_t& attributes_;
  pid_t program_ = -1;
  bool has_told_ = false;
};

}  // namespace

Pipe::Pipe() {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) demand_success(errno, "cannot make a pipe");
  reader = Descriptor(ends[0]);
  writer = Descriptor(ends[1]);
  reader = above_standard(std::move(reader));
  writer = above_standard(std::move(writer));
}

SpawnPlan::SpawnPlan(std::vector<std::string> words) : words_(std::move(words)) {
  demand_success(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
  demand_success(::posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
  separate();
}

SpawnPlan::~SpawnPlan() {
  ::posix_spawn_file_actions_destroy(&actions_);
  ::posix_spawnattr_destroy(&attributes_);
}

void SpawnPlan::replace(const Descriptor& ours, int standard) {
  demand_success(::posix_spawn_file_actions_adddup2(&actions_, ours.get(), standard),
                 "posix_spawn_file_actions_adddup2");
}

void SpawnPlan::change_directory(const std::string& path) {
  demand_success(::posix_spawn_file_actions_addchdir_np(&actions_, path.c_str()),
                 "posix_spawn_file_actions_addchdir_np");
}

void SpawnPlan::separate() {
  sigset_t none;
  sigset_t restored;
  ::sigemptyset(&none);
  ::sigemptyset(&restored);
  ::sigaddset(&restored, SIGPIPE);
  demand_success(::posix_spawnattr_setpgroup(&attributes_, 0), "posix_spawnattr_setpgroup");
  demand_success(::posix_spawnattr_setsigmask(&attributes_, &none), "posix_spawnattr_setsigmask");
  demand_success(::posix_spawnattr_setsigdefault(&attributes_, &restored), "posix_spawnattr_setsigdefault");
  constexpr int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  demand_success(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags)), "posix_spawnattr_setflags");
}

Keeper::Keeper(const SpawnPlan& plan) {
  std::vector<std::string> words = plan.words_;
  // A script without a #! line runs under Maelstrom, because Java asks the shell as execvp() does.
  std::vector<std::string> shell_words = plan.words_;
  shell_words.insert(shell_words.begin(), "/bin/sh");
  const std::vector<char*> direct = pointers_to(words);
  const std::vector<char*> by_shell = pointers_to(shell_words);
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    demand_success(errno, "cannot make a socket");
  wire_ = above_standard(Descriptor(ends[0]));
  Descriptor other = above_standard(Descriptor(ends[1]));
  pid_ = ::fork();
  if (pid_ < 0) demand_success(errno, "cannot fork");
  if (pid_ == 0) Kept(other.get(), plan.actions_, plan.attributes_).run(direct.data(), by_shell.data());
  other.close();  // else the end of a keeper that dies at once would not be seen
  Started started;
  if (!read_all(wire_, &started, sizeof started)) started.error = ECHILD;
  program_ = started.program;
  if (started.error == 0 && ::fcntl(wire_.get(), F_SETFL, O_NONBLOCK) != 0) started.error = errno;
  if (started.error == 0) return;
  wire_.close();
  ::waitpid(pid_, nullptr, 0);
  demand_success(started.error, "cannot run it");
}

Keeper::~Keeper() {
  signal(SIGKILL);
  wire_.close();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Keeper::signal(int number) {
  if (has_ended_) return;
  ::kill(-program_, number);
  const auto order = static_cast<unsigned char>(number);
  // What could not be sent was for a keeper that is dead, of which ending() tells.
  [[maybe_unused]] const ssize_t sent = ::send(wire_.get(), &order, 1, MSG_NOSIGNAL);
}

bool Keeper::program_has_ended() const {
  return has_ended(program_);
}

std::optional<int> Keeper::ending() {
  if (has_ended_) return std::nullopt;
  int status = 0;
  const ssize_t got = ::read(wire_.get(), &status, sizeof status);
  if (got < 0) return std::nullopt;
  if (got != sizeof status) {  // somebody has killed the keeper
    signal(SIGKILL);
    status = W_EXITCODE(0, SIGKILL);
  }
  has_ended_ = true;
  return status;
}

}  // namespace mznode::sim
