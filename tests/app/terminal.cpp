#include "tests/app/terminal.hpp"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace mznode::testing_support {

Terminal::Terminal(const std::vector<std::string>& arguments, unsigned short columns,
                   const std::vector<std::string>& environment) {
  winsize size = {};
  size.ws_col = columns;
  size.ws_row = 24;
  pid_ = ::forkpty(&master_, nullptr, nullptr, &size);
  if (pid_ < 0) throw std::runtime_error("there is no terminal to be had");
  if (pid_ > 0) return;
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), MZNODE_BINARY);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  for (const std::string& setting : environment) {
    const std::size_t equals = setting.find('=');
    ::setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
  }
  ::execv(MZNODE_BINARY, pointers.data());
  ::_exit(127);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (master_ >= 0) ::close(master_);
}

bool Terminal::pump() {
  std::array<char, 4096> bytes;
  const ssize_t got = ::read(master_, bytes.data(), bytes.size());
  if (got <= 0) return false;  // the end of the program shows as an error
  shown_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

bool Terminal::wait_for(std::string_view part) {
  while (shown_.find(part) == std::string::npos) {
    if (!pump()) return false;
  }
  return true;
}

void Terminal::press_ctrl_c() {
  constexpr char key = 3;
  if (::write(master_, &key, 1) != 1) throw std::runtime_error("cannot write to the terminal");
}

int Terminal::finish() {
  while (pump()) {
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace mznode::testing_support
