#include "entropy.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace mznode::trace {

std::uint64_t Entropy::bits() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string Entropy::bytes(std::size_t count) {
  std::string text(count, '\0');
  for (std::size_t at = 0; at < count; at += sizeof(std::uint64_t)) {
    const std::uint64_t drawn = bits();
    std::memcpy(text.data() + at, &drawn, std::min(sizeof drawn, count - at));
  }
  return text;
}

int Entropy::file() {
  // Nobody reads more: it is the seed of a generator, or a key.
  constexpr std::size_t file_bytes = 64 << 10;
  constexpr std::size_t kept = 16;
  Descriptor made(::memfd_create("mznode-random", MFD_CLOEXEC));
  if (!made.is_open()) return -1;
  const std::string text = bytes(file_bytes);
  if (::write(made.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) return -1;
  files_.push_back(std::move(made));
  if (files_.size() > kept) files_.pop_front();
  return files_.back().get();
}

}  // namespace mznode::trace
