// A program that does what no node should; which, its argument says.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

void compute() {
  volatile unsigned counter = 0;
  for (;;) {
    const unsigned next = counter + 1;
    counter = next;
  }
}

void compute_for_a_while() {
  volatile unsigned counter = 0;
  for (int i = 0; i < 50'000'000; ++i) {
    const unsigned next = counter + 1;
    counter = next;
  }
  std::puts("computed");
}

/// Looks for input all the time instead of waiting for it, in each of the ways that there are.
void look_all_the_time() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const auto end = time.tv_sec + 8;
  pollfd input = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  const int instance = epoll_create1(0);
  epoll_event event = {};
  epoll_ctl(instance, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  for (; time.tv_sec < end; clock_gettime(CLOCK_MONOTONIC, &time)) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(STDIN_FILENO, &set);
    timeval none = {};
    char byte = 0;
    switch ((end - time.tv_sec) % 4) {
      case 0: poll(&input, 1, 0); break;
      case 1: select(STDIN_FILENO + 1, &set, nullptr, nullptr, &none); break;
      case 2: epoll_wait(instance, &event, 1, 0); break;
      default:
        if (read(STDIN_FILENO, &byte, 1) >= 0 || errno != EAGAIN) std::puts("read something");
    }
  }
  std::puts("looked");
}

void eat_memory() {
  std::vector<std::string> all;
  for (;;) all.emplace_back(1 << 20, 'x');
}

void write_lines_without_end() {
  std::string lines;
  for (int i = 0; i < 1'000; ++i) lines += "{}\n";
  for (;;) {
    if (write(STDOUT_FILENO, lines.data(), lines.size()) < 0) return;
  }
}

/// A call may write 2 GiB less a page.
void write_all_in_one_call() {
  std::string bytes(2 << 20, 'x');
  const std::vector<iovec> parts(1'000, {.iov_base = bytes.data(), .iov_len = bytes.size()});
  for (;;) {
    if (writev(STDOUT_FILENO, parts.data(), static_cast<int>(parts.size())) < 0) return;
  }
}

void fork_without_end() {
  for (;;) {
    if (fork() < 0) return;
  }
}

void leave_children() {
  for (int i = 0; i < 3; ++i) {
    if (fork() != 0) continue;
    setsid();
    pause();
  }
  std::puts("left");
  std::fflush(stdout);
  pause();
}

/// Two threads write to a file that the other half of the program reads, past the supervisor.
void connect_to_somebody() {
  const int one = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(one, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

void send_a_datagram() {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

void write_to(int file) {
  constexpr std::size_t bytes = 4096;
  if (ftruncate(file, bytes) != 0) return;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) std::memset(memory, 1, bytes);
}

/// That others could map as well.
void share_memory() {
  const char* path = "/dev/shm/mznode-test-of-shared-memory";
  write_to(open(path, O_RDWR | O_CREAT, 0600));
  unlink(path);
}

void share_numbered_memory() {
  constexpr key_t key = 0x6d7a6e6f;
  const int memory = shmget(key, 4096, IPC_CREAT | 0600);
  shmctl(memory, IPC_RMID, nullptr);
}

/// What a node's own processes share is its own matter.
void keep_memory_to_itself() {
  write_to(memfd_create("own", 0));
  std::FILE* file = std::tmpfile();
  if (file != nullptr) write_to(fileno(file));
  shmctl(shmget(IPC_PRIVATE, 4096, 0600), IPC_RMID, nullptr);
  mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0) send(ends[0], "x", 1, 0);
}

int signal_by_handle(pid_t process, int number) {
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  return static_cast<int>(syscall(SYS_pidfd_send_signal, handle, number, nullptr, 0));
}

/// By the number that /proc gives: it is told another one.
void kill_the_parent() {
  std::FILE* file = std::fopen("/proc/self/stat", "r");
  int parent = 0;
  if (file == nullptr || std::fscanf(file, "%*d %*s %*c %d", &parent) != 1) return;
  const int by_number = kill(parent, SIGKILL);
  const int by_handle = signal_by_handle(parent, SIGKILL);
  const rlimit none = {.rlim_cur = 0, .rlim_max = 0};
  std::printf("%d %d %d\n", by_number, by_handle, prlimit(parent, RLIMIT_CPU, &none, nullptr));
}

void signal_a_child_by_handle() {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  std::printf("%d ", signal_by_handle(child, SIGTERM));
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("%d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

void draw() {
  std::random_device device;
  std::printf("%u %u %d %p\n", device(), device(), getpid(), static_cast<void*>(&device));
  std::FILE* file = std::fopen("/dev/urandom", "rb");
  unsigned number = 0;
  if (file == nullptr || std::fread(&number, sizeof number, 1, file) != 1) return;
  std::printf("%u %lld\n", number, static_cast<long long>(std::chrono::system_clock::now().time_since_epoch().count()));
#ifdef __x86_64__
  std::printf("%llu\n", static_cast<unsigned long long>(__builtin_ia32_rdtsc()));
#endif
}

/// Reads a total, waits for nothing but its turn, and writes it back: an update is lost when two overlap.
void race() {
  int total = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&total] {
      for (int j = 0; j < 20; ++j) {
        const int read = total;
        if (write(STDERR_FILENO, ".", 1) != 1) return;
        total = read + 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%d\n", total);
}

void echo_lines() {
  char line[256];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    std::printf("%s", line);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string, void (*)()> kinds = {
      {"compute", compute},
      {"compute-for-a-while", compute_for_a_while},
      {"look-all-the-time", look_all_the_time},
      {"memory", eat_memory},
      {"lines", write_lines_without_end},
      {"one-call", write_all_in_one_call},
      {"forks", fork_without_end},
      {"children", leave_children},
      {"socket", connect_to_somebody},
      {"datagram", send_a_datagram},
      {"shared-memory", share_memory},
      {"numbered-memory", share_numbered_memory},
      {"own-memory", keep_memory_to_itself},
      {"kill-parent", kill_the_parent},
      {"handle", signal_a_child_by_handle},
      {"draw", draw},
      {"race", race},
      {"echo", echo_lines},
  };
  const std::string kind = count > 1 ? words[1] : "";
  if (kind == "crash") std::raise(SIGSEGV);
  if (kind == "status") return 3;
  if (const auto found = kinds.find(kind); found != kinds.end()) found->second();
  return 0;
}
