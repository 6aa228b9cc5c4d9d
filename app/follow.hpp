#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "judged.hpp"

namespace mznode::app {

/// A history that somebody is writing.
struct FollowedHistory {
  /// - is standard input.
  std::string path;
  std::size_t max_bytes = 0;
  /// Whether beginnings of it are judged (check::judges_prefixes), or only what there is in the end.
  bool judges_prefixes = true;
  /// For how long; nothing for as long as it is written.
  std::optional<std::chrono::milliseconds> time = std::nullopt;
};

/// Judges a history while it is written, an operation a line: all lines that are complete, again and again, and never
/// for more than half of the time. Ends at the first violation that nothing can take back, at a line that cannot be
/// read, at the end of a pipe, when the time is up, and where the user interrupts it, with the verdict on what there
/// is. `judge` judges a text. Throws std::runtime_error for what cannot be read.
Judged follow(const FollowedHistory& followed, const std::function<Judged(const std::string& text)>& judge);

}  // namespace mznode::app
