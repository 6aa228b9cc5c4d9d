#include "cycles/ids.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <type_traits>

namespace mznode::check::txn {
namespace {

TEST(Ids, AreTakenForNoOtherKind) {
  static_assert(!std::is_convertible_v<KeyId, ElementId>);
  static_assert(!std::is_convertible_v<std::uint32_t, KeyId>);
  static_assert(!std::is_assignable_v<TransactionId&, VertexId>);
  static_assert(!std::is_invocable_v<std::equal_to<>, KeyId, ElementId>);
  static_assert(std::is_convertible_v<KeyId, std::uint32_t>);
  static_assert(sizeof(KeyId) == sizeof(std::uint32_t));
}

TEST(Ids, AreNoneUnlessTheyNameSomething) {
  EXPECT_TRUE(KeyId() == none);
  EXPECT_FALSE(KeyId(0U) == none);
  EXPECT_LT(KeyId(7U), KeyId());
  std::uint32_t count = 0;
  for (KeyId key{0U}; key < 3U; ++key) count += key;
  EXPECT_EQ(count, 3U);
}

}  // namespace
}  // namespace mznode::check::txn
