#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mznode {

/// Whether a file or directory can be called as this node is: what it keeps, and what it logs, lies under its name.
inline bool can_name_a_file(std::string_view node) {
  return !node.empty() && node.front() != '.' && node.find('/') == std::string_view::npos;
}

/// Whose storage it is: names and their values, such as {"workload", "lin-kv"} and {"node", "n1"}. What one has stored
/// no other may open.
using StorageOwner = std::vector<std::pair<std::string, std::string>>;

/// What a node keeps for its next life: a list of records, text or bytes. Records become durable in the order in which
/// they were given, so that what a dying process leaves is always the beginning of that order, without gaps.
///
/// Only read() throws. When a disk refuses, no sync is done from then on, and the runtime ends the process: a node that
/// cannot keep its promises must not make any.
class Storage {
 public:
  virtual ~Storage() = default;
  /// Puts a record behind all others. It is durable only when a later sync() is done.
  virtual void append(std::string_view record) = 0;
  /// Puts this record in the place of all others, at once or not at all, so that the list does not grow for ever.
  virtual void replace(std::string_view record) = 0;
  /// The records that an earlier life left, oldest first. Called once, before the first append(). Throws
  /// std::runtime_error, with a message for the user, when they are damaged or another's.
  virtual std::vector<std::string> read() = 0;
  /// Calls `done`, on the loop and possibly before it returns, when all that was given before this call is durable.
  virtual void sync(std::function<void()> done) = 0;
};

/// Keeps nothing: a node that lives in memory alone.
class NoStorage final : public Storage {
 public:
  void append(std::string_view) override {}
  void replace(std::string_view) override {}
  std::vector<std::string> read() override { return {}; }
  void sync(std::function<void()> done) override { done(); }
};

/// A disk in memory, which outlives the process that writes to it. What was given is there for the next life when its
/// sync is done; what was not is lost with the process.
class SimulatedStorage final : public Storage {
 public:
  /// The records that are durable.
  using Disk = std::vector<std::string>;
  /// Lets the time pass that a sync takes, and then calls its argument.
  using Delay = std::function<void(std::function<void()>)>;

  /// `disk` must outlive the storage.
  explicit SimulatedStorage(
      Disk& disk, Delay delay = [](const std::function<void()>& done) { done(); });

  void append(std::string_view record) override {
    unsynced_.push_back({.replaces = false, .record = std::string(record)});
  }
  void replace(std::string_view record) override {
    unsynced_.push_back({.replaces = true, .record = std::string(record)});
  }
  std::vector<std::string> read() override { return disk_; }
  void sync(std::function<void()> done) override;

 private:
  struct Write {
    bool replaces;
    std::string record;
  };
  void make_durable(std::size_t count);

  Disk& disk_;
  Delay delay_;
  std::deque<Write> unsynced_;
  std::size_t under_way_ = 0;  // so many of them some sync will make durable
};

}  // namespace mznode
