#include "mznode/json/strong_number.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <type_traits>
#include <vector>

#include "mznode/json/codec.hpp"

namespace mznode::of_strong_numbers {
namespace {

using Term = StrongNumber<struct TermKind>;
using Index = StrongNumber<struct IndexKind>;
using Name = StrongNumber<struct NameKind, std::uint32_t, UINT32_MAX>;

struct Line {
  Index index = 3;
  std::optional<Term> term;
  std::vector<Index> more;
  MZNODE_FIELDS(index, term, more)
};

template <class A, class B>
concept CanBeAdded = requires(A a, B b) {
  a + b;
};

TEST(StrongNumber, IsTakenForNothingElse) {
  static_assert(!std::is_convertible_v<Term, Index>);
  static_assert(!std::is_convertible_v<std::uint32_t, Name>);
  static_assert(std::is_constructible_v<Term, std::uint64_t> && std::is_constructible_v<Term, Index>);
  static_assert(!std::is_assignable_v<Term&, Index>);
  static_assert(!std::is_invocable_v<std::equal_to<>, Term, Index>);
  static_assert(!std::is_invocable_v<std::less<>, Term, Index>);
  static_assert(std::is_convertible_v<Term, std::uint64_t> && sizeof(Term) == sizeof(std::uint64_t));
  static_assert(CanBeAdded<Index, int> && std::is_same_v<decltype(Index() + 1), Index>);
  static_assert(std::is_same_v<decltype(Index() - Index()), std::uint64_t>);
}

TEST(StrongNumber, CountsFromZeroOrNamesNothing) {
  Index index = 7;
  ++index;
  index += 2;
  EXPECT_EQ(index, 10u);
  EXPECT_EQ(index + 1, Index(11u));
  EXPECT_EQ(index - 1 - Index(4u), 5u);
  EXPECT_LT(Index(), index);
  EXPECT_LT(index, 11);
  EXPECT_EQ(Name(), UINT32_MAX);
  EXPECT_EQ((std::vector{5, 6, 7})[Name(1u)], 6);
}

TEST(StrongNumber, IsANumberToTheCodec) {
  EXPECT_EQ(to_json(Line{}).text(), R"({"index":3,"more":[]})");
  EXPECT_EQ(to_json(Line{.index = 4, .term = Term(9u), .more = {1, 2}}).text(), R"({"index":4,"term":9,"more":[1,2]})");
  const auto read = from_json<Line>(Json::parse(R"({"index":18446744073709551615,"term":null,"more":[8]})"));
  EXPECT_EQ(read.index, UINT64_MAX);
  EXPECT_FALSE(read.term);
  EXPECT_EQ(read.more, std::vector<Index>{8});
  for (const char* wrong : {"-1", "1.5", "18446744073709551616", "\"1\"", "null"}) {
    EXPECT_THROW(from_json<Index>(Json::parse(wrong)), Error) << wrong;
  }
}

}  // namespace
}  // namespace mznode::of_strong_numbers
