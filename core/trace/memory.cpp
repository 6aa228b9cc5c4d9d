#include "memory.hpp"

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>

#include "mznode/node/descriptor.hpp"

namespace mznode::trace {

bool read_memory(pid_t thread, Address from, void* to, std::size_t bytes) {
  const iovec local = {.iov_base = to, .iov_len = bytes};
  const iovec remote = {.iov_base = reinterpret_cast<void*>(from), .iov_len = bytes};
  return ::process_vm_readv(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
}

bool write_memory(pid_t thread, Address to, const void* from, std::size_t bytes) {
  const iovec local = {.iov_base = const_cast<void*>(from), .iov_len = bytes};
  const iovec remote = {.iov_base = reinterpret_cast<void*>(to), .iov_len = bytes};
  return ::process_vm_writev(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
}

bool write_code(pid_t thread, Address to, std::string_view code) {
  const std::string path = "/proc/" + std::to_string(thread) + "/mem";
  const Descriptor memory(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return memory.is_open() &&
         ::pwrite(memory.get(), code.data(), code.size(), static_cast<off_t>(to)) == static_cast<ssize_t>(code.size());
}

std::optional<std::string> read_text(pid_t thread, Address from, std::size_t limit) {
  std::string text;
  while (from != 0 && text.size() < limit) {
    constexpr std::size_t page = 4096;  // what lies behind its end may not be readable
    char piece[256];
    const std::size_t bytes = std::min(sizeof piece, page - from % page);
    if (!read_memory(thread, from, piece, bytes)) return std::nullopt;
    const auto* end = std::find(piece, piece + bytes, '\0');
    text.append(piece, static_cast<std::size_t>(end - piece));
    if (end != piece + bytes) return text;
    from += bytes;
  }
  return std::nullopt;
}

}  // namespace mznode::trace
