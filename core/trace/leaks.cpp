#include "leaks.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstring>
#include <map>
#include <mutex>
#include <tuple>

#include "mznode/node/descriptor.hpp"

namespace mznode::trace {
namespace {

/// A file's bytes.
class MappedFile {
 public:
  MappedFile(const Descriptor& file, std::size_t bytes) : bytes_(bytes) {
    data_ = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file.get(), 0);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (data_ != MAP_FAILED) ::munmap(data_, bytes_);
  }
  std::span<const unsigned char> view() const {
    if (data_ == MAP_FAILED) return {};
    return {static_cast<const unsigned char*>(data_), bytes_};
  }

 private:
  std::size_t bytes_;
  void* data_;
};

FileLeaks scan(std::span<const unsigned char> file) {
  FileLeaks result;
  Elf64_Ehdr header;
  if (file.size() < sizeof header) return result;
  std::memcpy(&header, file.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) return result;
  result.entry = header.e_entry;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const std::uint64_t at = header.e_phoff + std::uint64_t{i} * sizeof segment;
    if (at > file.size() - sizeof segment) break;
    std::memcpy(&segment, file.data() + at, sizeof segment);
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    if (segment.p_offset > file.size() || segment.p_filesz > file.size() - segment.p_offset) continue;
    find_leaks(file.subspan(segment.p_offset, segment.p_filesz), [&](std::size_t offset, const Leak& leak) {
      result.places.push_back({segment.p_offset + offset, segment.p_vaddr + offset, leak});
    });
  }
  return result;
}

}  // namespace

std::shared_ptr<const FileLeaks> leaks_of_file(const std::string& path) {
  using Key = std::tuple<dev_t, ino_t, off_t, std::int64_t, std::int64_t>;
  static std::mutex mutex;
  static std::map<Key, std::shared_ptr<const FileLeaks>> known;
  static const auto none = std::make_shared<const FileLeaks>();
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
    return none;
  }
  const Key key(status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  const std::lock_guard lock(mutex);
  auto& entry = known[key];
  if (!entry) {
    const MappedFile mapped(file, static_cast<std::size_t>(status.st_size));
    entry = std::make_shared<const FileLeaks>(scan(mapped.view()));
  }
  return entry;
}

}  // namespace mznode::trace
