#include "process_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "mznode-nodes-";

Descriptor open_directory(const fs::path& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Whether the path still leads to what is open.
bool is_at(const Descriptor& directory, const fs::path& path) {
  struct stat opened = {};
  struct stat found = {};
  return ::fstat(directory.get(), &opened) == 0 && ::lstat(path.c_str(), &found) == 0 &&
         opened.st_dev == found.st_dev && opened.st_ino == found.st_ino;
}

}  // namespace

ProcessDirectory::ProcessDirectory() {
  static std::once_flag swept;
  std::call_once(swept, sweep);
  // Somebody's sweep may come between the making and the locking, and take it for one that was left behind.
  constexpr int attempts = 100;
  for (int i = 0; i < attempts; ++i) {
    std::string path = (fs::temp_directory_path() / (std::string(prefix) + "XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "cannot make a directory for the nodes in " + path);
    }
    Descriptor lock = open_directory(path);
    if (!lock.is_open() || ::flock(lock.get(), LOCK_EX) != 0 || !is_at(lock, path)) continue;
    path_ = path;
    lock_ = std::move(lock);
    return;
  }
  throw std::system_error(EAGAIN, std::generic_category(), "cannot lock a directory for the nodes");
}

ProcessDirectory::~ProcessDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void ProcessDirectory::sweep() {
  std::error_code failed;
  const fs::path parent = fs::temp_directory_path(failed);
  if (failed) return;
  for (fs::directory_iterator each(parent, failed), end; !failed && each != end; each.increment(failed)) {
    if (!each->path().filename().string().starts_with(prefix)) continue;
    const Descriptor directory = open_directory(each->path());
    struct stat status = {};
    if (!directory.is_open() || ::fstat(directory.get(), &status) != 0 || status.st_uid != ::geteuid()) continue;
    if (::flock(directory.get(), LOCK_EX | LOCK_NB) != 0 || !is_at(directory, each->path())) continue;
    std::error_code ignored;
    fs::remove_all(each->path(), ignored);
  }
}

}  // namespace mznode::sim
