#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mznode {

/// The calls of a file system that FileStorage makes, and no others: a test puts a disk in its place that loses power
/// or refuses. Everything throws std::runtime_error, with what was tried, the path and the system's reason.
class FileSystem {
 public:
  /// An open file.
  class File {
   public:
    virtual ~File() = default;
    /// Writes all of it at this place, which may lie behind the end.
    virtual void write(std::uint64_t offset, std::string_view bytes) = 0;
    /// Cuts off what lies behind this size.
    virtual void cut(std::uint64_t size) = 0;
    /// Returns when the content is durable. The entry in the directory is another matter.
    virtual void sync() = 0;
  };
  /// Held as long as it lives.
  class Lock {
   public:
    virtual ~Lock() = default;
  };

  virtual ~FileSystem() = default;
  /// Makes one directory, whose parent must be there; nothing when it exists.
  virtual void make_directory(const std::string& path) = 0;
  /// Returns when the entries of a directory are durable. One that this process may not read is passed over.
  virtual void sync_directory(const std::string& path) = 0;
  /// The names of the files in a directory, in no order.
  virtual std::vector<std::string> list(const std::string& directory) = 0;
  /// The whole content; nothing when there is no such file.
  virtual std::optional<std::string> read(const std::string& path) = 0;
  /// Opens a file to write to, made if need be; `empties` throws away what it held.
  virtual std::unique_ptr<File> open(const std::string& path, bool empties) = 0;
  /// Puts a file in the place of another, at once or not at all.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual void remove(const std::string& path) = 0;
  /// Makes the file if need be, and locks it for this process; nothing when another has it.
  virtual std::unique_ptr<Lock> lock(const std::string& path) = 0;
};

/// The machine's own.
class PosixFileSystem final : public FileSystem {
 public:
  void make_directory(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  std::optional<std::string> read(const std::string& path) override;
  std::unique_ptr<File> open(const std::string& path, bool empties) override;
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  std::unique_ptr<Lock> lock(const std::string& path) override;
};

}  // namespace mznode
