#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

/// Judging with a bound on the time and the memory that all of it takes.
namespace mznode::check {

struct Bounds {
  /// From the begin to the end of the work; none for any time.
  std::optional<std::chrono::milliseconds> time = std::nullopt;
  /// What the work may hold beyond what the program held before; 0 for any.
  std::size_t bytes = 0;

  bool any() const { return time.has_value() || bytes > 0; }
};

/// What came of bounded work: its answer, or why there is none, in a line.
struct BoundedAnswer {
  std::optional<std::string> answer = std::nullopt;
  std::string problem = {};
};

/// Why there is no answer where the memory within the bounds does not suffice, in a line.
std::string memory_words(const Bounds& bounds);

/// Told from time to time while the work goes on: for how long it has, and how much memory it holds, in bytes.
using Waiting = std::function<void(std::chrono::milliseconds elapsed, std::size_t bytes)>;

/// Runs the work in a process of its own, which is ended where the time is up, cannot have more memory than it may, and
/// takes nothing with it when it breaks down. Of what the work does only its answer comes back, and what it writes to
/// files. It must start no threads; the caller may have some. What it throws is no answer but a problem.
BoundedAnswer run_bounded(const std::function<std::string()>& work, const Bounds& bounds, const Waiting& waiting = {});

}  // namespace mznode::check
