#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "mznode/node/cluster.hpp"
#include "mznode/node/fake_runtime.hpp"

/// What GoogleTest is told about seeds. Only for programs that are tests: it needs <gtest/gtest.h>.
namespace mznode {

/// The seeds of a test, until one fails; with the environment variable MZNODE_SEED only that one. A failure says which
/// seed it was of, and how to run the test with that alone:
///
///     TEST(Broadcaster, SurvivesLoss) {
///       for (const std::uint64_t seed : mznode::seeds(1, 200)) {
///         Cluster cluster({"n1", "n2", "n3"}, install<Broadcaster>, seed);
///         …
class seeds {  // NOLINT(readability-identifier-naming): reads as a function
 public:
  /// From `first` to `last`, both included.
  seeds(std::uint64_t first, std::uint64_t last) : first_(first), last_(last) {
    if (const char* only = std::getenv("MZNODE_SEED")) first_ = last_ = std::strtoull(only, nullptr, 10);
  }

  class Iterator {
   public:
    Iterator(std::uint64_t seed, std::uint64_t last) : seed_(seed), left_(seed <= last ? last - seed + 1 : 0) {
      trace();
    }
    std::uint64_t operator*() const { return seed_; }
    Iterator& operator++() {
      trace_.reset();
      ++seed_;
      --left_;
      trace();
      return *this;
    }
    /// At the end, or at the first seed behind one that failed.
    bool operator!=(const Iterator&) const { return left_ > 0 && !::testing::Test::HasFailure(); }

   private:
    void trace() {
      if (left_ == 0) return;
      const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
      const std::string name = test == nullptr ? "*" : std::string(test->test_suite_name()) + "." + test->name();
      const std::string seed = std::to_string(seed_);
      trace_.emplace(__FILE__, __LINE__,
                     "seed " + seed + "; alone: MZNODE_SEED=" + seed + " with --gtest_filter=" + name);
    }

    std::uint64_t seed_;
    std::uint64_t left_;
    std::optional<::testing::ScopedTrace> trace_ = std::nullopt;
  };

  Iterator begin() const { return {first_, last_}; }
  Iterator end() const { return {1, 0}; }

 private:
  std::uint64_t first_;
  std::uint64_t last_;
};

}  // namespace mznode
