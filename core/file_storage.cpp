#include "file_storage.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "descriptor.hpp"

namespace mznode {
namespace {

namespace fs = std::filesystem;

enum class Kind : char { append = 'a', replace = 'r' };

// A record in a file: a head of three numbers, four bytes each with the lowest first, and its content: the kind and the
// record itself. The numbers are the length of the content, the checksum of that number, and the checksum of the content.
constexpr std::size_t head_size = 12;
constexpr std::size_t max_record_bytes = std::size_t{1} << 30;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0u);
    table[byte] = value;
  }
  return table;
}

/// CRC-32C (RFC 3720, appendix B.4).
std::uint32_t crc32c(std::string_view bytes) {
  static constexpr auto table = make_crc_table();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

void put_number(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}
std::uint32_t get_number(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

void encode_record(std::string& out, Kind kind, std::string_view record) {
  std::string content(1, static_cast<char>(kind));
  content += record;
  std::string length;
  put_number(length, static_cast<std::uint32_t>(content.size()));
  out += length;
  put_number(out, crc32c(length));
  put_number(out, crc32c(content));
  out += content;
}

/// Whether the disk wrote less of these bytes of a file than the file has: a sector that was never written reads as zeros.
bool lacks_a_sector(std::string_view file, std::size_t begin, std::size_t end) {
  constexpr std::size_t sector = 512;
  while (begin < end) {
    const std::size_t next = std::min(end, (begin / sector + 1) * sector);
    if (file.substr(begin, next - begin).find_first_not_of('\0') == std::string_view::npos) return true;
    begin = next;
  }
  return false;
}

enum class State { whole, cut_short, damaged };
struct Found {
  State state;
  std::string_view content = {};
};

/// The record that begins at a place of a file. One that a dying process or machine left is cut short, and was never
/// acknowledged; any other that is not whole the disk has damaged since.
Found find_record(std::string_view file, std::size_t at) {
  const auto broken = [&](std::size_t end) -> Found {
    return {lacks_a_sector(file, at, end) ? State::cut_short : State::damaged};
  };
  if (file.size() - at < head_size) return {State::cut_short};
  const std::string_view head = file.substr(at, head_size);
  const std::size_t begin = at + head_size;
  if (crc32c(head.substr(0, 4)) != get_number(head.substr(4))) return broken(begin);
  const std::size_t length = get_number(head);
  if (length > file.size() - begin) return {State::cut_short};
  const std::string_view content = file.substr(begin, length);
  if (content.empty() || crc32c(content) != get_number(head.substr(8))) return broken(begin + length);
  return {State::whole, content};
}

struct Contents {
  bool begins_with_replacement = false;
  std::vector<std::string> records = {};
  std::size_t valid_bytes = 0;
  bool is_damaged = false;
};

/// The records up to the first that is not whole.
Contents decode_records(std::string_view file) {
  Contents contents;
  while (contents.valid_bytes < file.size()) {
    const auto [state, content] = find_record(file, contents.valid_bytes);
    contents.is_damaged = state == State::damaged;
    if (state != State::whole) break;
    if (contents.records.empty()) contents.begins_with_replacement = content[0] == static_cast<char>(Kind::replace);
    contents.records.emplace_back(content.substr(1));
    contents.valid_bytes += head_size + content.size();
  }
  return contents;
}

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw std::runtime_error(what + " " + path.string() + ": " + std::strerror(errno));
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read", path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Descriptor open_file(const fs::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0644));
  if (!file.is_open()) fail("cannot open", path);
  return file;
}

}  // namespace

/// The files. Segment 1 begins with nothing, every later one with a replacement, so that the newest that begins well
/// holds all there is.
class FileStorage::Segments {
 public:
  explicit Segments(fs::path directory) : directory_(std::move(directory)) {
    fs::create_directories(directory_);
    lock_ = open_file(directory_ / "lock", O_RDWR | O_CREAT);
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      throw std::runtime_error("another process uses " + directory_.string() +
                               "; give every run a directory of its own");
    }
  }

  std::vector<std::string> open() {
    Contents contents = read_newest();
    file_ = open_file(path_of(number_), O_WRONLY | O_CREAT | O_APPEND);
    // What is written now must not stand behind a record that is cut short.
    if (::ftruncate(file_.get(), static_cast<off_t>(contents.valid_bytes)) != 0) fail("cannot cut", path_of(number_));
    make_durable();
    remove_others();
    return std::move(contents.records);
  }

  void write(bool replaces, std::string_view bytes) {
    if (replaces) file_ = open_file(path_of(++number_), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    while (!bytes.empty()) {
      const auto written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail("cannot write to", path_of(number_));
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!replaces) {
      if (::fdatasync(file_.get()) != 0) fail("cannot sync", path_of(number_));
      return;
    }
    make_durable();
    remove_others();
  }

 private:
  fs::path path_of(std::uint64_t number) const { return directory_ / (std::to_string(number) + ".log"); }

  /// The newest segment that holds anything, or segment 1 of a new directory; number_ is its number. Going back to an
  /// older one is right only after a replacement that was cut short: it stays until the newer one is durable.
  Contents read_newest() {
    number_ = 1;
    const std::vector<std::uint64_t> numbers = list();
    for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
      number_ = *number;
      Contents contents = decode_records(read_file(path_of(number_)));
      if (contents.is_damaged) refuse("is damaged behind byte " + std::to_string(contents.valid_bytes));
      if (contents.begins_with_replacement || number_ == 1) return contents;
    }
    if (!numbers.empty()) refuse("does not have the records that it began with");
    return {};
  }

  /// A node that forgot what it acknowledged would break what it promised, so it must not start.
  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(path_of(number_).string() + " " + what +
                             "; put back a copy of it, or delete its directory: this node then starts as one that has "
                             "lost its memory");
  }

  std::vector<std::uint64_t> list() const {
    std::vector<std::uint64_t> numbers;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      const std::string name = entry.path().stem().string();
      std::uint64_t number = 0;
      const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
      const bool is_segment =
          error == std::errc{} && stop == name.data() + name.size() && entry.path().extension() == ".log";
      if (is_segment) numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

  /// The file and its name.
  void make_durable() {
    const Descriptor directory = open_file(directory_, O_RDONLY | O_DIRECTORY);
    if (::fsync(file_.get()) != 0 || ::fsync(directory.get()) != 0) fail("cannot sync", path_of(number_));
  }
  void remove_others() const {
    for (const std::uint64_t number : list()) {
      if (number != number_) fs::remove(path_of(number));
    }
  }

  fs::path directory_;
  Descriptor lock_;
  Descriptor file_;
  std::uint64_t number_ = 0;
};

FileStorage::FileStorage(const std::string& directory, Offload offload, OnError on_error)
    : offload_(std::move(offload)), on_error_(std::move(on_error)), segments_(std::make_shared<Segments>(directory)) {}

FileStorage::~FileStorage() = default;

std::vector<std::string> FileStorage::read() {
  return segments_->open();
}

void FileStorage::append(std::string_view record) {
  if (record.size() > max_record_bytes) throw std::length_error("a record of more than a gigabyte");
  if (has_failed_) return;
  encode_record(next_.bytes, Kind::append, record);
}

void FileStorage::replace(std::string_view record) {
  if (record.size() > max_record_bytes) throw std::length_error("a record of more than a gigabyte");
  if (has_failed_) return;
  next_.replaces = true;
  next_.bytes.clear();
  encode_record(next_.bytes, Kind::replace, record);
}

void FileStorage::sync(std::function<void()> done) {
  if (has_failed_) return;
  next_.waiting.push_back(std::move(done));
  if (!is_syncing_) begin_sync();
}

/// Writes all that came since the last one began; what comes until it is done shares the next.
void FileStorage::begin_sync() {
  is_syncing_ = true;
  auto batch = std::make_shared<Batch>(std::exchange(next_, {}));
  auto error = std::make_shared<std::string>();
  const auto work = [segments = segments_, batch, error] {
    try {
      segments->write(batch->replaces, batch->bytes);
    } catch (const std::exception& cause) {
      *error = cause.what();
    }
  };
  const auto end = [this, batch, error, exists = std::weak_ptr<void>(exists_)] {
    if (exists.expired()) return;
    is_syncing_ = false;
    if (!error->empty()) return give_up(*error);
    for (const auto& done : batch->waiting) done();
    if (!is_syncing_ && !next_.waiting.empty()) begin_sync();
  };
  try {
    offload_(work, end);
  } catch (const std::exception& cause) {
    give_up(cause.what());
  }
}

void FileStorage::give_up(const std::string& why) {
  has_failed_ = true;
  next_ = {};
  on_error_(why);
}

}  // namespace mznode
