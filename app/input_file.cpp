#include "input_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace mznode::app {

std::string read_file(const std::string& path, std::size_t max_bytes, const std::string& advice) {
  // Piece by piece, because devices and pipes have no size.
  constexpr std::size_t piece = std::size_t{1} << 20;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno));
  std::string text;
  std::error_code no_size;
  const auto size = std::filesystem::file_size(path, no_size);
  const auto refuse_size = [&] {
    throw std::runtime_error("it is larger than " + std::to_string(max_bytes >> 20) + " MiB" +
                             (advice.empty() ? "" : "; " + advice));
  };
  if (!no_size && size > max_bytes) refuse_size();
  if (!no_size) text.reserve(size);
  for (;;) {
    const std::size_t read = text.size();
    text.resize(read + piece);
    file.read(text.data() + read, static_cast<std::streamsize>(piece));
    text.resize(read + static_cast<std::size_t>(file.gcount()));
    if (const std::size_t nul = text.find('\0', read); nul != std::string::npos) {
      throw std::runtime_error("it is no text: byte " + std::to_string(nul) + " is NUL");
    }
    if (text.size() > max_bytes) refuse_size();
    if (file.eof()) return text;
    if (!file) throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno));
  }
}

}  // namespace mznode::app
