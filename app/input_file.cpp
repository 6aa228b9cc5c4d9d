#include "input_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "gunzip.hpp"

namespace mznode::app {
namespace {

void demand_text(const std::string& text, std::size_t from) {
  if (const std::size_t nul = text.find('\0', from); nul != std::string::npos) {
    throw std::runtime_error("it is no text: byte " + std::to_string(nul) + " is NUL");
  }
}

}  // namespace

std::string read_file(const std::string& path, std::size_t max_bytes, const std::string& advice) {
  // Piece by piece, because devices and pipes have no size.
  constexpr std::size_t piece = std::size_t{1} << 20;
  const bool is_standard_input = path == "-";
  errno = 0;
  std::ifstream file;
  if (!is_standard_input) file.open(path, std::ios::binary);
  std::istream& input = is_standard_input ? std::cin : file;
  if (!input) throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno));
  std::string text;
  std::error_code no_size;
  const auto size = is_standard_input ? 0 : std::filesystem::file_size(path, no_size);
  const auto refuse_size = [&] {
    throw std::runtime_error("it is larger than " + std::to_string(max_bytes >> 20) + " MiB" +
                             (advice.empty() ? "" : "; " + advice));
  };
  if (!no_size && size > max_bytes) refuse_size();
  if (!no_size) text.reserve(size);
  bool is_compressed = false;
  for (;;) {
    const std::size_t read = text.size();
    text.resize(read + piece);
    input.read(text.data() + read, static_cast<std::streamsize>(piece));
    text.resize(read + static_cast<std::size_t>(input.gcount()));
    if (read == 0) is_compressed = is_gzip(text);
    if (!is_compressed) demand_text(text, read);
    if (text.size() > max_bytes) refuse_size();
    if (input.eof()) break;
    if (!input) throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno));
  }
  if (!is_compressed) return text;
  text = gunzip(text, max_bytes);
  demand_text(text, 0);
  return text;
}

}  // namespace mznode::app
