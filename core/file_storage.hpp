#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage.hpp"

namespace mznode {

/// Records in files of a directory, which one process at a time may use. Every record has checksums: of what a process
/// leaves that died in the middle of a write, the part that is not whole is cut off; read() throws std::runtime_error,
/// with a message for the user, for what was acknowledged and is damaged. A replacement begins a new file (a segment),
/// and the files before it go when it is durable.
class FileStorage final : public Storage {
 public:
  /// Runs `work` off the loop and then `done` on it, or throws when it cannot.
  using Offload = std::function<void(std::function<void()> work, std::function<void()> done)>;
  /// Called, on the loop, when the disk refuses: no sync will ever be done again, and nothing more is kept.
  using OnError = std::function<void(const std::string& what)>;

  /// Makes the directory if need be. Throws std::runtime_error, with a message for the user, when it cannot be used.
  FileStorage(const std::string& directory, Offload offload, OnError on_error);
  ~FileStorage() override;

  /// Like replace(), throws std::length_error for a record of more than a gigabyte.
  void append(std::string_view record) override;
  void replace(std::string_view record) override;
  std::vector<std::string> read() override;
  void sync(std::function<void()> done) override;

 private:
  class Segments;
  /// What one sync writes.
  struct Batch {
    bool replaces = false;
    std::string bytes = {};
    std::vector<std::function<void()>> waiting = {};
  };
  void begin_sync();
  void give_up(const std::string& why);

  Offload offload_;
  OnError on_error_;
  std::shared_ptr<Segments> segments_;
  std::shared_ptr<void> exists_ = std::make_shared<char>();  // for a sync that outlasts this
  Batch next_;
  bool is_syncing_ = false;
  bool has_failed_ = false;
};

}  // namespace mznode
