#pragma once

#include <cstddef>
#include <string>

namespace mznode::app {

enum class Content : bool { text, bytes };

/// The text of a file that a user names, or its bytes; `-` is standard input. What gzip has compressed is decompressed.
/// Throws std::runtime_error for what cannot be read, is no text where one is wanted, or is larger than `max_bytes`,
/// compressed or not; then `advice` says what to do, if anything.
std::string read_file(const std::string& path, std::size_t max_bytes, const std::string& advice = {},
                      Content content = Content::text);

}  // namespace mznode::app
