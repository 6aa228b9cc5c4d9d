#include "mznode/check/bounded.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>
#include <system_error>

#include "mznode/json/error.hpp"

namespace mznode::check {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// What the child says: how it ended, the length of the text that follows, and the text.
enum class Ending : char { answered = 'a', failed = 'f', lacks_memory = 'm' };
constexpr std::size_t head_bytes = 1 + sizeof(std::uint64_t);
/// How often the parent looks after the child, whose pipe may be held open by what others have forked meanwhile.
constexpr milliseconds look_after{100};

bool write_all(int descriptor, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(descriptor, bytes, count);
    if (written < 0 && errno != EINTR) return false;
    if (written <= 0) continue;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

/// The `field`-th number of /proc/PID/statm, in bytes: 1 is what is resident, 5 is what a limit of data counts. 0 where
/// there is none.
std::size_t memory_of(const char* process, std::size_t field) {
  const std::string path = std::string("/proc/") + process + "/statm";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  std::array<char, 256> text{};
  const ssize_t count = ::read(descriptor, text.data(), text.size() - 1);
  ::close(descriptor);
  const char* at = text.data();
  const char* const end = at + std::max<ssize_t>(count, 0);
  for (; field > 0 && at < end; ++at) field -= *at == ' ' ? 1 : 0;
  std::size_t pages = 0;
  std::from_chars(at, end, pages);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// ---- In the child.

/// Lets the process have so much more memory than it has. What has no place for all of it breaks down and is no answer.
void limit_memory(std::size_t bytes) {
  rlimit limit{};
  if (bytes == 0 || ::getrlimit(RLIMIT_DATA, &limit) != 0) return;
  const rlim_t most = memory_of("self", 5) + bytes;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, most);
  ::setrlimit(RLIMIT_DATA, &limit);
}

[[noreturn]] void answer(int descriptor, const std::function<std::string()>& work) {
  Ending ending = Ending::answered;
  std::string text;
  try {
    text = work();
  } catch (const std::bad_alloc&) {
    ending = Ending::lacks_memory;
  } catch (const std::exception& error) {
    ending = Ending::failed;
    text = mznode::describe(error);
  }
  std::array<char, head_bytes> head{};
  head[0] = static_cast<char>(ending);
  const std::uint64_t size = text.size();
  std::memcpy(head.data() + 1, &size, sizeof size);
  const bool told = write_all(descriptor, head.data(), head.size()) && write_all(descriptor, text.data(), text.size());
  ::_exit(told ? 0 : 1);
}

// ---- In the parent.

/// A child, and what it has said so far.
class BoundedChild {
 public:
  BoundedChild(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor), name_(std::to_string(pid)) {}
  BoundedChild(const BoundedChild&) = delete;
  BoundedChild& operator=(const BoundedChild&) = delete;
  ~BoundedChild() {
    ::close(descriptor_);
    if (has_ended_) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  std::size_t bytes() const { return memory_of(name_.c_str(), 1); }

  bool is_complete() const { return said_.size() >= head_bytes && said_.size() - head_bytes >= announced(); }

  /// Waits for at most `time` for more; false when no more will come.
  bool listen(milliseconds time) {
    pollfd wanted{.fd = descriptor_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(time.count()));
    if (ready > 0) return read_more();
    if (ready < 0 || !ended()) return true;
    // The end of a pipe is not seen while somebody else holds it open.
    const std::size_t before = said_.size();
    read_more();
    return said_.size() > before;
  }

  BoundedAnswer answer(const Bounds& bounds) {
    if (is_complete()) {
      std::string text = said_.substr(head_bytes);
      switch (static_cast<Ending>(said_.front())) {
        case Ending::answered: return {.answer = std::move(text)};
        case Ending::failed: return {.problem = std::move(text)};
        case Ending::lacks_memory: break;
      }
      return {.problem = memory_words(bounds)};
    }
    while (!ended()) ::poll(nullptr, 0, static_cast<int>(look_after.count()));
    const bool was_killed = WIFSIGNALED(status_);
    // Who runs out of memory within the runtime of the language aborts, and the system kills who takes all there is.
    if (was_killed && (bounds.bytes > 0 || WTERMSIG(status_) == SIGKILL)) return {.problem = memory_words(bounds)};
    return {.problem = "judging broke down" +
                       (was_killed ? " (signal " + std::to_string(WTERMSIG(status_)) + ")" : std::string())};
  }

 private:
  std::uint64_t announced() const {
    std::uint64_t size = 0;
    std::memcpy(&size, said_.data() + 1, sizeof size);
    return size;
  }

  bool read_more() {
    std::array<char, 1 << 16> bytes{};
    const ssize_t count = ::read(descriptor_, bytes.data(), bytes.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    said_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  bool ended() {
    if (has_ended_) return true;
    const pid_t reaped = ::waitpid(pid_, &status_, WNOHANG);
    // Where a host ignores the ends of its children there is nothing to wait for.
    has_ended_ = reaped == pid_ || (reaped < 0 && errno == ECHILD);
    return has_ended_;
  }

  pid_t pid_;
  int descriptor_;
  std::string name_;
  std::string said_;
  int status_ = 0;
  bool has_ended_ = false;
};

}  // namespace

std::string memory_words(const Bounds& bounds) {
  if (bounds.bytes == 0) return "judging takes more memory than there is";
  return "judging takes more than the " + std::to_string(bounds.bytes >> 20) + " MiB that it may have";
}

BoundedAnswer run_bounded(const std::function<std::string()>& work, const Bounds& bounds, const Waiting& waiting) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  const auto begin = steady_clock::now();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid == 0) {
    ::close(ends[0]);
    // Nobody waits for the answer of a caller that was ended.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    limit_memory(bounds.bytes);
    answer(ends[1], work);
  }
  ::close(ends[1]);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  BoundedChild child(pid, ends[0]);
  while (!child.is_complete()) {
    const auto elapsed = std::chrono::floor<milliseconds>(steady_clock::now() - begin);
    if (bounds.time && elapsed >= *bounds.time) return {.problem = "judging was not done in the time that it may take"};
    if (waiting) waiting(elapsed, child.bytes());
    const milliseconds left = bounds.time ? *bounds.time - elapsed : look_after;
    if (!child.listen(std::min(left, look_after))) break;
  }
  return child.answer(bounds);
}

}  // namespace mznode::check
