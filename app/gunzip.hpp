#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mznode::app {

/// Whether bytes begin as those that gzip writes.
bool is_gzip(std::string_view bytes);

/// What gzip has compressed (RFC 1952, RFC 1951), of one member or several behind each other. Throws std::runtime_error
/// where `bytes` are none, end too early, differ from their checksum, or become more than `max_bytes`.
std::string gunzip(std::string_view bytes, std::size_t max_bytes);

}  // namespace mznode::app
