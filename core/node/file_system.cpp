#include "file_system.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "mznode/node/descriptor.hpp"

namespace mznode {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw std::runtime_error(what + " " + path + ": " + std::strerror(errno));
}

Descriptor open_file(const std::string& path, int flags) {
  for (;;) {
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0644));
    if (file.is_open() || errno != EINTR) return file;
  }
}

class PosixFile final : public FileSystem::File {
 public:
  PosixFile(std::string path, Descriptor descriptor) : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  void write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto written = ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written == 0) errno = ENOSPC;  // what a disk means that takes nothing and names no error
      if (written <= 0) fail("cannot write to", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
  }
  void cut(std::uint64_t size) override {
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) fail("cannot cut", path_);
  }
  void sync() override {
    // The size belongs to what fdatasync makes durable, the times do not.
    if (::fdatasync(descriptor_.get()) != 0) fail("cannot sync", path_);
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};

class PosixLock final : public FileSystem::Lock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

}  // namespace

void PosixFileSystem::make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0) return;
  const int error = errno;
  struct stat status = {};
  if (error == EEXIST && ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    throw std::runtime_error("cannot make the directory " + path + ": a file of that name is there");
  }
  if (error == EEXIST) return;
  errno = error;
  fail("cannot make the directory", path);
}

void PosixFileSystem::sync_directory(const std::string& path) {
  const Descriptor directory = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open() && errno == EACCES) return;
  if (!directory.is_open()) fail("cannot open the directory", path);
  // These two say that the file system has no such thing for directories.
  const bool is_synced = ::fsync(directory.get()) == 0 || errno == EINVAL || errno == EBADF;
  if (!is_synced) fail("cannot sync the directory", path);
}

std::vector<std::string> PosixFileSystem::list(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

std::optional<std::string> PosixFileSystem::read(const std::string& path) {
  const Descriptor file = open_file(path, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::nullopt;
  struct stat status = {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) fail("cannot open", path);
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t at = 0; at < content.size();) {
    const auto got = ::pread(file.get(), content.data() + at, content.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", path);
    if (got == 0) content.resize(at);
    at += static_cast<std::size_t>(got);
  }
  return content;
}

std::unique_ptr<FileSystem::File> PosixFileSystem::open(const std::string& path, bool empties) {
  Descriptor file = open_file(path, O_WRONLY | O_CREAT | (empties ? O_TRUNC : 0));
  if (!file.is_open()) fail("cannot open", path);
  return std::make_unique<PosixFile>(path, std::move(file));
}

void PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail("cannot rename", from);
}

void PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("cannot remove", path);
}

std::unique_ptr<FileSystem::Lock> PosixFileSystem::lock(const std::string& path) {
  Descriptor file = open_file(path, O_RDWR | O_CREAT);
  if (!file.is_open()) fail("cannot open", path);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return nullptr;
    if (errno != EINTR) fail("cannot lock", path);
  }
  return std::make_unique<PosixLock>(std::move(file));
}

}  // namespace mznode
