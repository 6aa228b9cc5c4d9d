#include "mznode/node/storage.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "file_storage.hpp"

namespace mznode {
namespace {

namespace fs = std::filesystem;
using Records = std::vector<std::string>;

TEST(SimulatedStorage, KeepsWhatWasSyncedAndNothingElse) {
  SimulatedStorage::Disk disk;
  std::vector<std::function<void()>> syncs;
  {
    SimulatedStorage storage(disk, [&](std::function<void()> done) { syncs.push_back(std::move(done)); });
    bool done = false;
    storage.append("a");
    storage.sync([&] { done = true; });
    storage.append("b");
    EXPECT_TRUE(disk.empty());
    syncs[0]();
    EXPECT_TRUE(done);
    EXPECT_EQ(disk, Records{"a"});
    storage.replace("c");
    storage.sync([] {});
    storage.append("d");
    storage.sync([] {});
    syncs[1]();
    EXPECT_EQ(disk, Records{"c"});
  }
  EXPECT_EQ(SimulatedStorage(disk).read(), Records{"c"});
}

class FileStorageTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    directory = fs::temp_directory_path() / ("mznode_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
    fs::remove_all(directory);
  }
  void TearDown() override { fs::remove_all(directory); }

  /// One that works on the loop, and must not fail.
  FileStorage::World world() {
    FileStorage::World world;
    world.offload = [](const std::function<void()>& work, const std::function<void()>& done) {
      work();
      done();
    };
    world.on_error = [](const std::string& what) { ADD_FAILURE() << what; };
    world.on_warning = [this](const std::string& what) { warnings.push_back(what); };
    return world;
  }
  FileStorage open(const StorageOwner& owner = n1) { return {directory.string(), owner, world()}; }
  Records read() {
    FileStorage storage = open();
    return storage.read();
  }
  /// Why what is there cannot be read, or nothing.
  std::string refusal(const StorageOwner& owner = n1) {
    try {
      FileStorage storage = open(owner);
      storage.read();
      return {};
    } catch (const std::runtime_error& cause) {
      return cause.what();
    }
  }
  /// What a process leaves that writes these records, each in a sync of its own; "=x" is a replacement by "x".
  void write(const Records& records) {
    FileStorage storage = open();
    storage.read();
    for (const auto& record : records) {
      record.front() == '=' ? storage.replace(record.substr(1)) : storage.append(record);
      bool done = false;
      storage.sync([&] { done = true; });
      ASSERT_TRUE(done);
    }
  }
  fs::path segment(int number) const { return directory / (std::to_string(number) + ".log"); }
  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void set_bytes(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  /// What a loss of power leaves that came before the system had written it by itself.
  void forget_what_was_synced() { fs::remove(directory / "synced"); }

  inline static const StorageOwner n1 = {{"workload", "lin-kv"}, {"strategy", "raft"}, {"node", "n1"}};
  fs::path directory;
  Records warnings;
};

TEST_F(FileStorageTest, GivesBackWhatWasWritten) {
  EXPECT_EQ(read(), Records{});
  const Records records = {"a", "", std::string("\0\n\xff", 3), std::string(100'000, 'x')};
  {
    FileStorage storage = open();
    storage.read();
    for (const auto& record : records) storage.append(record);
    storage.sync([] {});
  }
  EXPECT_EQ(read(), records);
  write({"b"});
  EXPECT_EQ(read().size(), 5u);
}

TEST_F(FileStorageTest, AReplacementBeginsANewSegmentAndTheOldOnesGo) {
  write({"a", "b", "=c", "d", "=e", "f"});
  EXPECT_EQ(read(), (Records{"e", "f"}));
  EXPECT_FALSE(fs::exists(segment(1)) || fs::exists(segment(2)));
  EXPECT_TRUE(fs::exists(segment(3)));
}

TEST_F(FileStorageTest, WhatIsReplacedBeforeItsSyncIsNotWritten) {
  {
    FileStorage storage = open();
    storage.read();
    storage.append("a");
    storage.replace("b");
    storage.append("c");
    storage.sync([] {});
  }
  EXPECT_EQ(read(), (Records{"b", "c"}));
}

/// True when `part` is a beginning of `all`.
bool is_prefix(const Records& part, const Records& all) {
  return part.size() <= all.size() && std::equal(part.begin(), part.end(), all.begin());
}

TEST_F(FileStorageTest, OfAFileThatEndsAnywhereTheWholeRecordsAreLeftAndCanBeContinued) {
  write({"first"});
  const std::string one = bytes_of(segment(1));
  const Records records = {"first", "second", "third"};
  write({"second", "third"});
  const std::string whole = bytes_of(segment(1));
  std::size_t most = 0;
  for (std::size_t size = one.size(); size <= whole.size(); ++size) {
    set_bytes(segment(1), whole.substr(0, size));
    forget_what_was_synced();
    warnings.clear();
    const Records left = read();
    ASSERT_TRUE(is_prefix(left, records)) << size;
    ASSERT_GE(left.size(), most) << size;
    most = left.size();
    if (!warnings.empty()) {
      const std::string valid = std::to_string(fs::file_size(segment(1)));
      ASSERT_NE(warnings[0].find("behind byte " + valid), std::string::npos) << warnings[0];
      ASSERT_EQ(bytes_of(segment(1)) + bytes_of(directory / ("1.log.cut-at-" + valid)), whole.substr(0, size));
    }
    ASSERT_EQ(warnings.empty(), fs::file_size(segment(1)) == size) << size;
    write({"next"});
    Records expected = left;
    expected.push_back("next");
    ASSERT_EQ(read(), expected) << size;
  }
  EXPECT_EQ(most, records.size());
}

TEST_F(FileStorageTest, AFileThatEndsBeforeWhatWasSyncedIsReported) {
  write({"first", "second", "third"});
  const std::string whole = bytes_of(segment(1));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string wrong = whole.substr(0, size);
    set_bytes(segment(1), wrong);
    ASSERT_NE(refusal().find("1.log is damaged"), std::string::npos) << size;
    ASSERT_EQ(bytes_of(segment(1)), wrong);
  }
}

TEST_F(FileStorageTest, AnyByteThatIsWrongIsReportedAndNothingIsForgotten) {
  write({"=first", "second", "third"});
  for (const fs::path& path : {segment(2), directory / "identity"}) {
    for (const bool knows_what_was_synced : {true, false}) {
      if (!knows_what_was_synced) forget_what_was_synced();
      const std::string whole = bytes_of(path);
      const std::size_t step = knows_what_was_synced ? 9 : 1;  // where there is less to go by, every bit
      for (std::size_t bit = 0; bit < 8 * whole.size(); bit += step) {
        std::string wrong = whole;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
        set_bytes(path, wrong);
        ASSERT_NE(refusal().find(path.filename().string()), std::string::npos) << "bit " << bit << ": " << refusal();
        ASSERT_EQ(bytes_of(path), wrong);
      }
      set_bytes(path, whole);
    }
  }
}

TEST_F(FileStorageTest, AMarkOfWhatWasSyncedThatIsWrongIsToldAndReplaced) {
  write({"first"});
  const std::string whole = bytes_of(directory / "synced");
  set_bytes(directory / "synced", std::string(whole.size(), 'x'));
  EXPECT_EQ(read(), Records{"first"});
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("synced is damaged"), std::string::npos);
  EXPECT_EQ(bytes_of(directory / "synced"), whole);
}

TEST_F(FileStorageTest, ASectorThatWasNeverWrittenEndsTheRecordsUnlessItWasSynced) {
  const std::string large(5'000, 'x');
  write({"first", large});
  const std::string whole = bytes_of(segment(1));
  set_bytes(segment(1), whole + std::string(4'096, '\0'));
  EXPECT_EQ(read(), (Records{"first", large}));
  EXPECT_EQ(warnings.size(), 1u);
  std::string wrong = whole;
  std::fill_n(wrong.begin() + 1'024, 512, '\0');
  set_bytes(segment(1), wrong);
  EXPECT_NE(refusal().find("1.log is damaged"), std::string::npos);
  EXPECT_EQ(bytes_of(segment(1)), wrong);
  forget_what_was_synced();
  EXPECT_EQ(read(), Records{"first"});
  EXPECT_EQ(warnings.size(), 2u);
}

TEST_F(FileStorageTest, WholeRecordsBehindAHoleProveDamage) {
  write({"first", std::string(2'000, 'x'), "last"});
  const std::string whole = bytes_of(segment(1));
  for (const std::size_t size : {std::size_t{12}, std::size_t{512}}) {
    std::string wrong = whole;
    std::fill_n(wrong.begin() + 1'024, size, '\0');
    set_bytes(segment(1), wrong);
    forget_what_was_synced();
    EXPECT_NE(refusal().find("whole records stand behind"), std::string::npos) << refusal();
    EXPECT_EQ(bytes_of(segment(1)), wrong);
  }
}

TEST_F(FileStorageTest, ASegmentThatLostItsBeginningIsReported) {
  write({"old", "=new"});
  for (const bool knows_what_was_synced : {true, false}) {
    if (!knows_what_was_synced) forget_what_was_synced();
    set_bytes(segment(2), "");
    EXPECT_NE(refusal().find("2.log"), std::string::npos) << refusal();
  }
}

TEST_F(FileStorageTest, AReplacementThatIsNotWholeReplacesNothing) {
  write({"old"});
  const std::string old = bytes_of(segment(1));
  write({"=new", "more"});
  const std::string whole = bytes_of(segment(2));
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    fs::remove(segment(2));
    forget_what_was_synced();
    set_bytes(segment(1), old);
    set_bytes(segment(2), whole.substr(0, size));
    const Records left = read();
    ASSERT_TRUE(left == Records{"old"} || left == Records{"new"} || left == (Records{"new", "more"})) << size;
    ASSERT_NE(fs::exists(segment(1)), fs::exists(segment(2))) << size;
  }
}

TEST_F(FileStorageTest, AnotherOwnerIsToldWhatDiffersAndChangesNothing) {
  write({"a"});
  const std::string before = bytes_of(segment(1));
  const StorageOwner others[] = {{{"workload", "kafka"}, {"strategy", "raft"}, {"node", "n1"}},
                                 {{"workload", "lin-kv"}, {"strategy", "caspaxos"}, {"node", "n1"}},
                                 {{"workload", "lin-kv"}, {"strategy", "raft"}, {"node", "n2"}},
                                 {{"node", "n1"}}};
  const char* const differences[] = {"here workload is kafka, not lin-kv;", "here strategy is caspaxos, not raft;",
                                     "here node is n2, not n1;", "workload is none, not lin-kv"};
  for (std::size_t i = 0; i < std::size(others); ++i) {
    const std::string said = refusal(others[i]);
    EXPECT_NE(said.find(differences[i]), std::string::npos) << said;
    EXPECT_NE(said.find("(format 1, workload lin-kv, strategy raft, node n1)"), std::string::npos) << said;
  }
  EXPECT_EQ(bytes_of(segment(1)), before);
  EXPECT_EQ(read(), Records{"a"});
}

TEST_F(FileStorageTest, FilesOfAnotherDirectoryAreReported) {
  write({"a"});
  const std::string mine = bytes_of(segment(1));
  fs::remove_all(directory);
  {
    FileStorage storage = open({{"node", "n2"}});
    storage.read();
  }
  set_bytes(segment(1), mine);
  EXPECT_NE(refusal({{"node", "n2"}}).find("1.log is damaged"), std::string::npos);
}

TEST_F(FileStorageTest, AFormatThatIsNotThisOneIsTold) {
  fs::create_directories(directory);
  // A record of the versions before the first release: a length, its checksum, that of the content, and the content.
  const std::string length("\x02\0\0\0", 4);
  std::string old = length;
  for (int shift = 0; shift < 32; shift += 8) old += static_cast<char>(crc32c(length) >> shift & 0xff);
  for (const std::string& text : {old + "....ax", std::string("mznode-storage 2 and what it holds")}) {
    set_bytes(segment(1), text);
    EXPECT_NE(refusal().find("1.log is in a format that this version does not read"), std::string::npos) << refusal();
    EXPECT_EQ(bytes_of(segment(1)), text);
  }
}

TEST_F(FileStorageTest, OneProcessAtATime) {
  FileStorage first = open();
  EXPECT_THROW(open(), std::runtime_error);
}

TEST_F(FileStorageTest, SyncsThatAreAskedForDuringOneShareTheNext) {
  std::vector<std::pair<std::function<void()>, std::function<void()>>> offloaded;
  int done = 0;
  {
    FileStorage::World later = world();
    later.offload = [&](std::function<void()> work, std::function<void()> end) {
      offloaded.emplace_back(std::move(work), std::move(end));
    };
    FileStorage storage(directory.string(), n1, later);
    storage.read();
    for (const char* record : {"a", "b", "c"}) {
      storage.append(record);
      storage.sync([&] { ++done; });
    }
    for (std::size_t i = 0; i < offloaded.size(); ++i) {
      const auto [work, end] = offloaded[i];
      work();
      end();
      EXPECT_EQ(done, i == 0 ? 1 : 3);
    }
  }
  EXPECT_EQ(offloaded.size(), 2u);
  offloaded.clear();  // they hold the directory
  EXPECT_EQ(read(), (Records{"a", "b", "c"}));
}

TEST_F(FileStorageTest, ADiskThatRefusesIsReportedAndNothingIsAcknowledged) {
  std::string error;
  bool done = false;
  FileStorage::World refusing = world();
  refusing.on_error = [&](const std::string& what) { error = what; };
  FileStorage storage(directory.string(), n1, refusing);
  storage.read();
  fs::remove_all(directory);
  storage.replace("x");  // needs a new file
  storage.sync([&] { done = true; });
  EXPECT_FALSE(done);
  EXPECT_NE(error.find("cannot open"), std::string::npos) << error;
  // What it is given from now on would only fill the memory.
  const auto given = std::make_shared<int>();
  storage.append("y");
  storage.sync([given] { ADD_FAILURE(); });
  EXPECT_EQ(given.use_count(), 1);
}

TEST_F(FileStorageTest, WorkThatCannotBeginIsReportedLikeADiskThatRefuses) {
  std::string error;
  FileStorage::World refusing = world();
  refusing.offload = [](const auto&, const auto&) { throw std::runtime_error("no threads are left"); };
  refusing.on_error = [&](const std::string& what) { error = what; };
  FileStorage storage(directory.string(), n1, refusing);
  storage.read();
  storage.append("x");
  storage.sync([] { ADD_FAILURE(); });
  EXPECT_EQ(error, "no threads are left");
}

TEST_F(FileStorageTest, ASyncThatEndsAfterTheStorageIsNobodys) {
  std::function<void()> work;
  std::function<void()> end;
  {
    FileStorage::World later = world();
    later.offload = [&](std::function<void()> given_work, std::function<void()> given_end) {
      work = std::move(given_work);
      end = std::move(given_end);
    };
    FileStorage storage(directory.string(), n1, later);
    storage.read();
    storage.append("x");
    storage.sync([] { ADD_FAILURE() << "whoever waits for it may be gone too"; });
  }
  work();
  end();
}

TEST_F(FileStorageTest, ARecordThatIsTooLargeIsReportedLikeADiskThatRefuses) {
  std::string error;
  FileStorage::World refusing = world();
  refusing.on_error = [&](const std::string& what) { error = what; };
  FileStorage storage(directory.string(), n1, refusing);
  storage.read();
  // Only its size is looked at.
  storage.append(std::string_view("x", (std::size_t{1} << 30) + 1));
  storage.sync([] { ADD_FAILURE() << "it was never stored"; });
  EXPECT_NE(error.find("gigabyte"), std::string::npos) << error;
}

}  // namespace
}  // namespace mznode
