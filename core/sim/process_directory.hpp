#pragma once

#include <filesystem>

#include "mznode/node/descriptor.hpp"

namespace mznode::sim {

/// A directory of a run's own among the system's temporary ones, locked as long as it lives and removed at the end.
/// What a program that was killed left behind, the next one removes: its lock ended with it.
class ProcessDirectory {
 public:
  /// Throws std::system_error when there is no room for it.
  ProcessDirectory();
  ProcessDirectory(const ProcessDirectory&) = delete;
  ProcessDirectory& operator=(const ProcessDirectory&) = delete;
  ~ProcessDirectory();

  const std::filesystem::path& path() const { return path_; }

  /// Removes those of this user's that nobody holds any more. The constructor does so once in a program.
  static void sweep();

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace mznode::sim
