#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "file_system.hpp"
#include "mznode/node/storage.hpp"
#include "segment.hpp"

namespace mznode {

class DataDirectory;

/// Records in files of a directory (DataDirectory), which one process at a time may use.
///
/// What a dying process or machine left unfinished was never acknowledged: it is cut off, with a warning and a copy.
/// What was durable and is missing or wrong is told by read(), which then leaves all files as they are. It is proven by
/// whole records behind it, by the length that had been synced, or by bytes that no unfinished write leaves.
class FileStorage final : public Storage {
 public:
  /// Runs `work` off the loop and then `done` on it, or throws when it cannot.
  using Offload = std::function<void(std::function<void()> work, std::function<void()> done)>;
  /// Called, on the loop, with something for the user.
  using OnNews = std::function<void(const std::string& what)>;
  /// What it needs of the world.
  struct World {
    Offload offload;
    /// The disk refuses: no sync will ever be done again, and nothing more is kept. The process must end.
    OnNews on_error;
    OnNews on_warning;
    /// read() is about to throw: a process that may not know what it acknowledged must end, too.
    std::function<void()> on_refusal = [] {};
    std::shared_ptr<FileSystem> files = std::make_shared<PosixFileSystem>();
  };

  /// Makes the directory if need be. Throws std::runtime_error, with a message for the user, when it cannot be used.
  FileStorage(const std::string& directory, StorageOwner owner, World world);
  ~FileStorage() override;

  void append(std::string_view record) override;
  void replace(std::string_view record) override;
  std::vector<std::string> read() override;
  void sync(std::function<void()> done) override;

 private:
  /// What one sync writes.
  struct Batch {
    bool replaces = false;
    segment::Frame frame = {};
    std::vector<std::function<void()>> waiting = {};
  };
  void add(std::string_view record);
  void begin_sync();
  void give_up(const std::string& why);

  World world_;
  std::shared_ptr<DataDirectory> directory_;
  std::shared_ptr<void> exists_ = std::make_shared<char>();  // for a sync that outlasts this
  Batch next_;
  bool is_syncing_ = false;
  bool has_failed_ = false;
};

}  // namespace mznode
