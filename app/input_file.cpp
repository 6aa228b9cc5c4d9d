#include "input_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "gunzip.hpp"

namespace mznode::app {
namespace {

void demand_text(const std::string& text, std::size_t from) {
  if (const std::size_t nul = text.find('\0', from); nul != std::string::npos) {
    throw std::runtime_error("it is no text: byte " + std::to_string(nul) + " is NUL");
  }
}

/// A file that is read. The library's streams take an error for the end, and a verdict on a part would look like one on
/// the whole.
class Input {
 public:
  /// Throws std::runtime_error when it could not be opened, as `errno` says why.
  explicit Input(int descriptor) : descriptor_(descriptor) {
    if (descriptor < 0) fail();
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  }

  /// Reads `most` bytes, or fewer when the end comes first, and gives their number. Throws std::runtime_error.
  std::size_t read(char* bytes, std::size_t most) const {
    std::size_t done = 0;
    while (done < most) {
      const ssize_t count = ::read(descriptor_, bytes + done, most - done);
      if (count == 0) break;
      if (count < 0 && errno != EINTR) fail();
      if (count > 0) done += static_cast<std::size_t>(count);
    }
    return done;
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error(std::string("cannot be read: ") + std::strerror(errno)); }

  int descriptor_;
};

}  // namespace

std::string read_file(const std::string& path, std::size_t max_bytes, const std::string& advice, Content content) {
  // Piece by piece, because devices and pipes have no size.
  constexpr std::size_t piece = std::size_t{1} << 20;
  const bool is_standard_input = path == "-";
  const Input input(is_standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
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
    text.resize(read + input.read(text.data() + read, piece));
    if (read == 0) is_compressed = is_gzip(text);
    if (!is_compressed && content == Content::text) demand_text(text, read);
    if (text.size() > max_bytes) refuse_size();
    if (text.size() < read + piece) break;
  }
  if (!is_compressed) return text;
  text = gunzip(text, max_bytes);
  if (content == Content::text) demand_text(text, 0);
  return text;
}

}  // namespace mznode::app
