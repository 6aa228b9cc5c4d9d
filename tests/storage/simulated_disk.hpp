#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "file_system.hpp"

namespace mznode {

/// A file system in memory that can lose power, refuse, and be damaged. It keeps no more than POSIX promises: what is
/// written is durable when the file is synced, an entry of a directory when the directory is; of what was not synced a
/// loss of power takes any part, sector by sector and entry by entry. A sync that fails leaves what it did not write in
/// sight and takes it for written, as Linux does.
class SimulatedDisk final : public FileSystem {
 public:
  /// What an unfinished change becomes when the power goes; asked once for each sector, size and entry.
  using Survives = std::function<bool()>;

  /// Calls from this one on, counted from 1, fail; 0 for none.
  void fail_from(std::size_t call, std::string reason = "No space left on device") {
    failing_from_ = call;
    reason_ = std::move(reason);
  }
  std::size_t calls() const { return calls_; }
  /// The process that used it is gone; the files stay as it saw them.
  void recover() {
    calls_ = failing_from_ = 0;
    locks_.clear();
  }
  /// Everything stops, and what was not durable is kept where `survives` says so.
  void lose_power(const Survives& survives) {
    settle(*root_, survives);
    recover();
  }

  void make_directory(const std::string& path) override {
    begin("cannot make the directory", path);
    if (path == "/" || find(path)) return;
    Inode& parent = directory_of(path);
    parent.change({.name = name_of(path), .inode = std::make_shared<Inode>()});
  }
  void sync_directory(const std::string& path) override {
    begin("cannot sync the directory", path);
    Inode& directory = get(path);
    directory.durable_entries = directory.entries;
    directory.changes.clear();
  }
  std::vector<std::string> list(const std::string& directory) override {
    std::vector<std::string> names;
    for (const auto& [name, inode] : get(directory).entries) names.push_back(name);
    return names;
  }
  std::optional<std::string> read(const std::string& path) override {
    const auto file = find(path);
    return file ? std::optional(file->bytes) : std::nullopt;
  }
  std::unique_ptr<FileSystem::File> open(const std::string& path, bool empties) override {
    begin("cannot open", path);
    auto file = find(path);
    if (!file) {
      file = std::make_shared<Inode>();
      directory_of(path).change({.name = name_of(path), .inode = file});
    }
    if (empties) file->resize(0);
    return std::make_unique<OpenFile>(*this, path, file);
  }
  void rename(const std::string& from, const std::string& to) override {
    begin("cannot rename", from);
    directory_of(to).change({.name = name_of(to), .inode = find(from), .gone = name_of(from)});
  }
  void remove(const std::string& path) override {
    begin("cannot remove", path);
    directory_of(path).change({.gone = name_of(path)});
  }
  std::unique_ptr<Lock> lock(const std::string& path) override {
    begin("cannot lock", path);
    if (!find(path)) directory_of(path).change({.name = name_of(path), .inode = std::make_shared<Inode>()});
    if (!locks_.insert(path).second) return nullptr;
    return std::make_unique<HeldLock>(*this, path);
  }

 private:
  static constexpr std::size_t sector_size = 512;

  struct Inode;
  /// To a directory: what is `gone` goes and `name` comes, in one step.
  struct Change {
    std::string name = {};
    std::shared_ptr<Inode> inode = nullptr;
    std::string gone = {};
  };
  using Entries = std::map<std::string, std::shared_ptr<Inode>>;
  static void apply(Entries& entries, const Change& change) {
    entries.erase(change.gone);
    if (!change.name.empty()) entries[change.name] = change.inode;
  }

  /// A file or a directory.
  struct Inode {
    void change(Change what) {
      apply(entries, what);
      changes.push_back(std::move(what));
    }
    void resize(std::size_t size) {
      bytes.resize(size, '\0');
      is_size_dirty = true;
    }
    void write(std::size_t offset, std::string_view what) {
      if (offset + what.size() > bytes.size()) resize(offset + what.size());
      bytes.replace(offset, what.size(), what);
      for (std::size_t at = offset / sector_size; at * sector_size < offset + what.size(); ++at) dirty.insert(at);
    }
    void keep_sector(std::size_t sector) {
      const std::size_t begin = sector * sector_size;
      if (begin >= bytes.size()) return;
      const std::string part = bytes.substr(begin, sector_size);
      if (durable.size() < begin + part.size()) durable.resize(begin + part.size(), '\0');
      durable.replace(begin, part.size(), part);
    }
    /// Makes durable what `survives`; the rest stays as it was on the disk.
    void keep(const Survives& survives) {
      const std::size_t before = durable.size();
      std::set<std::size_t> kept;
      std::copy_if(dirty.begin(), dirty.end(), std::inserter(kept, kept.end()),
                   [&](std::size_t) { return survives(); });
      for (const std::size_t sector : kept) keep_sector(sector);
      const bool keeps_size = is_size_dirty ? survives() : false;
      // A sector behind the end that the disk knows of is not seen.
      durable.resize(keeps_size ? bytes.size() : before, '\0');
    }
    void forget_dirt() {
      dirty.clear();
      is_size_dirty = false;
    }

    Entries entries = {};
    Entries durable_entries = {};
    std::vector<Change> changes = {};
    std::string bytes = {};
    std::string durable = {};
    std::set<std::size_t> dirty = {};
    bool is_size_dirty = false;
  };

  class OpenFile final : public File {
   public:
    OpenFile(SimulatedDisk& disk, std::string path, std::shared_ptr<Inode> inode)
        : disk_(disk), path_(std::move(path)), inode_(std::move(inode)) {}
    void write(std::uint64_t offset, std::string_view bytes) override {
      if (disk_.fails_next()) inode_->write(offset, bytes.substr(0, bytes.size() / 2));  // what there was room for
      disk_.begin("cannot write to", path_);
      inode_->write(offset, bytes);
    }
    void cut(std::uint64_t size) override {
      disk_.begin("cannot cut", path_);
      inode_->resize(size);
    }
    void sync() override {
      const bool fails = disk_.fails_next();
      if (!fails) inode_->keep([] { return true; });
      if (!fails) inode_->forget_dirt();
      if (fails && !disk_.has_lost_power_) inode_->dirty.clear();
      disk_.begin("cannot sync", path_);
    }

   private:
    SimulatedDisk& disk_;
    std::string path_;
    std::shared_ptr<Inode> inode_;
  };
  class HeldLock final : public Lock {
   public:
    HeldLock(SimulatedDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
    ~HeldLock() override { disk_.locks_.erase(path_); }

   private:
    SimulatedDisk& disk_;
    std::string path_;
  };

 public:
  /// As fail_from, but the power goes with that call: a sync that fails drops nothing that the loss might still keep.
  void lose_power_from(std::size_t call) {
    fail_from(call, "the power is gone");
    has_lost_power_ = true;
  }

 private:
  static std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  bool fails_next() const { return failing_from_ > 0 && calls_ + 1 >= failing_from_; }
  void begin(const std::string& what, const std::string& path) {
    const bool fails = fails_next();
    ++calls_;
    if (fails) throw std::runtime_error(what + " " + path + ": " + reason_);
  }
  std::shared_ptr<Inode> find(const std::string& path) const {
    std::shared_ptr<Inode> inode = root_;
    for (std::size_t at = 1; inode && at < path.size();) {
      const std::size_t end = std::min(path.find('/', at), path.size());
      const auto entry = inode->entries.find(path.substr(at, end - at));
      inode = entry == inode->entries.end() ? nullptr : entry->second;
      at = end + 1;
    }
    return inode;
  }
  Inode& get(const std::string& path) const {
    const auto inode = find(path);
    if (!inode) throw std::runtime_error("there is no " + path);
    return *inode;
  }
  Inode& directory_of(const std::string& path) const {
    return get(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
  }

  void settle(Inode& inode, const Survives& survives) {
    for (const Change& change : inode.changes) {
      if (survives()) apply(inode.durable_entries, change);
    }
    inode.changes.clear();
    inode.entries = inode.durable_entries;
    inode.keep(survives);
    inode.forget_dirt();
    inode.bytes = inode.durable;
    for (const auto& [name, entry] : inode.entries) settle(*entry, survives);
    has_lost_power_ = false;
  }

  std::shared_ptr<Inode> root_ = std::make_shared<Inode>();
  std::set<std::string> locks_;
  std::size_t calls_ = 0;
  std::size_t failing_from_ = 0;
  bool has_lost_power_ = false;
  std::string reason_;
};

/// How a test damages files on any disk; `path` must be there.
namespace damage {

constexpr std::size_t sector_size = 512;

inline void set_bytes(FileSystem& disk, const std::string& path, const std::string& bytes) {
  const auto file = disk.open(path, true);
  file->write(0, bytes);
}

/// Damaged versions of a file, with names; `earlier` is what it held at earlier times.
inline std::vector<std::pair<std::string, std::string>> of_sectors(const std::string& whole,
                                                                   const std::vector<std::string>& earlier) {
  std::vector<std::pair<std::string, std::string>> versions;
  const auto add = [&](const std::string& name, std::string bytes) {
    if (bytes != whole) versions.emplace_back(name, std::move(bytes));
  };
  const std::size_t sectors = (whole.size() + sector_size - 1) / sector_size;
  const auto part = [](const std::string& file, std::size_t sector) {
    return sector * sector_size < file.size() ? file.substr(sector * sector_size, sector_size) : std::string();
  };
  const auto with = [&](std::string file, std::size_t sector, std::string bytes) {
    const std::size_t size = part(whole, sector).size();
    bytes.resize(size, '\0');
    return file.replace(sector * sector_size, size, bytes);
  };
  for (std::size_t i = 0; i < sectors; ++i) {
    const std::string at = " sector " + std::to_string(i);
    add("zeroed" + at, with(whole, i, ""));
    for (std::size_t j = 0; j < sectors; ++j) {
      add("misdirected to" + at + " from " + std::to_string(j), with(whole, i, part(whole, j)));
      if (j > i)
        add("swapped" + at + " and " + std::to_string(j), with(with(whole, i, part(whole, j)), j, part(whole, i)));
    }
    for (const std::string& old : earlier) add("stale" + at, with(whole, i, part(old, i)));
  }
  return versions;
}

}  // namespace damage
}  // namespace mznode
