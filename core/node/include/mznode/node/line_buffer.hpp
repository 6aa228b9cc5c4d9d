#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace mznode {

/// Cuts a stream of bytes into lines without copying them. A line can be as long as memory allows up to a limit; a
/// longer one is passed over and counted.
class LineBuffer {
 public:
  static constexpr std::size_t max_line_bytes = std::size_t{256} << 20;

  explicit LineBuffer(std::size_t limit = max_line_bytes);

  /// Where the next bytes of the stream go; never empty. Invalidates lines.
  std::span<char> room();
  /// Says how many bytes were put there.
  void filled(std::size_t bytes);
  /// The next complete line without its line break. The byte behind it is readable and a newline; it stays valid until
  /// room() is called.
  bool next(std::string_view& line);
  /// At the end of the stream: what is left behind the last newline, if anything is.
  bool last(std::string_view& line);
  /// The beginning of a line whose end has not come. Valid until room() is called.
  std::string_view unfinished() const;
  /// How many lines were too long.
  std::size_t skipped() const { return skipped_; }

 private:
  // A pipe holds 64 KiB, so a larger read gains nothing, and a small buffer stays in the cache.
  static constexpr std::size_t min_room = 64 << 10;
  static constexpr std::size_t initial_capacity = 2 * min_room;

  void grow(std::size_t capacity);

  std::size_t limit_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;     // of the first byte that is not handed out
  std::size_t searched_ = 0;  // there is no newline between begin_ and here
  std::size_t end_ = 0;
  bool skipping_ = false;
  std::size_t skipped_ = 0;
};

}  // namespace mznode
