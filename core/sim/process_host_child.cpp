#include "process_host_child.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "mznode/sim/process_host.hpp"
#include "system_call.hpp"

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

/// Our end; the child's keeps to block, as programs expect of their standard streams.
Descriptor non_blocking(Descriptor end) {
  if (::fcntl(end.get(), F_SETFL, O_NONBLOCK) != 0) demand_success(errno, "cannot change a pipe");
  return end;
}

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
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  SpawnPlan plan(std::move(words));
  plan.replace(to_input.reader, STDIN_FILENO);
  plan.replace(from_output.writer, STDOUT_FILENO);
  plan.replace(from_log.writer, STDERR_FILENO);
  plan.change_directory(fs::temp_directory_path().string());
  try {
    keeper_.emplace(plan);
  } catch (const std::system_error& error) {
    const bool is_missing = error.code() == std::errc::no_such_file_or_directory;
    throw std::invalid_argument("cannot run " + program + ": " +
                                (is_missing ? "the interpreter that it names does not exist" : error.code().message()));
  }
}

std::optional<std::string> Child::ending() {
  const auto status = keeper_->ending();
  return status ? std::optional(describe_status(*status)) : std::nullopt;
}

ReadOutcome read_some(const Descriptor& from, LineBuffer& into, std::size_t& bytes) {
  const auto room = into.room();
  const ssize_t got = ::read(from.get(), room.data(), room.size());
  if (got > 0) {
    bytes = static_cast<std::size_t>(got);
    into.filled(bytes);
    return ReadOutcome::some;
  }
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? ReadOutcome::nothing_yet : ReadOutcome::closed;
}

WriteOutcome write_some(const Descriptor& to, std::string_view text, std::size_t& bytes) {
  const HeldSigpipe held;
  const ssize_t written = ::write(to.get(), text.data(), text.size());
  if (written >= 0) {
    bytes = static_cast<std::size_t>(written);
    return WriteOutcome::some;
  }
  if (errno == EAGAIN || errno == EINTR) return WriteOutcome::full;
  held.discard();
  return WriteOutcome::closed;
}

namespace {

/// The program of this name in the directories of PATH; empty when none has it.
fs::path found_in_path(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::istringstream directories(variable == nullptr ? "" : variable);
  for (std::string directory; std::getline(directories, directory, ':');) {
    std::error_code error;
    fs::path path = fs::absolute(fs::path(directory.empty() ? "." : directory) / name, error);
    if (!error && fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

}  // namespace

std::string resolve_program(const std::string& path) {
  std::error_code error;
  const bool is_word = path.find('/') == std::string::npos && !path.empty();
  if (is_word && !fs::exists(path, error)) {
    if (const fs::path found = found_in_path(path); !found.empty()) return found.string();
  }
  const fs::path resolved = fs::canonical(path, error);
  if (error) {
    const bool is_missing = error == std::errc::no_such_file_or_directory;
    const std::string missing =
        is_word ? "there is no such file, and no such program in PATH" : "there is no such file";
    throw std::invalid_argument("cannot run " + path + ": " + (is_missing ? missing : error.message()));
  }
  if (fs::is_directory(resolved, error)) throw std::invalid_argument("cannot run " + path + ": it is a directory");
  if (!fs::is_regular_file(resolved, error)) throw std::invalid_argument("cannot run " + path + ": it is not a file");
  if (::access(resolved.c_str(), X_OK) != 0) {
    throw std::invalid_argument("cannot run " + path + ": it is not executable (chmod +x makes it so)");
  }
  return resolved.string();
}

}  // namespace mznode::sim
