#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

#include "mznode/node/descriptor.hpp"

namespace mznode::app {

/// A file that a user names, to be read; `-` is standard input. The library's streams take an error for the end, and a
/// verdict on a part would look like one on the whole. All throw std::runtime_error, which says why.
class Input {
 public:
  explicit Input(const std::string& path);

  int descriptor() const { return descriptor_; }
  /// The size of a file, in bytes; none of a pipe or a device.
  std::optional<std::size_t> size() const;
  /// Reads what there is, `most` bytes at most, and gives their number; 0 at the end.
  std::size_t read_some(char* bytes, std::size_t most) const;
  /// Reads `most` bytes, or fewer when the end comes first, and gives their number.
  std::size_t read(char* bytes, std::size_t most) const;

 private:
  Descriptor file_;
  int descriptor_;
};

/// Throws std::runtime_error about an input beyond `max_bytes`; `advice` says what to do, if anything.
[[noreturn]] void refuse_size(std::size_t max_bytes, const std::string& advice);

/// What holds something else than text.
class NoText : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Content : bool { text, bytes };

/// The text of a file that a user names, or its bytes; `-` is standard input. What gzip has compressed is decompressed.
/// Throws std::runtime_error for what cannot be read, is no text where one is wanted, or is larger than `max_bytes`,
/// compressed or not; then `advice` says what to do, if anything. What is no text is a NoText.
std::string read_file(const std::string& path, std::size_t max_bytes, const std::string& advice = {},
                      Content content = Content::text);

}  // namespace mznode::app
