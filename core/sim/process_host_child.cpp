#include "core/sim/process_host_child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "core/sim/process_host.hpp"

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

void demand(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// The same pipe above the standard streams, which are about to be replaced in the child.
Descriptor above_standard(Descriptor low) {
  if (low.get() > STDERR_FILENO) return low;
  const int moved = ::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) demand(errno, "cannot copy a descriptor");
  return Descriptor(moved);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends = {-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) demand(errno, "cannot make a pipe");
    reader = Descriptor(ends[0]);
    writer = Descriptor(ends[1]);
    reader = above_standard(std::move(reader));
    writer = above_standard(std::move(writer));
  }
  Descriptor reader;
  Descriptor writer;
};

/// Our end; the child's keeps to block, as programs expect of their standard streams.
Descriptor non_blocking(Descriptor end) {
  if (::fcntl(end.get(), F_SETFL, O_NONBLOCK) != 0) demand(errno, "cannot change a pipe");
  return end;
}

/// What posix_spawn is to change in the child.
class SpawnPlan {
 public:
  SpawnPlan() {
    demand(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
    demand(::posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void replace(const Descriptor& ours, int standard) {
    demand(::posix_spawn_file_actions_adddup2(&actions_, ours.get(), standard), "posix_spawn_file_actions_adddup2");
  }
  void change_directory(const std::string& path) {
    demand(::posix_spawn_file_actions_addchdir_np(&actions_, path.c_str()), "posix_spawn_file_actions_addchdir_np");
  }
  /// A group of its own, no blocked signals, and SIGPIPE as a fresh program has it.
  void separate() {
    sigset_t none;
    sigset_t restored;
    ::sigemptyset(&none);
    ::sigemptyset(&restored);
    ::sigaddset(&restored, SIGPIPE);
    demand(::posix_spawnattr_setpgroup(&attributes_, 0), "posix_spawnattr_setpgroup");
    demand(::posix_spawnattr_setsigmask(&attributes_, &none), "posix_spawnattr_setsigmask");
    demand(::posix_spawnattr_setsigdefault(&attributes_, &restored), "posix_spawnattr_setsigdefault");
    constexpr int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    demand(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags)), "posix_spawnattr_setflags");
  }

  int spawn(pid_t& pid, std::vector<std::string> words) const {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return ::posix_spawn(&pid, argv[0], &actions_, &attributes_, argv.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_ = {};
  posix_spawnattr_t attributes_ = {};
};

std::string describe_status(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    return "was killed by " +
           (name == nullptr ? "signal " + std::to_string(WTERMSIG(status)) : "SIG" + std::string(name));
  }
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

/// Keeps a SIGPIPE that a write may cause from the program, whose own disposition of it is not ours to change.
class HeldSigpipe {
 public:
  HeldSigpipe() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  HeldSigpipe(const HeldSigpipe&) = delete;
  HeldSigpipe& operator=(const HeldSigpipe&) = delete;
  ~HeldSigpipe() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  void discard() const {
    const timespec now = {};
    ::sigtimedwait(&pipe_, nullptr, &now);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

}  // namespace

Child::Child(const std::string& program, const std::vector<std::string>& arguments) {
  Pipe to_input;
  Pipe from_output;
  Pipe from_log;
  input = non_blocking(std::move(to_input.writer));
  output = non_blocking(std::move(from_output.reader));
  log = non_blocking(std::move(from_log.reader));
  SpawnPlan plan;
  plan.replace(to_input.reader, STDIN_FILENO);
  plan.replace(from_output.writer, STDOUT_FILENO);
  plan.replace(from_log.writer, STDERR_FILENO);
  plan.change_directory(fs::temp_directory_path().string());
  plan.separate();
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  int error = plan.spawn(pid_, words);
  if (error == ENOEXEC) {
    // A script without a #! line: it runs under Maelstrom, because Java asks the shell as execvp() does.
    words.insert(words.begin(), "/bin/sh");
    error = plan.spawn(pid_, words);
  }
  if (error != 0) {
    pid_ = -1;
    const std::string reason = error == ENOENT ? "the interpreter that it names does not exist" : std::strerror(error);
    throw std::invalid_argument("cannot run " + program + ": " + reason);
  }
}

Child::~Child() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Child::signal(int number) {
  if (pid_ < 0) return;
  // The group's number stays taken while its leader is not reaped.
  ::kill(-pid_, number);
}

std::optional<std::string> Child::ending() {
  if (pid_ < 0) return std::nullopt;
  siginfo_t info = {};
  const int got = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  if (got == 0 && info.si_pid == 0) return std::nullopt;
  if (got != 0 && errno != ECHILD) return std::nullopt;
  signal(SIGKILL);
  int status = 0;
  // A program that was started with SIGCHLD ignored never learns how its children ended.
  const bool known = ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  return known ? describe_status(status) : "ended";
}

Read read_some(const Descriptor& from, LineBuffer& into, std::size_t& bytes) {
  const auto room = into.room();
  const ssize_t got = ::read(from.get(), room.data(), room.size());
  if (got > 0) {
    bytes = static_cast<std::size_t>(got);
    into.filled(bytes);
    return Read::some;
  }
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? Read::nothing_yet : Read::closed;
}

Write write_some(const Descriptor& to, std::string_view text, std::size_t& bytes) {
  const HeldSigpipe held;
  const ssize_t written = ::write(to.get(), text.data(), text.size());
  if (written >= 0) {
    bytes = static_cast<std::size_t>(written);
    return Write::some;
  }
  if (errno == EAGAIN || errno == EINTR) return Write::full;
  held.discard();
  return Write::closed;
}

std::string resolve_program(const std::string& path) {
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  if (error) {
    const bool is_missing = error == std::errc::no_such_file_or_directory;
    throw std::invalid_argument("cannot run " + path + ": " + (is_missing ? "there is no such file" : error.message()));
  }
  if (fs::is_directory(resolved, error)) throw std::invalid_argument("cannot run " + path + ": it is a directory");
  if (!fs::is_regular_file(resolved, error)) throw std::invalid_argument("cannot run " + path + ": it is not a file");
  if (::access(resolved.c_str(), X_OK) != 0) {
    throw std::invalid_argument("cannot run " + path + ": it is not executable (chmod +x makes it so)");
  }
  return resolved.string();
}

}  // namespace mznode::sim
