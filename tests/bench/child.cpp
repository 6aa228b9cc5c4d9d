#include "child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <system_error>

extern char** environ;

namespace mznode::bench {
namespace {

double to_seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void check(bool ok, const char* what) {
  if (!ok) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

double seconds() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return to_seconds(now);
}

Child::Child(const std::vector<std::string>& command) {
  std::array<int, 2> in = {};
  std::array<int, 2> out = {};
  check(::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0, "pipe2");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const double started = seconds();
  const int error = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
  if (error != 0) throw std::system_error(error, std::generic_category(), command[0]);
  write(R"({"id":0,"src":"c0","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}})"
        "\n");
  if (read_line().find("init_ok") == std::string::npos) throw std::runtime_error("init was answered otherwise");
  startup_seconds_ = seconds() - started;
}

Child::~Child() {
  ::close(input_);
  ::close(output_);
  const double asked = seconds();
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (seconds() - asked > 2) ::kill(pid_, SIGKILL);
    ::usleep(200);
  }
}

void Child::write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = ::write(input_, text.data(), text.size());
    if (written < 0) throw std::runtime_error("the node no longer reads");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t Child::read(std::span<char> to) const {
  const ssize_t got = ::read(output_, to.data(), to.size());
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::string Child::read_line() const {
  std::string line;
  std::array<char, 1 << 16> bytes;
  while (line.empty() || line.back() != '\n') {
    const std::size_t got = read(bytes);
    if (got == 0) throw std::runtime_error("the node ended");
    line.append(bytes.data(), got);
  }
  return line;
}

double Child::cpu_seconds() const {
  clockid_t clock = 0;
  timespec time = {};
  check(::clock_getcpuclockid(pid_, &clock) == 0 && ::clock_gettime(clock, &time) == 0, "the node's CPU clock");
  return to_seconds(time);
}

long Child::peak_rss_kb() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  while (status >> word) {
    long kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes;
  }
  throw std::runtime_error("the peak of the node's memory is unknown");
}

}  // namespace mznode::bench
