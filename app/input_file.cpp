#include "input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "gunzip.hpp"

namespace mznode::app {
namespace {

/// UTF-16 is full of NUL. Who reads the text knows better what to do about it.
bool is_utf16(const std::string& text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

void demand_text(const std::string& text, std::size_t from) {
  if (is_utf16(text)) return;
  if (const std::size_t nul = text.find('\0', from); nul != std::string::npos) {
    throw NoText("it is no text: byte " + std::to_string(nul) + " is NUL");
  }
}

[[noreturn]] void fail() {
  throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno));
}

}  // namespace

Input::Input(const std::string& path)
    : file_(path == "-" ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
      descriptor_(path == "-" ? STDIN_FILENO : file_.get()) {
  if (descriptor_ < 0) fail();
}

std::size_t Input::read_some(char* bytes, std::size_t most) const {
  for (;;) {
    const ssize_t count = ::read(descriptor_, bytes, most);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) fail();
  }
}

std::size_t Input::read(char* bytes, std::size_t most) const {
  std::size_t done = 0;
  while (done < most) {
    const std::size_t count = read_some(bytes + done, most - done);
    if (count == 0) break;
    done += count;
  }
  return done;
}

std::optional<std::size_t> Input::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail();
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::size_t>(status.st_size);
}

void refuse_size(std::size_t max_bytes, const std::string& advice) {
  throw std::runtime_error("it is larger than " + std::to_string(max_bytes >> 20) + " MiB" +
                           (advice.empty() ? "" : "; " + advice));
}

std::string read_file(const std::string& path, std::size_t max_bytes, const std::string& advice, Content content) {
  // Piece by piece, because devices and pipes have no size.
  constexpr std::size_t piece = std::size_t{1} << 20;
  const Input input(path);
  std::string text;
  // Of standard input a part may have been read.
  const std::size_t size = path == "-" ? 0 : input.size().value_or(0);
  if (size > max_bytes) refuse_size(max_bytes, advice);
  text.reserve(size);
  bool is_compressed = false;
  for (;;) {
    const std::size_t read = text.size();
    text.resize(read + piece);
    text.resize(read + input.read(text.data() + read, piece));
    if (read == 0) is_compressed = is_gzip(text);
    if (!is_compressed && content == Content::text) demand_text(text, read);
    if (text.size() > max_bytes) refuse_size(max_bytes, advice);
    if (text.size() < read + piece) break;
  }
  if (!is_compressed) return text;
  text = gunzip(text, max_bytes);
  if (content == Content::text) demand_text(text, 0);
  return text;
}

}  // namespace mznode::app
