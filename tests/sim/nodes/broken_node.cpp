// A node of the echo workload that misbehaves as its first argument says. A second one is what it says or how much.

#include <fcntl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "mznode/node/message.hpp"

namespace {

std::string mode;
std::string detail;
std::string own_name = "n1";

void write_all(int descriptor, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t written = ::write(descriptor, text.data() + at, text.size() - at);
    if (written < 0) std::exit(1);
    at += static_cast<std::size_t>(written);
  }
}

void say(const std::string& dest, const std::string& body) {
  if (mode == "unended-lines") {
    write_all(STDOUT_FILENO, "{\"src\":\"" + own_name + "\",\"dest\":\"" + dest + "\",\"body\":" + body + "}");
    return;
  }
  write_all(STDOUT_FILENO, "{\"src\":\"" + own_name + "\",\"dest\":\"" + dest + "\",\"body\":" + body + "}\n");
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

void write_for_ever(int descriptor, const std::string& text) {
  for (;;) write_all(descriptor, text);
}

/// Leaves behind a process that holds the pipes, and names it in the log.
void fork_sleeper() {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  std::cerr << "grandchild " << child << std::endl;
}

/// The same as a daemon: a session of its own, and twice forked, so that its parent is dead.
void start_daemon() {
  const pid_t child = ::fork();
  if (child != 0) {
    ::waitpid(child, nullptr, 0);
    return;
  }
  ::setsid();
  fork_sleeper();
  std::_Exit(0);
}

/// Takes memory, in a child when it is to be hidden there.
void take_memory(std::size_t bytes) {
  static std::string taken;
  taken.assign(bytes, 'x');
}

void misbehave_at_start() {
  if (mode == "dies-at-start") {
    std::cerr << "cannot find its configuration" << std::endl;
    std::exit(3);
  }
  if (mode == "ignores-sigterm") std::signal(SIGTERM, SIG_IGN);
  if (mode == "forks") fork_sleeper();
  if (mode == "daemon" || mode == "daemon-and-dies") start_daemon();
  if (mode == "daemon-and-dies") std::exit(0);
  if (mode == "forks-and-dies") {
    fork_sleeper();
    std::exit(0);
  }
  if (mode == "closes-output") ::close(STDOUT_FILENO);
  if (mode == "closes-input") ::close(STDIN_FILENO);
  if (mode == "deaf" || mode == "closes-output" || mode == "closes-input") {
    for (;;) ::pause();
  }
}

/// After the node was initialised.
void misbehave() {
  if (mode == "says") write_all(STDOUT_FILENO, detail + "\n");
  if (mode == "answers-for-ever" && own_name == "n1") say("n0", R"({"type":"ball"})");
  if (mode == "takes-memory") take_memory(std::stoul(detail) << 20);
  if (mode == "child-takes-memory" && ::fork() == 0) {
    take_memory(std::stoul(detail) << 20);
    for (;;) ::pause();
  }
  if (mode == "no-line-break") write_for_ever(STDOUT_FILENO, std::string(1 << 16, 'x'));
  if (mode == "junk-flood") write_for_ever(STDOUT_FILENO, std::string(1 << 10, 'x') + "\n");
  if (mode == "tiny-flood") write_for_ever(STDOUT_FILENO, repeated("{}\n", 100'000));
  if (mode == "tiny-message-flood") {
    write_for_ever(STDOUT_FILENO, repeated(R"({"src":")" + own_name + R"(","dest":"n0","body":{}})" + "\n", 10'000));
  }
  if (mode == "flood-in-one-call") {
    std::string bytes = repeated("a line\n", 300'000);
    const std::vector<iovec> parts(1'000, {.iov_base = bytes.data(), .iov_len = bytes.size()});
    for (;;) {
      if (::writev(STDOUT_FILENO, parts.data(), static_cast<int>(parts.size())) < 0) std::exit(1);
    }
  }
  if (mode == "message-flood") {
    for (;;) say(own_name, R"({"type":"gossip","data":")" + std::string(1 << 10, 'x') + "\"}");
  }
  if (mode == "log-flood") {
    for (int i = 0; i < std::stoi(detail); ++i) write_all(STDERR_FILENO, std::string(1 << 10, 'x') + "\n");
    write_all(STDERR_FILENO, std::string(3 << 20, 'y') + "\nthe end\n");
  }
}

void echo(const mznode::MessageView& request) {
  if (mode == "dies") {
    std::cerr << "unexpected echo" << std::endl;
    ::raise(SIGSEGV);
  }
  const std::string src(request.src());
  const std::string msg_id(request.msg_id());
  if (mode == "bad-error") {
    say(src, R"({"type":"error","code":"eleven","in_reply_to":)" + msg_id + "}");
    return;
  }
  if (mode == "error-10") {
    say(src, R"({"type":"error","code":10,"text":"no \u001b[31msuch thing","in_reply_to":)" + msg_id + "}");
    return;
  }
  if (mode == "wrong-in-reply-to-later") {
    say(src, R"({"type":"echo_ok","echo":1,"in_reply_to":1000})");
    return;
  }
  std::string value;
  for (const auto& field : request.fields()) {
    if (field.key == "echo") value = field.value;
  }
  say(src, R"({"type":"echo_ok","echo":)" + value + R"(,"in_reply_to":)" + msg_id + "}");
}

void handle(const std::string& line) {
  mznode::MessageView view;
  if (view.scan(line) == mznode::MessageView::Status::junk) std::exit(4);
  if (view.type() == "echo" && mode != "only-init") echo(view);
  if (view.type() == "ball") say(std::string(view.src()), R"({"type":"ball"})");
  if (view.type() != "init" || mode == "silent") return;
  own_name = view.dest();
  const std::string msg_id = mode == "wrong-in-reply-to" ? "77" : std::string(view.msg_id());
  say(std::string(view.src()), R"({"type":"init_ok","in_reply_to":)" + msg_id + "}");
  misbehave();
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) mode = arguments[1];
  if (count > 2) detail = arguments[2];
  misbehave_at_start();
  std::string line;
  while (std::getline(std::cin, line)) handle(line);
  // Under a harness this is never seen: nodes are killed.
  std::cerr << "end of input" << std::endl;
  return 0;
}
