#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "file_storage.hpp"
#include "tests/storage/simulated_disk.hpp"

// What was acknowledged is there, whichever call of the file system is the last that a disk with power carries out, and
// whichever part survives of what was not synced.
namespace mznode {
namespace {

using Records = std::vector<std::string>;

const StorageOwner owner_of_n1 = {{"node", "n1"}};
constexpr const char* data_of_n1 = "/srv/data/n1";

/// One life of a storage; it notes what the disk may hold.
class Life {
 public:
  explicit Life(const std::shared_ptr<FileSystem>& disk, const std::string& path = data_of_n1) {
    FileStorage::World world;
    world.offload = [](const std::function<void()>& work, const std::function<void()>& done) {
      work();
      done();
    };
    world.on_error = [this](const std::string& what) { error = what; };
    world.on_warning = [this](const std::string& what) { warnings.push_back(what); };
    world.files = disk;
    storage.emplace(path, owner_of_n1, world);
  }
  /// Goes on from `records`, what the storage should hold; "=x" replaces them by "x".
  void write(Records records, const Records& changes) {
    states.push_back(records);
    for (const std::string& change : changes) {
      const bool replaces = change.front() == '=';
      replaces ? storage->replace(change.substr(1)) : storage->append(change);
      if (replaces) records.clear();
      records.push_back(replaces ? change.substr(1) : change);
      states.push_back(records);
      storage->sync([this] { acknowledged = states.size() - 1; });
      if (!error.empty()) return;
    }
  }
  /// Whether these are the records of a moment at or behind the last that was acknowledged.
  bool explains(const Records& records) const {
    return std::find(states.begin() + static_cast<std::ptrdiff_t>(acknowledged), states.end(), records) != states.end();
  }

  std::optional<FileStorage> storage;
  std::vector<Records> states = {};
  std::size_t acknowledged = 0;
  std::string error = {};
  Records warnings = {};
};

const Records first_changes = {"a",  std::string(1'200, 'b'), "=c", "d", std::string(700, 'e'),
                               "=f", std::string(3'000, 'g')};

/// The first life of a directory, up to the call at which the power goes. Returns what the second has to find.
std::pair<std::vector<Records>, std::size_t> live_until(const std::shared_ptr<SimulatedDisk>& disk, std::size_t call) {
  disk->lose_power_from(call);
  try {
    Life life(disk);
    life.storage->read();
    life.write({}, first_changes);
    return {life.states, life.acknowledged};
  } catch (const std::runtime_error&) {
    return {{{}}, 0};  // before it could promise anything
  }
}

SimulatedDisk::Survives by_chance(std::uint32_t seed) {
  if (seed == 0) return [] { return false; };
  if (seed == 1) return [] { return true; };
  return [random = std::make_shared<std::mt19937>(seed)] { return ((*random)() & 1) != 0; };
}

std::size_t calls_of_a_life() {
  const auto disk = std::make_shared<SimulatedDisk>();
  Life life(disk);
  life.storage->read();
  life.write({}, first_changes);
  return disk->calls();
}

TEST(PowerLoss, WhatWasAcknowledgedIsThereWhicheverCallIsTheLast) {
  const std::size_t calls = calls_of_a_life();
  std::size_t cuts = 0;
  for (std::size_t call = 1; call <= calls + 1; ++call) {
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
      const auto disk = std::make_shared<SimulatedDisk>();
      const auto [states, acknowledged] = live_until(disk, call);
      disk->lose_power(by_chance(seed));
      Records found;
      {
        Life second(disk);
        ASSERT_NO_THROW(found = second.storage->read()) << "call " << call << ", seed " << seed;
        const auto promised = states.begin() + static_cast<std::ptrdiff_t>(acknowledged);
        ASSERT_NE(std::find(promised, states.end(), found), states.end()) << "call " << call << ", seed " << seed;
        cuts += second.warnings.size();
        second.write(found, {"more", "=anew", "last"});
      }
      disk->lose_power(by_chance(0));
      EXPECT_EQ(Life(disk).storage->read(), (Records{"anew", "last"})) << "call " << call << ", seed " << seed;
    }
  }
  EXPECT_GT(cuts, 50u) << "nothing was torn: the test tests nothing";
}

TEST(PowerLoss, WhatASecondLifeFoundItDoesNotLoseToAThird) {
  const std::size_t calls = calls_of_a_life();
  for (std::size_t call = 1; call <= calls; ++call) {
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      const auto disk = std::make_shared<SimulatedDisk>();
      live_until(disk, call);
      disk->lose_power(by_chance(seed));
      const Records found = Life(disk).storage->read();
      disk->lose_power(by_chance(0));
      ASSERT_EQ(Life(disk).storage->read(), found) << "call " << call << ", seed " << seed;
    }
  }
}

TEST(DiskThatRefuses, AcknowledgesNothingFromThenOnAndLosesNothing) {
  const std::size_t calls = calls_of_a_life();
  for (std::size_t call = 1; call <= calls; ++call) {
    const auto disk = std::make_shared<SimulatedDisk>();
    std::vector<Records> states = {{}};
    std::size_t acknowledged = 0;
    disk->fail_from(call);
    try {
      Life life(disk);
      life.storage->read();
      life.write({}, first_changes);
      EXPECT_NE(life.error.find("No space left on device"), std::string::npos) << call;
      const std::size_t before = life.acknowledged;
      life.storage->append("x");
      life.storage->sync([] { ADD_FAILURE() << "after an error"; });
      EXPECT_EQ(life.acknowledged, before);
      states = life.states;
      acknowledged = life.acknowledged;
    } catch (const std::runtime_error& cause) {
      EXPECT_NE(std::string(cause.what()).find("No space left on device"), std::string::npos);
    }
    // The process starts again with the files as the kernel shows them, and what it then finds stays.
    disk->recover();
    const Records found = Life(disk).storage->read();
    const auto promised = states.begin() + static_cast<std::ptrdiff_t>(acknowledged);
    EXPECT_NE(std::find(promised, states.end(), found), states.end()) << call;
    disk->lose_power(by_chance(0));
    EXPECT_EQ(Life(disk).storage->read(), found) << "the kernel showed what the disk did not have; call " << call;
  }
}

/// Passes everything on to the machine's file system, and writes down what it was asked for.
class Trace final : public FileSystem {
 public:
  class TracedFile final : public File {
   public:
    TracedFile(std::vector<std::string>& calls, std::string path, std::unique_ptr<File> file)
        : calls_(calls), path_(std::move(path)), file_(std::move(file)) {}
    void write(std::uint64_t offset, std::string_view bytes) override {
      calls_.push_back("write " + path_);
      file_->write(offset, bytes);
    }
    void cut(std::uint64_t size) override {
      calls_.push_back("cut " + path_);
      file_->cut(size);
    }
    void sync() override {
      calls_.push_back("sync " + path_);
      file_->sync();
    }

   private:
    std::vector<std::string>& calls_;
    std::string path_;
    std::unique_ptr<File> file_;
  };

  void make_directory(const std::string& path) override {
    calls.push_back((std::filesystem::exists(path) ? "have " : "make ") + path);
    files_.make_directory(path);
  }
  void sync_directory(const std::string& path) override {
    calls.push_back("sync " + path);
    files_.sync_directory(path);
  }
  std::vector<std::string> list(const std::string& path) override { return files_.list(path); }
  std::optional<std::string> read(const std::string& path) override { return files_.read(path); }
  std::unique_ptr<File> open(const std::string& path, bool empties) override {
    calls.push_back((std::filesystem::exists(path) ? "open " : "make ") + path);
    return std::make_unique<TracedFile>(calls, path, files_.open(path, empties));
  }
  void rename(const std::string& from, const std::string& to) override {
    calls.push_back("make " + to);
    files_.rename(from, to);
  }
  void remove(const std::string& path) override {
    calls.push_back("remove " + path);
    files_.remove(path);
  }
  std::unique_ptr<Lock> lock(const std::string& path) override { return files_.lock(path); }

  bool has(const std::string& call, std::size_t from = 0) const {
    return std::find(calls.begin() + static_cast<std::ptrdiff_t>(from), calls.end(), call) != calls.end();
  }
  std::vector<std::string> calls;

 private:
  PosixFileSystem files_;
};

class RealFiles : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(root); }
  void TearDown() override { std::filesystem::remove_all(root); }
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("mznode_power_loss_" + std::to_string(::getpid()));
  const std::string path = (root / "deep" / "er" / "n1").string();
};

TEST_F(RealFiles, EverythingThatIsMadeHasItsDirectorySyncedBeforeAnythingIsAcknowledged) {
  const auto trace = std::make_shared<Trace>();
  Life life(trace, path);
  life.storage->read();
  std::size_t checked = 0;
  for (std::size_t i = 0; i < trace->calls.size(); ++i) {
    const std::string& call = trace->calls[i];
    // The mark of what was synced is a hint; a directory may come without it.
    if (!call.starts_with("make ") || call.ends_with("/synced")) continue;
    const std::string made = call.substr(5);
    EXPECT_TRUE(trace->has("sync " + made.substr(0, made.rfind('/')), i)) << made;
    ++checked;
  }
  EXPECT_EQ(checked, 4u + 3u) << "the four directories, the first segment, and the identity under two names";
}

TEST_F(RealFiles, AFirstStartThatDiedLeavesNoDirectoryUnsynced) {
  { Life dies_before_it_reads(std::make_shared<Trace>(), path); }
  const auto trace = std::make_shared<Trace>();
  Life life(trace, path);
  life.storage->read();
  for (std::filesystem::path made = path; made != root.parent_path(); made = made.parent_path()) {
    EXPECT_TRUE(trace->has("sync " + made.parent_path().string())) << made;
  }
}

TEST_F(RealFiles, AnAppendIsOneWriteAndOneSyncAndNothingNeedsNone) {
  const auto trace = std::make_shared<Trace>();
  Life life(trace, path);
  life.storage->read();
  trace->calls.clear();
  life.storage->append("a");
  life.storage->append("b");
  life.storage->sync([] {});
  const std::string log = path + "/1.log";
  EXPECT_EQ(trace->calls, (Records{"write " + log, "sync " + log, "write " + path + "/synced"}));
  trace->calls.clear();
  bool is_done = false;
  life.storage->sync([&] { is_done = true; });
  EXPECT_TRUE(is_done);
  EXPECT_EQ(trace->calls, Records{});
}

}  // namespace
}  // namespace mznode
