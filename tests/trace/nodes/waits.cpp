// Waits in every way that a program can, and measures each by its own clock: in virtual time a wait takes exactly what
// it should. Prints what took another time, and ends with the number of those.
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <mutex>
#include <thread>

namespace {

constexpr long long ms = 1'000'000;
int bad = 0;
volatile sig_atomic_t last_signal = 0;

long long now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

void expect(bool good, const char* what) {
  if (good) return;
  std::printf("BAD %s (errno %d)\n", what, errno);
  ++bad;
}

/// Reading the clock takes time, too: hence the tolerance.
void lasts(const char* what, long long expected, const std::function<void()>& wait) {
  const long long began = now();
  wait();
  const long long took = now() - began;
  if (took >= expected && took < expected + ms) return;
  std::printf("BAD %s took %lld ns instead of %lld\n", what, took, expected);
  ++bad;
}

template <class F>
std::thread after(useconds_t us, F action) {
  return std::thread([us, action] {
    usleep(us);
    action();
  });
}

void handle(int signal, int flags) {
  struct sigaction action = {};
  action.sa_handler = [](int number) { last_signal = number; };
  action.sa_flags = flags;
  sigaction(signal, &action, nullptr);
}

void sleeps() {
  lasts("usleep", 1500 * 1000, [] { usleep(1500); });
  lasts("an hour of sleep", 3'600'000 * ms, [] { sleep(3600); });
  lasts("clock_nanosleep until a calendar time", 2000 * ms, [] {
    timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 2;
    clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr);
  });
  lasts("a loop that reads the clock", 5 * ms, [] {
    const long long began = now();
    while (now() - began < 5 * ms) {
    }
  });
}

void descriptors() {
  int ends[2];
  expect(pipe(ends) == 0, "pipe");
  const int reader = ends[0];
  const int writer = ends[1];
  char byte = 'x';
  const auto write_later = [&] { return after(70'000, [writer] { expect(write(writer, "y", 1) == 1, "write"); }); };
  const auto take = [&] { expect(read(reader, &byte, 1) == 1, "read"); };
  pollfd poller = {reader, POLLIN, 0};
  lasts("poll that times out", 100 * ms, [&] { expect(poll(&poller, 1, 100) == 0 && poller.revents == 0, "poll"); });
  std::thread other = write_later();
  lasts("poll that is woken", 70 * ms, [&] { expect(poll(&poller, 1, -1) == 1, "poll"); });
  other.join();
  take();
  other = write_later();
  lasts("read that is woken", 70 * ms, take);
  other.join();
  lasts("select that times out", 40 * ms, [&] {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(reader, &set);
    timeval limit = {0, 40'000};
    expect(select(reader + 1, &set, nullptr, nullptr, &limit) == 0 && !FD_ISSET(reader, &set), "select");
  });
  const int epoll = epoll_create1(0);
  epoll_event event = {};
  event.events = EPOLLIN;
  epoll_ctl(epoll, EPOLL_CTL_ADD, reader, &event);
  lasts("epoll that times out", 60 * ms, [&] { expect(epoll_wait(epoll, &event, 1, 60) == 0, "epoll"); });
  other = write_later();
  lasts("epoll that is woken", 70 * ms, [&] { expect(epoll_wait(epoll, &event, 1, -1) == 1, "epoll"); });
  other.join();
  take();
  pollfd empty = {eventfd(0, 0), POLLIN, 0};
  lasts("poll of an eventfd", 10 * ms, [&] { expect(poll(&empty, 1, 10) == 0, "eventfd"); });
}

void threads() {
  std::mutex mutex;
  std::condition_variable changed;
  bool flag = false;
  std::thread other = after(20'000, [&] {
    const std::lock_guard lock(mutex);
    flag = true;
    changed.notify_one();
  });
  lasts("a condition variable", 20 * ms, [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return flag; });
  });
  other.join();
  lasts("a condition variable that times out", 1000 * ms, [&] {
    std::unique_lock lock(mutex);
    expect(changed.wait_for(lock, std::chrono::seconds(1)) == std::cv_status::timeout, "wait_for");
  });
  other = after(15'000, [] {});
  lasts("a join", 15 * ms, [&] { other.join(); });
  lasts("a semaphore that times out", ms, [] {
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms;
    until.tv_sec += until.tv_nsec / 1'000'000'000;
    until.tv_nsec %= 1'000'000'000;
    expect(sem_timedwait(&semaphore, &until) == -1 && errno == ETIMEDOUT, "sem_timedwait");
  });
  volatile bool stops = false;
  std::thread spinner([&] {
    while (!stops) sched_yield();
  });
  usleep(1000);
  stops = true;
  spinner.join();
}

void signals() {
  const pthread_t self = pthread_self();
  int ends[2];
  expect(pipe(ends) == 0, "pipe");
  char byte;
  handle(SIGUSR1, 0);
  handle(SIGALRM, 0);
  const auto signal_later = [self] { return after(30'000, [self] { pthread_kill(self, SIGUSR1); }); };
  std::thread other = signal_later();
  lasts("a sleep that a signal ends", 30 * ms, [] { expect(usleep(500'000) == -1 && errno == EINTR, "EINTR"); });
  other.join();
  other = signal_later();
  lasts("a read that a signal ends", 30 * ms,
        [&] { expect(read(ends[0], &byte, 1) == -1 && errno == EINTR, "EINTR"); });
  other.join();
  other = after(30'000, [] { kill(getpid(), SIGUSR1); });
  lasts("a poll that a signal to the process ends", 30 * ms,
        [] { expect(poll(nullptr, 0, 500) == -1 && errno == EINTR, "EINTR"); });
  other.join();
  handle(SIGUSR1, SA_RESTART);
  last_signal = 0;
  other = signal_later();
  std::thread writer = after(70'000, [&] { expect(write(ends[1], "y", 1) == 1, "write"); });
  lasts("a read that goes on behind a signal", 70 * ms,
        [&] { expect(read(ends[0], &byte, 1) == 1 && last_signal == SIGUSR1, "SA_RESTART"); });
  other.join();
  writer.join();
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  lasts("sigtimedwait that times out", 90 * ms, [&] {
    const timespec limit = {0, 90 * ms};
    expect(sigtimedwait(&blocked, nullptr, &limit) == -1 && errno == EAGAIN, "sigtimedwait");
  });
  other = after(10'000, [self] { pthread_kill(self, SIGUSR2); });
  lasts("sigwait", 10 * ms, [&] {
    int number = 0;
    expect(sigwait(&blocked, &number) == 0 && number == SIGUSR2, "sigwait");
  });
  other.join();
}

void timers() {
  lasts("alarm", 2000 * ms, [] {
    alarm(2);
    pause();
  });
  lasts("an interval timer", 50 * ms, [] {
    itimerval setting = {{0, 10'000}, {0, 10'000}};
    setitimer(ITIMER_REAL, &setting, nullptr);
    for (int i = 0; i < 5; ++i) pause();
    setting = {};
    setitimer(ITIMER_REAL, &setting, nullptr);
  });
  lasts("a timer's descriptor", 50 * ms, [] {
    const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    const itimerspec setting = {{0, 20 * ms}, {0, 30 * ms}};
    timerfd_settime(timer, 0, &setting, nullptr);
    std::uint64_t count = 0;
    expect(read(timer, &count, sizeof count) == 8 && count == 1, "timerfd");
    expect(read(timer, &count, sizeof count) == 8 && count == 1, "timerfd");
    close(timer);
  });
  lasts("a timer that sends a signal", 80 * ms, [] {
    timer_t timer;
    sigevent event = {};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGALRM;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    const itimerspec setting = {{0, 0}, {0, 80 * ms}};
    timer_settime(timer, 0, &setting, nullptr);
    pause();
    timer_delete(timer);
  });
}

void children() {
  lasts("waitpid", 40 * ms, [] {
    const pid_t child = fork();
    if (child == 0) {
      usleep(40'000);
      _exit(7);
    }
    int status = 0;
    expect(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7, "waitpid");
  });
  lasts("system", 500 * ms, [] { expect(WEXITSTATUS(std::system("sleep 0.5; exit 3")) == 3, "system"); });
  lasts("popen", 200 * ms, [] {
    FILE* child = popen("sleep 0.2; echo hi", "r");
    char line[8] = {};
    expect(std::fgets(line, sizeof line, child) != nullptr && std::strcmp(line, "hi\n") == 0, "popen");
    pclose(child);
  });
}

}  // namespace

int main() {
  sleeps();
  descriptors();
  threads();
  signals();
  timers();
  children();
  std::printf("%d bad\n", bad);
  return bad == 0 ? 0 : 1;
}
