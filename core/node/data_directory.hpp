#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file_system.hpp"
#include "mznode/node/storage.hpp"
#include "segment.hpp"

namespace mznode {

/// The files of a FileStorage, all in one directory:
///
///     identity        whose it is; written when all else is durable for the first time
///     lock            held by the process that uses it
///     3.log           the newest segment (segment.hpp), which holds all there is; older ones go when it is durable
///     synced          how far that is known to be durable
///     3.log.cut-at-N  what a dying process left unfinished at byte N, kept for whoever wants to look
///
/// Everything throws std::runtime_error with a message for the user. None of its calls may overlap.
class DataDirectory {
 public:
  using OnWarning = std::function<void(const std::string& what)>;

  /// Makes the directory if need be, and locks it.
  DataDirectory(const std::string& directory, StorageOwner owner, std::shared_ptr<FileSystem> files,
                OnWarning on_warning);

  /// Returns the records, and makes the directory ready to be written to. Throws, and leaves all files as they are,
  /// when it belongs to another owner, or when something that was durable is missing or wrong.
  std::vector<std::string> open();
  /// Makes the records of a frame durable: behind all others or, if it replaces them, in their place. After a failure
  /// nothing may be written any more: what the kernel still has of it is unknown (fsync drops what it could not write).
  void write(bool replaces, segment::Frame& frame);

 private:
  struct Found;

  std::string path_of(const std::string& name) const { return path_ + "/" + name; }
  std::string path_of(std::uint64_t number) const;
  segment::Place place_of(std::uint64_t number) const { return {.owner = owner_checksum_, .number = number}; }
  [[noreturn]] void refuse(const std::string& what) const;

  bool has_identity() const;
  [[noreturn]] void refuse_owner(const StorageOwner& owner) const;
  void write_identity();

  std::vector<std::uint64_t> list() const;
  void read_synced();
  std::optional<Found> find_newest(bool has_identity);
  void keep_unfinished(const Found& found);
  void resume(const Found& found);
  void begin();
  void sync_ancestors();
  void mark_synced();
  void remove_others();

  std::string path_;
  StorageOwner owner_;
  std::uint32_t owner_checksum_;
  std::shared_ptr<FileSystem> files_;
  OnWarning on_warning_;
  std::unique_ptr<FileSystem::Lock> lock_;
  std::unique_ptr<FileSystem::File> synced_file_;
  segment::Synced synced_;
  // The newest segment.
  std::unique_ptr<FileSystem::File> file_;
  std::uint64_t number_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace mznode
