#include "mznode/trace/tracer_thread.hpp"

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <utility>

namespace mznode::trace {
namespace {

/// What ends the program or asks it something is the main thread's to hear.
void leave_signals_to_others() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaddset(&set, each);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

/// As long as a processor needs for a hundred steps, about.
void pause_a_moment() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// Turns are short, and waking a thread up takes as long as many of them: who waits looks again and again for some tens
/// of microseconds before it sleeps. It does not yield, since the system would hand a whole slice of time to others.
template <class Is>
void look_for(const Is& is) {
  constexpr int looks = 4000;
  for (int i = 0; i < looks && !is(); ++i) pause_a_moment();
}

}  // namespace

TracerThread::TracerThread() {
  std::promise<void> begun;
  std::future<void> is_begun = begun.get_future();
  thread_ = std::thread([this, begun = std::move(begun)]() mutable { run(std::move(begun)); });
  try {
    is_begun.get();
  } catch (...) {
    thread_.join();
    throw;
  }
}

TracerThread::~TracerThread() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  posted_.notify_one();
  thread_.join();
}

void TracerThread::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    works_.push_back(std::move(work));
    is_idle_ = false;
  }
  posted_.notify_one();
}

void TracerThread::wait(const std::future<void>& end) {
  look_for([&] { return end.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  end.wait();
}

void TracerThread::run(std::promise<void> begun) {
  leave_signals_to_others();
  try {
    Tracer tracer;
    begun.set_value();
    for (Work work; next(work);) work(tracer);
  } catch (...) {
    begun.set_exception(std::current_exception());
  }
}

bool TracerThread::next(Work& work) {
  look_for([this] { return !is_idle_; });
  std::unique_lock lock(mutex_);
  posted_.wait(lock, [this] { return ends_ || !works_.empty(); });
  if (works_.empty()) return false;
  work = std::move(works_.front());
  works_.pop_front();
  is_idle_ = works_.empty();
  return true;
}

}  // namespace mznode::trace
