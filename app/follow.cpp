#include "follow.hpp"

#include <poll.h>

#include <array>
#include <stdexcept>

#include "gunzip.hpp"
#include "input_file.hpp"
#include "interrupt.hpp"
#include "mznode/json/printable.hpp"
#include "progress.hpp"

namespace mznode::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often one looks for an interrupt, and for more in a file, which says nothing of it.
constexpr milliseconds follow_tick{100};

class GrowingText {
 public:
  GrowingText(const std::string& path, std::size_t max_bytes)
      : input_(path), is_file_(path != "-" && input_.size().has_value()), max_bytes_(max_bytes) {}

  /// Takes what there is, and waits a follow_tick where there is nothing; false at the end of standard input or a pipe.
  /// A file that was named has none: it may grow.
  bool read_more() {
    pollfd wanted{.fd = input_.descriptor(), .events = POLLIN, .revents = 0};
    if (!is_file_ && ::poll(&wanted, 1, static_cast<int>(follow_tick.count())) <= 0) return true;
    bool has_more = true;
    for (bool is_first = true; has_more; is_first = false) {
      std::array<char, 1 << 16> bytes{};
      const std::size_t count = input_.read_some(bytes.data(), bytes.size());
      if (count == 0 && !is_file_) return false;
      if (count == 0) {
        demand_growth();
        if (is_first) ::poll(nullptr, 0, static_cast<int>(follow_tick.count()));
        return true;
      }
      text_.append(bytes.data(), count);
      demand_text();
      has_more = is_file_ || ::poll(&wanted, 1, 0) > 0;
    }
    return true;
  }

  const std::string& text() const { return text_; }
  /// The size of the lines that are complete.
  std::size_t complete() const {
    const std::size_t end = text_.rfind('\n');
    return end == std::string::npos ? 0 : end + 1;
  }

 private:
  void demand_growth() const {
    if (input_.size() < text_.size()) {
      throw std::runtime_error("it has become shorter while it was followed");
    }
  }

  void demand_text() const {
    if (is_gzip(text_)) throw std::runtime_error("--follow takes a text, not what gzip has compressed");
    if (text_.size() > max_bytes_) refuse_size(max_bytes_, "--max-file-size allows for more");
  }

  Input input_;
  bool is_file_;
  std::size_t max_bytes_;
  std::string text_;
};

/// What stands behind the last line break counts where it is whole.
Judged judge_to_the_end(const GrowingText& growing, const std::function<Judged(const std::string& text)>& judge) {
  const std::string lines = growing.text().substr(0, growing.complete());
  if (lines.size() == growing.text().size()) return judge(lines);
  Judged all = judge(growing.text());
  return all.valid == check::Valid::unknown ? judge(lines) : all;
}

}  // namespace

Judged follow(const FollowedHistory& followed, const std::function<Judged(const std::string& text)>& judge) {
  stop_on_signals();
  const auto begin = steady_clock::now();
  GrowingText growing(followed.path, followed.max_bytes);
  ProgressLine progress;
  std::size_t judged_bytes = 0;
  auto next = begin;
  for (;;) {
    const bool goes_on = growing.read_more();
    const auto now = steady_clock::now();
    // What is half written when the user has seen enough is no mistake; at the end of a pipe it is.
    if (!goes_on) return judge(growing.text());
    const bool is_over = was_interrupted() || (followed.time && now - begin >= *followed.time);
    const std::size_t complete = growing.complete();
    if (is_over) return judge_to_the_end(growing, judge);
    if (!followed.judges_prefixes || complete == judged_bytes || now < next) continue;
    Judged judged = judge(growing.text().substr(0, complete));
    if (judged.is_final) return judged;
    judged_bytes = complete;
    // As long a rest as the work took: to judge a long history again and again takes no more than half of the time.
    const auto end = steady_clock::now();
    next = end + (end - now);
    progress.show("following " + printable(followed.path) + ": " + judged_word(judged.valid) + " so far, with " +
                  std::to_string(complete >> 10) + " KiB");
  }
}

}  // namespace mznode::app
