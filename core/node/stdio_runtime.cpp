#include "mznode/node/stdio_runtime.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "file_storage.hpp"
#include "mznode/node/envelope.hpp"

namespace mznode {
namespace {

/// Reading pauses while this much output waits for a slow reader.
constexpr std::size_t max_unsent_bytes = 8 << 20;
/// Above this, waiting for the reader comes before reading on, but only for a moment: a peer that writes all its
/// requests before it reads the first reply must not be locked out.
constexpr std::size_t ample_unsent_bytes = 256 << 10;
constexpr timespec patience = {0, 1'000'000};
/// A buffer that one long reply has blown up is given back above this size.
constexpr std::size_t max_idle_output_bytes = 1 << 20;

constexpr std::array<std::string_view, 6> level_names = {"trace", "debug", "info", "warn", "error", "off"};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  return static_cast<spdlog::level::level_enum>(level);
}
static_assert(static_cast<int>(LogLevel::warn) == SPDLOG_LEVEL_WARN &&
              static_cast<int>(LogLevel::error) == SPDLOG_LEVEL_ERROR);

volatile std::sig_atomic_t caught_signal = 0;
volatile std::sig_atomic_t wake_descriptor = -1;

void wake(int descriptor) {
  const std::uint64_t one = 1;
  // Full means that a wake-up is pending already.
  [[maybe_unused]] const auto written = ::write(descriptor, &one, sizeof one);
}

void on_signal(int signal) {
  const int saved_errno = errno;
  caught_signal = signal;
  wake(wake_descriptor);
  errno = saved_errno;
}

}  // namespace

struct StdioRuntime::Logger {
  explicit Logger(LogLevel level) : logger("mznode", std::make_shared<spdlog::sinks::stderr_sink_st>()) {
    logger.set_level(to_spdlog(level));
    logger.set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  }
  spdlog::logger logger;
};

/// What the loop changes for the whole program, undone when it goes: the dispositions of signals and the flags of the
/// output, which may be a terminal that others write to.
class StdioRuntime::Signals {
 public:
  explicit Signals(int output) : output_(output), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    wake_descriptor = wake_;
    caught_signal = 0;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    ::sigaction(SIGTERM, &action, &terminate_);
    ::sigaction(SIGINT, &action, &interrupt_);
    action.sa_handler = SIG_IGN;  // a closed output is an error of write()
    ::sigaction(SIGPIPE, &action, &pipe_);
    ::sigaction(SIGXFSZ, &action, &file_size_);  // and so is a file that would grow above the limit (ulimit -f)
    flags_ = ::fcntl(output_, F_GETFL);
    // A pipe that poll() calls writable takes 4096 bytes for sure; more would block the loop.
    if (flags_ >= 0) ::fcntl(output_, F_SETFL, flags_ | O_NONBLOCK);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() {
    if (flags_ >= 0) ::fcntl(output_, F_SETFL, flags_);
    ::sigaction(SIGTERM, &terminate_, nullptr);
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGPIPE, &pipe_, nullptr);
    ::sigaction(SIGXFSZ, &file_size_, nullptr);
    wake_descriptor = -1;
    ::close(wake_);
  }

  int wake_fd() const { return wake_; }
  void clear_wake() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_, &count, sizeof count);
  }

 private:
  int output_;
  int wake_;
  int flags_ = -1;
  struct sigaction terminate_ = {};
  struct sigaction interrupt_ = {};
  struct sigaction pipe_ = {};
  struct sigaction file_size_ = {};
};

StdioRuntime::StdioRuntime() : StdioRuntime(Options()) {}

StdioRuntime::StdioRuntime(const Options& options) : options_(options) {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device()};
  random_.seed(seed);
}

StdioRuntime::~StdioRuntime() = default;

Time StdioRuntime::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

std::int64_t StdioRuntime::wall_time_ns() const {
  return std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TextBuffer& StdioRuntime::begin_message(std::string_view src, std::string_view dest) {
  out_.truncate(complete_);
  if (src != head_src_ || head_.size() == 0) {
    head_src_ = src;
    head_.clear();
    envelope::append_sender(head_, src);
  }
  out_ += head_.view();
  envelope::append_receiver(out_, dest);
  return out_;
}

void StdioRuntime::finish_message() {
  envelope::close_line(out_);
  complete_ = out_.size();
}

void StdioRuntime::offload(std::function<void()> work, std::function<void()> done) {
  if (!signals_) throw std::logic_error("offload needs a running runtime");
  if (!pool_) {
    const int descriptor = signals_->wake_fd();
    pool_ = std::make_unique<ThreadPool>(options_.threads, [descriptor] { wake(descriptor); });
  }
  pool_->submit(std::move(work), std::move(done));
}

void StdioRuntime::log(LogLevel level, std::string_view text) {
  if (!logs(level)) return;
  if (!logger_) logger_ = std::make_unique<Logger>(options_.log_level);
  logger_->logger.log(to_spdlog(level), "{}", text);
}

bool StdioRuntime::congested() const {
  return unsent() > max_unsent_bytes;
}

StdioRuntime::Write StdioRuntime::flush() {
  while (unsent() > 0) {
    const ssize_t written = ::write(options_.output, out_.data() + sent_, unsent());
    if (written >= 0) {
      sent_ += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Moving no more than has been sent keeps the cost of a byte constant.
      if (sent_ >= unsent()) {
        out_.erase_front(sent_);
        complete_ -= sent_;
        sent_ = 0;
      }
      return Write::blocked;
    } else if (errno != EINTR) {
      return Write::closed;
    }
  }
  out_.clear();
  complete_ = sent_ = 0;
  if (out_.capacity() > max_idle_output_bytes) out_.release();
  return Write::done;
}

void StdioRuntime::handle_lines(Process& process) {
  std::string_view line;
  while (!congested() && !has_storage_failed_) {
    more_lines_ = in_.next(line);
    if (!more_lines_) return;
    process.receive(line);
  }
  more_lines_ = true;
}

void StdioRuntime::run_due_timers() {
  if (!timers_.next()) return;
  const Time time = now();  // read once: timers that these callbacks set wait for the next turn
  while (timers_.run_due(time)) {
  }
}

bool StdioRuntime::read_input() {
  const auto room = in_.room();
  const ssize_t got = ::read(options_.input, room.data(), room.size());
  if (got == 0) return false;
  if (got < 0) {
    if (errno == EINTR || errno == EAGAIN) return true;
    log(LogLevel::error, std::string("cannot read the input: ") + std::strerror(errno));
    return false;
  }
  in_.filled(static_cast<std::size_t>(got));
  if (in_.skipped() != reported_long_lines_) {
    reported_long_lines_ = in_.skipped();
    log(LogLevel::error, "ignored a line of more than " + std::to_string(LineBuffer::max_line_bytes) + " bytes");
  }
  more_lines_ = true;
  return true;
}

/// Waits up to a moment for the reader to take some of what waits for it; true when it has.
bool StdioRuntime::reader_catches_up() const {
  pollfd output = {options_.output, POLLOUT, 0};
  return ::ppoll(&output, 1, &patience, nullptr) > 0;
}

void StdioRuntime::wait_for_events(bool for_input) {
  using Interest = Poller::Interest;
  input_ready_ = false;
  if (unsent() > ample_unsent_bytes && reader_catches_up()) return;
  const bool may_read = for_input && !congested();
  poller_.watch(Poller::input, options_.input, may_read ? Interest::readable : Interest::nothing);
  // That nobody reads any more is reported in any case.
  poller_.watch(Poller::output, options_.output, unsent() > 0 ? Interest::writable : Interest::errors);
  std::optional<Duration> timeout;
  if (more_lines_ && !congested()) {
    timeout = Duration::zero();
  } else if (const auto next = for_input ? timers_.next() : std::nullopt) {  // none runs behind the end of the input
    timeout = *next - now();
  }
  poller_.wait(timeout);
  input_ready_ = poller_.is_ready(Poller::input);
  output_closed_ = poller_.has_error(Poller::output);
  if (poller_.is_ready(Poller::waker)) {
    signals_->clear_wake();
    if (pool_) pool_->finish();
  }
}

int StdioRuntime::loop(Process& process) {
  for (;;) {
    handle_lines(process);
    run_due_timers();
    // A reader that goes while there is nothing to write is noticed by the wait.
    if (flush() == Write::closed || output_closed_) {
      log(LogLevel::error, "nobody reads the output any more");
      return 1;
    }
    if (has_storage_failed_) return exit_storage_failed;
    wait_for_events(true);
    if (caught_signal != 0) return 128 + caught_signal;
    if (input_ready_ && !read_input()) return drain(process);
  }
}

/// After the end of the input: answers what it held, waits for offloaded work, and writes what is left.
int StdioRuntime::drain(Process& process) {
  std::string_view line;
  bool closed = false;
  for (;;) {
    handle_lines(process);
    if (!more_lines_ && !closed) {
      if (in_.last(line)) process.receive(line);
      process.close();
      closed = true;
    }
    const bool working = more_lines_ || (pool_ && pool_->outstanding() > 0);
    const Write write = flush();
    if (write == Write::closed || output_closed_) return 1;
    if (has_storage_failed_) return exit_storage_failed;
    if (!working && write == Write::done) return 0;
    wait_for_events(false);
    if (caught_signal != 0) return 128 + caught_signal;
  }
}

int StdioRuntime::run(Process& process) {
  signals_ = std::make_unique<Signals>(options_.output);
  poller_.watch(Poller::waker, signals_->wake_fd(), Poller::Interest::readable);
  const int code = loop(process);
  if (code > 128) flush();
  pool_.reset();
  poller_.watch(Poller::waker, signals_->wake_fd(), Poller::Interest::nothing);
  signals_.reset();
  return code;
}

/// What the node has said so far is true; it must say no more.
void StdioRuntime::fail_storage(const std::string& why) {
  log(LogLevel::error, "this node stops: " + why +
                           ". Nothing that is not stored was acknowledged; when the disk has room and takes what is "
                           "written, start the node again");
  has_storage_failed_ = true;
}

std::unique_ptr<Storage> StdioRuntime::open_storage(const std::string& node, const std::vector<std::string>& cluster) {
  if (options_.data_dir.empty()) return std::make_unique<NoStorage>();
  if (!can_name_a_file(node)) {
    throw std::runtime_error("no directory in --data-dir can be called \"" + node +
                             "\": give the node a name without / and without . at its beginning");
  }
  StorageOwner owner = options_.data_owner;
  std::string members;
  for (const std::string& member : cluster) members += (members.empty() ? "" : " ") + member;
  owner.emplace_back("cluster", members);
  owner.emplace_back("node", node);
  FileStorage::World world;
  world.offload = [this](std::function<void()> work, std::function<void()> done) {
    offload(std::move(work), std::move(done));
  };
  world.on_error = [this](const std::string& why) { fail_storage(why); };
  world.on_refusal = [this] { has_storage_failed_ = true; };
  world.on_warning = [this](const std::string& what) { log(LogLevel::warn, what); };
  try {
    return std::make_unique<FileStorage>(options_.data_dir + "/" + node, std::move(owner), std::move(world));
  } catch (...) {
    has_storage_failed_ = true;
    throw;
  }
}

std::optional<LogLevel> parse_log_level(std::string_view name) {
  const auto found = std::find(level_names.begin(), level_names.end(), name);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<LogLevel>(found - level_names.begin());
}

}  // namespace mznode
