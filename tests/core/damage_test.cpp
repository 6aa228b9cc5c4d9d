#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "file_storage.hpp"
#include "tests/storage/simulated_disk.hpp"

// A disk that zeroes, misplaces, swaps or takes back sectors, or loses files: what was synced is either there or
// missed.
namespace mznode {
namespace {

using Records = std::vector<std::string>;

/// A storage of seven records in a directory of a disk, and all that a test needs to damage it.
class Victim {
 public:
  Victim(std::shared_ptr<FileSystem> files, std::string path) : disk(std::move(files)), directory(std::move(path)) {
    FileStorage storage = open();
    storage.read();
    storage.replace(records[0]);
    for (std::size_t i = 1; i <= records.size(); ++i) {
      storage.sync([&] { earlier.push_back(*disk->read(log())); });
      if (i < records.size()) storage.append(records[i]);
    }
    whole = earlier.back();
    earlier.pop_back();
    for (const std::string& name : disk->list(directory)) files_before[name] = *disk->read(directory + "/" + name);
  }

  FileStorage open() {
    FileStorage::World world;
    world.offload = [](const std::function<void()>& work, const std::function<void()>& done) {
      work();
      done();
    };
    world.on_error = [](const std::string& what) { ADD_FAILURE() << what; };
    world.on_warning = [this](const std::string& what) { warnings.push_back(what); };
    world.files = disk;
    return {directory, {{"node", "n1"}}, world};
  }
  /// The records, or nothing and why it was refused.
  std::optional<Records> read() {
    warnings.clear();
    try {
      FileStorage storage = open();
      return storage.read();
    } catch (const std::runtime_error& cause) {
      why = cause.what();
      return std::nullopt;
    }
  }
  /// Puts everything back.
  void heal() {
    for (const std::string& name : disk->list(directory)) {
      if (!files_before.contains(name)) disk->remove(directory + "/" + name);
    }
    for (const auto& [name, bytes] : files_before) damage::set_bytes(*disk, directory + "/" + name, bytes);
  }
  void forget_what_was_synced() { disk->remove(directory + "/synced"); }
  std::string log() const { return directory + "/2.log"; }

  std::shared_ptr<FileSystem> disk;
  std::string directory;
  // Of less than a sector, of several, and on the border of two; the last spans three.
  const Records records = {
      "first", std::string(90, 'a'),   std::string(1'400, 'b'), std::string(400, 'c'), std::string(480, 'd'),
      "x",     std::string(1'100, 'e')};
  std::vector<std::string> earlier;
  std::string whole;
  std::map<std::string, std::string> files_before;
  Records warnings;
  std::string why;
};

class Damage : public testing::TestWithParam<bool> {
 protected:
  Damage() {
    if (is_real()) {
      std::filesystem::remove_all(root);
      victim.emplace(std::make_shared<PosixFileSystem>(), root.string());
    } else {
      victim.emplace(std::make_shared<SimulatedDisk>(), "/data/n1");
    }
  }
  ~Damage() override {
    if (is_real()) std::filesystem::remove_all(root);
  }
  static bool is_real() { return GetParam(); }

  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("mznode_damage_" + std::to_string(::getpid()));
  std::optional<Victim> victim;
};

TEST_P(Damage, OfAnySectorIsMissedAndTheFileLeftAsItIs) {
  const auto versions = damage::of_sectors(victim->whole, victim->earlier);
  EXPECT_GT(versions.size(), 100u);
  for (const auto& [name, bytes] : versions) {
    victim->heal();
    damage::set_bytes(*victim->disk, victim->log(), bytes);
    EXPECT_FALSE(victim->read()) << name;
    EXPECT_NE(victim->why.find("2.log is damaged"), std::string::npos) << name << ": " << victim->why;
    EXPECT_TRUE(victim->disk->read(victim->log()) == bytes) << name;
  }
}

TEST_P(Damage, IsMissedBeforeTheLastSyncEvenWhenNothingTellsHowFarThatWas) {
  // A sector that the last write shares with those before it takes its head along when it goes.
  const std::size_t last_write = victim->earlier.back().size();
  const std::size_t its_sector = last_write / damage::sector_size * damage::sector_size;
  const auto in_earlier_sectors =
      static_cast<std::size_t>(std::count_if(victim->earlier.begin(), victim->earlier.end(),
                                             [&](const std::string& before) { return before.size() <= its_sector; }));
  std::size_t taken_for_torn = 0;
  for (const auto& [name, bytes] : damage::of_sectors(victim->whole, victim->earlier)) {
    victim->heal();
    victim->forget_what_was_synced();
    damage::set_bytes(*victim->disk, victim->log(), bytes);
    const auto found = victim->read();
    if (!found) {
      EXPECT_TRUE(victim->disk->read(victim->log()) == bytes) << name;
      continue;
    }
    // It looks like a write that was never finished.
    EXPECT_GE(found->size(), in_earlier_sectors) << name;
    EXPECT_TRUE(std::equal(found->begin(), found->end(), victim->records.begin())) << name;
    EXPECT_TRUE(bytes.substr(0, its_sector) == victim->whole.substr(0, its_sector)) << name;
    ASSERT_EQ(victim->warnings.size(), 1u) << name;
    const std::string left = *victim->disk->read(victim->log());
    const auto copy = victim->disk->read(victim->log() + ".cut-at-" + std::to_string(left.size()));
    EXPECT_TRUE(copy && left + *copy == bytes) << name;
    ++taken_for_torn;
  }
  EXPECT_GT(taken_for_torn, 0u);
}

TEST_P(Damage, OfTwelveBytesAnywhereIsMissed) {
  const std::size_t step = is_real() ? 52 : 4;  // a real file takes its time
  for (std::size_t at = 0; at + 12 <= victim->whole.size(); at += step) {
    victim->heal();
    if (at % 8 == 0) victim->forget_what_was_synced();
    std::string bytes = victim->whole;
    bytes.replace(at, 12, std::string(12, '\0'));
    damage::set_bytes(*victim->disk, victim->log(), bytes);
    // The last bytes of the last sector alone look like those of a sector that was never written.
    const bool is_all_of_a_sector = at % 8 == 0 && victim->whole.size() - at == 12 && at % damage::sector_size == 0;
    EXPECT_EQ(victim->read().has_value(), is_all_of_a_sector) << at;
  }
}

TEST_P(Damage, ALostFileIsMissedUnlessItHeldNoRecords) {
  for (const auto& [name, bytes] : victim->files_before) {
    for (const bool knows_what_was_synced : {true, false}) {
      victim->heal();
      if (!knows_what_was_synced) victim->forget_what_was_synced();
      if (victim->disk->read(victim->directory + "/" + name)) victim->disk->remove(victim->directory + "/" + name);
      const auto found = victim->read();
      if (name == "lock" || name == "synced") {
        EXPECT_EQ(found, victim->records) << name;
      } else {
        EXPECT_FALSE(found) << name;
        EXPECT_NE(victim->why.find("put back a copy"), std::string::npos) << victim->why;
      }
    }
  }
}

TEST_P(Damage, AnOldSegmentThatComesBackInThePlaceOfTheNewestIsMissed) {
  damage::set_bytes(*victim->disk, victim->directory + "/1.log", victim->whole);
  victim->disk->remove(victim->log());
  EXPECT_FALSE(victim->read());
  victim->forget_what_was_synced();
  EXPECT_FALSE(victim->read()) << "a segment is bound to its number";
}

INSTANTIATE_TEST_SUITE_P(Disks, Damage, testing::Bool(), [](const testing::TestParamInfo<bool>& disk) {
  return disk.param ? "RealFiles" : "SimulatedDisk";
});

}  // namespace
}  // namespace mznode
