#include "core/storage.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "core/file_storage.hpp"

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

  FileStorage open() {
    return {directory.string(),
            [](const std::function<void()>& work, const std::function<void()>& done) {
              work();
              done();
            },
            [](const std::string& what) { ADD_FAILURE() << what; }};
  }
  Records read() {
    FileStorage storage = open();
    return storage.read();
  }
  /// Why what is there cannot be read, or nothing.
  std::string refusal() {
    try {
      read();
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

  fs::path directory;
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
  const Records records = {"first", "second", "third"};
  write(records);
  const std::string whole = bytes_of(segment(1));
  std::size_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    set_bytes(segment(1), whole.substr(0, size));
    const Records left = read();
    ASSERT_TRUE(is_prefix(left, records)) << size;
    ASSERT_GE(left.size(), most) << size;
    most = left.size();
    write({"next"});
    Records expected = left;
    expected.push_back("next");
    ASSERT_EQ(read(), expected) << size;
  }
  EXPECT_EQ(most, records.size());
}

TEST_F(FileStorageTest, AnyByteThatIsWrongIsReportedAndNothingIsForgotten) {
  write({"=first", "second", "third"});
  const std::string whole = bytes_of(segment(2));
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string wrong = whole;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
    set_bytes(segment(2), wrong);
    ASSERT_NE(refusal().find("2.log is damaged"), std::string::npos) << "bit " << bit;
    ASSERT_EQ(bytes_of(segment(2)), wrong);
  }
}

TEST_F(FileStorageTest, ASectorThatWasNeverWrittenEndsTheRecords) {
  const std::string large(5'000, 'x');
  write({"first", large});
  const std::string whole = bytes_of(segment(1));
  set_bytes(segment(1), whole + std::string(4'096, '\0'));
  EXPECT_EQ(read(), (Records{"first", large}));
  std::string wrong = whole;
  std::fill_n(wrong.begin() + 1'024, 512, '\0');
  set_bytes(segment(1), wrong);
  EXPECT_EQ(read(), Records{"first"});
}

TEST_F(FileStorageTest, ASegmentThatLostItsBeginningIsReported) {
  write({"old", "=new"});
  set_bytes(segment(2), "");
  EXPECT_NE(refusal().find("2.log does not have"), std::string::npos);
}

TEST_F(FileStorageTest, AReplacementThatIsNotWholeReplacesNothing) {
  write({"old"});
  const std::string old = bytes_of(segment(1));
  write({"=new", "more"});
  const std::string whole = bytes_of(segment(2));
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    fs::remove(segment(2));
    set_bytes(segment(1), old);
    set_bytes(segment(2), whole.substr(0, size));
    const Records left = read();
    ASSERT_TRUE(left == Records{"old"} || left == Records{"new"} || left == (Records{"new", "more"})) << size;
    ASSERT_NE(fs::exists(segment(1)), fs::exists(segment(2))) << size;
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
    FileStorage storage(
        directory.string(),
        [&](std::function<void()> work, std::function<void()> end) {
          offloaded.emplace_back(std::move(work), std::move(end));
        },
        [](const std::string&) {});
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
  FileStorage storage(
      directory.string(),
      [](const std::function<void()>& work, const std::function<void()>& end) {
        work();
        end();
      },
      [&](const std::string& what) { error = what; });
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
  FileStorage storage(
      directory.string(), [](const auto&, const auto&) { throw std::runtime_error("no threads are left"); },
      [&](const std::string& what) { error = what; });
  storage.read();
  storage.append("x");
  storage.sync([] { ADD_FAILURE(); });
  EXPECT_EQ(error, "no threads are left");
}

TEST_F(FileStorageTest, ASyncThatEndsAfterTheStorageIsNobodys) {
  std::function<void()> work;
  std::function<void()> end;
  {
    FileStorage storage(
        directory.string(),
        [&](std::function<void()> given_work, std::function<void()> given_end) {
          work = std::move(given_work);
          end = std::move(given_end);
        },
        [](const std::string& what) { ADD_FAILURE() << what; });
    storage.read();
    storage.append("x");
    storage.sync([] { ADD_FAILURE() << "whoever waits for it may be gone too"; });
  }
  work();
  end();
}

}  // namespace
}  // namespace mznode
