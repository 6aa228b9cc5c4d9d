#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "mznode/node/descriptor.hpp"

namespace mznode::sim {

/// A pipe, both of whose ends lie above the standard streams, which are about to be replaced in a child. Throws
/// std::system_error when the system has none left.
struct Pipe {
  Pipe();
  Descriptor reader;
  Descriptor writer;
};

/// What posix_spawn(3) is to run and to change in the process that it makes.
class SpawnPlan {
 public:
  /// `words` are the program's absolute path and its arguments.
  explicit SpawnPlan(std::vector<std::string> words);
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan();

  void replace(const Descriptor& ours, int standard);
  void change_directory(const std::string& path);

 private:
  friend class Keeper;
  /// A group of its own, no blocked signals, and SIGPIPE as a fresh program has it.
  void separate();

  posix_spawn_file_actions_t actions_ = {};
  posix_spawnattr_t attributes_ = {};
  std::vector<std::string> words_;
};

/// Runs a program and keeps hold of all that it starts. Between us and the program stands a small process of our own,
/// the keeper, to whom falls whatever loses its parent below it (prctl(2), PR_SET_CHILD_SUBREAPER): a process that
/// makes itself a session of its own, or forks twice, is still the keeper's. It kills them all when the program has
/// ended, and when we end, in whatever way, because then its wire to us is cut.
class Keeper {
 public:
  /// Starts the program, or /bin/sh with it when it is a script without a #! line. Throws std::system_error, of the
  /// system's reason, when it cannot be run.
  explicit Keeper(const SpawnPlan& plan);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  /// Kills all and waits until they are dead.
  ~Keeper();

  /// Sends a signal to the program's process group at once, and to what else descends from it a moment later.
  void signal(int number);
  /// The program's status (waitpid(2)) once it has ended by itself.
  std::optional<int> ending();
  /// Whether the program has ended, by itself or not; ending() may tell it a moment later.
  bool program_has_ended() const;
  /// The keeper itself, from which all others descend.
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  /// The program; the keeper does not reap it as long as it lives itself, so that the number stays taken.
  pid_t program_ = -1;
  /// A socket to the keeper: orders go there, and news come from there.
  Descriptor wire_;
  bool has_ended_ = false;
};

}  // namespace mznode::sim
