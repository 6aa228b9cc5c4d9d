#include "mznode/json/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mznode {
namespace {

TEST(ErrorCodes, AreThoseOfMaelstrom) {
  struct Row {
    int code;
    bool definite;
    std::string_view name;
  };
  const Row rows[] = {{0, false, "timeout"},
                      {1, true, "node-not-found"},
                      {10, true, "not-supported"},
                      {11, true, "temporarily-unavailable"},
                      {12, true, "malformed-request"},
                      {13, false, "crash"},
                      {14, true, "abort"},
                      {20, true, "key-does-not-exist"},
                      {21, true, "key-already-exists"},
                      {22, true, "precondition-failed"},
                      {30, true, "txn-conflict"}};
  std::set<int> known;
  for (const Row& row : rows) {
    EXPECT_EQ(is_definite(static_cast<ErrorCode>(row.code)), row.definite) << row.code;
    EXPECT_EQ(error_name(static_cast<ErrorCode>(row.code)), row.name);
    known.insert(row.code);
  }
  for (int code = -5; code < 2000; ++code) {
    if (known.contains(code)) continue;
    EXPECT_FALSE(is_definite(static_cast<ErrorCode>(code))) << code;
    EXPECT_EQ(error_name(static_cast<ErrorCode>(code)), "unknown") << code;
  }
}

TEST(ErrorOrigin, SurvivesCopies) {
  const Error own(ErrorCode::abort, "a");
  const Error received = Error::received(ErrorCode::abort, "b");
  EXPECT_FALSE(Error(own).is_received());
  EXPECT_TRUE(Error(received).is_received());
  EXPECT_STREQ(Error(received).what(), "b");
  EXPECT_EQ(Error(received).code(), ErrorCode::abort);
}

void nest(int depth) {
  try {
    if (depth == 0) throw 42;
    nest(depth - 1);
  } catch (...) {
    std::throw_with_nested(Error(ErrorCode::abort, "level " + std::to_string(depth)));
  }
}

TEST(Describe, FollowsTheChainOfCauses) {
  EXPECT_EQ(describe(std::runtime_error("alone")), "alone");
  try {
    nest(2);
  } catch (const std::exception& exception) {
    EXPECT_EQ(describe(exception), "level 2: level 1: level 0: an exception that is not a std::exception");
  }
}

}  // namespace
}  // namespace mznode
