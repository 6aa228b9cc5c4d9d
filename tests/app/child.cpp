#include "tests/app/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

extern char** environ;

namespace mznode::testing_support {
namespace {

void require(bool ok, const char* what) {
  if (!ok) throw std::system_error(errno, std::generic_category(), what);
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  require(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe");
  return ends;
}

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

/// Appends what there is to read; closes the descriptor at its end.
void read_some(int& descriptor, std::string& to) {
  std::array<char, 1 << 16> bytes;
  const ssize_t got = ::read(descriptor, bytes.data(), bytes.size());
  if (got > 0) to.append(bytes.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) close_end(descriptor);
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, int output) : Child(MZNODE_BINARY, arguments, output) {}

Child::Child(const std::string& program, const std::vector<std::string>& arguments, int output) {
  ::signal(SIGPIPE, SIG_IGN);  // a child that ended is an error of write()
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, output >= 0 ? output : out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int error = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  in_ = in[1];
  out_ = out[0];
  err_ = err[0];
  ::fcntl(in_, F_SETFL, O_NONBLOCK);
  if (error != 0) throw std::system_error(error, std::generic_category(), program);
}

Child::~Child() {
  close_end(in_);
  close_end(out_);
  close_end(err_);
  if (exit_ || pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Child::pump() {
  std::array<pollfd, 2> descriptors = {{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (out_ < 0 && err_ < 0) return false;
  ::poll(descriptors.data(), descriptors.size(), -1);
  if (out_ >= 0 && descriptors[0].revents != 0) read_some(out_, output_);
  if (err_ >= 0 && descriptors[1].revents != 0) read_some(err_, log_);
  return true;
}

void Child::write(std::string_view bytes, bool read_output) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(in_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno != EAGAIN) require(false, "write to the child");
    std::array<pollfd, 3> descriptors = {{{in_, POLLOUT, 0}, {read_output ? out_ : -1, POLLIN, 0}, {err_, POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), -1);
    if (descriptors[1].revents != 0) read_some(out_, output_);
    if (descriptors[2].revents != 0) read_some(err_, log_);
  }
}

std::size_t Child::write_until_blocked(std::string_view bytes) {
  std::size_t total = 0;
  while (total < bytes.size()) {
    const ssize_t written = ::write(in_, bytes.data() + total, bytes.size() - total);
    if (written > 0) {
      total += static_cast<std::size_t>(written);
      continue;
    }
    // A child that is merely slow looks the same; then the test that asks is weaker, but never wrong.
    pollfd descriptor = {in_, POLLOUT, 0};
    constexpr int patience_ms = 500;
    if (::poll(&descriptor, 1, patience_ms) == 0) return total;
  }
  return total;
}

void Child::close_input() {
  close_end(in_);
}
void Child::close_output() {
  close_end(out_);
}
void Child::kill(int signal) {
  ::kill(pid_, signal);
}

std::optional<std::string> Child::read_line() {
  for (;;) {
    const std::size_t newline = output_.find('\n');
    if (newline != std::string::npos) {
      const std::string result = output_.substr(0, newline);
      output_.erase(0, newline + 1);
      return result;
    }
    if (out_ < 0 || !pump()) return std::nullopt;
  }
}

bool Child::wait_for_log(std::string_view part) {
  while (log_.find(part) == std::string::npos) {
    if (err_ < 0 || !pump()) return false;
  }
  return true;
}

Exit Child::finish() {
  close_input();
  while (pump()) {
  }
  int status = 0;
  require(::waitpid(pid_, &status, 0) == pid_, "waitpid");
  exit_ = Exit{};
  if (WIFEXITED(status)) exit_->code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit_->signal = WTERMSIG(status);
  return *exit_;
}

long Child::peak_resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  while (status >> word) {
    if (word != "VmHWM:") continue;
    long kib = 0;
    status >> kib;
    return kib;
  }
  throw std::runtime_error("no VmHWM in /proc");
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t newline = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, newline));
    text.remove_prefix(std::min(newline + 1, text.size()));
  }
  return lines;
}

std::string line(std::string_view src, std::string_view body) {
  return R"({"id":0,"src":")" + std::string(src) + R"(","dest":"n1","body":)" + std::string(body) + "}\n";
}

std::string init_line() {
  return line("c0", R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]})");
}

std::string echo_line(std::string_view payload, int msg_id) {
  return line("c1",
              R"({"type":"echo","msg_id":)" + std::to_string(msg_id) + R"(,"echo":)" + std::string(payload) + "}");
}

}  // namespace mznode::testing_support
