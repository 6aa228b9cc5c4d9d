#include "mznode/json/codec.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace mznode {
namespace {

struct Inner {
  std::int32_t x = 7;
  std::optional<std::string> note;
  MZNODE_FIELDS(x, note)
};
struct Outer {
  std::string name;
  Inner inner;
  std::vector<Inner> list;
  MZNODE_FIELDS(name, inner, list)
};
struct Maybe {
  std::optional<std::int64_t> number;
  std::optional<Json> json;
  MZNODE_FIELDS(number, json)
};
struct Catching {
  std::int64_t known = 0;
  Extra rest;
  MZNODE_FIELDS(known, rest)
};
struct Many {
  int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12;
  MZNODE_FIELDS(a, b, c, d, e, f, g, h, i, j, k, l)
};

template <class T>
T read(std::string_view text) {
  return from_json<T>(Json::parse(text));
}
template <class T>
std::string write(const T& value) {
  return to_json(value).text();
}
template <class T>
void expect_same(std::string_view text) {
  EXPECT_EQ(write(read<T>(text)), text);
}
/// What reading `text` as a T says.
template <class T>
std::string complaint(std::string_view text) {
  try {
    (void)read<T>(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::malformed_request);
    EXPECT_FALSE(error.is_received());
    return error.what();
  }
  ADD_FAILURE() << "accepted " << text;
  return "";
}

template <class Integer>
void expect_exact_ends() {
  const auto low = std::to_string(std::numeric_limits<Integer>::min());
  const auto high = std::to_string(std::numeric_limits<Integer>::max());
  expect_same<Integer>(low);
  expect_same<Integer>(high);
  std::string above = high;
  ++above.back();  // no maximum ends with 9
  complaint<Integer>(above);
  if (std::is_signed_v<Integer>) {
    std::string below = low;
    ++below.back();
    complaint<Integer>(below);
  } else {
    complaint<Integer>("-1");
  }
  complaint<Integer>(high + "0");
}

TEST(Codec, IntegersAreExactAtBothEndsAndRefusedBeyond) {
  expect_exact_ends<std::int16_t>();
  expect_exact_ends<std::uint16_t>();
  expect_exact_ends<std::int32_t>();
  expect_exact_ends<std::uint32_t>();
  expect_exact_ends<std::int64_t>();
  expect_exact_ends<std::uint64_t>();
  EXPECT_EQ(read<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(read<std::int64_t>("-0"), 0);
}

TEST(Codec, AnIntegerIsNothingElse) {
  for (const char* text : {"1.0", "1e0", "1E5", "-0.0", "\"1\"", "true", "null", "[]", "[1]", "{}"}) {
    complaint<std::int64_t>(text);
    complaint<std::uint64_t>(text);
  }
}

TEST(Codec, Scalars) {
  expect_same<bool>("true");
  expect_same<bool>("false");
  for (const char* text : {"0", "1", "\"true\"", "null"}) complaint<bool>(text);
  EXPECT_EQ(read<double>("1"), 1.0);
  EXPECT_EQ(read<double>("1.25e2"), 125.0);
  EXPECT_EQ(read<double>("-0.0"), 0.0);
  EXPECT_EQ(write(3.0), "3.0");
  EXPECT_EQ(write(0.1), "0.1");
  EXPECT_EQ(read<double>(write(5e-324)), 5e-324);
  EXPECT_EQ(read<double>(write(1.7976931348623157e308)), 1.7976931348623157e308);
  for (const char* text : {"\"1\"", "null", "true", "1e400", "[1]"}) complaint<double>(text);
  EXPECT_THROW(write(std::numeric_limits<double>::infinity()), Error);
  EXPECT_THROW(write(std::numeric_limits<double>::quiet_NaN()), Error);
}

TEST(Codec, Strings) {
  EXPECT_EQ(read<std::string>(R"("a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")"), "a\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(read<std::string>(R"("\u0000")"), std::string(1, '\0'));
  for (const char* text : {"1", "null", "[]", R"("\ud800")", R"("\udc00\ud800")", R"("\ud800x")"})
    complaint<std::string>(text);
  for (int c = 0; c < 128; ++c) {
    for (const std::size_t size : std::initializer_list<std::size_t>{1, 15, 16, 17, 40}) {
      const std::string text(size, static_cast<char>(c));
      EXPECT_EQ(read<std::string>(write(text)), text);
    }
  }
  EXPECT_EQ(write(std::string("\xff|\xc3")), "\"\xEF\xBF\xBD|\xEF\xBF\xBD\"");
}

TEST(Codec, PresenceIsChecked) {
  EXPECT_EQ(complaint<Outer>("{}"), "field \"name\" is missing");
  EXPECT_EQ(complaint<Outer>(R"({"name":"n","inner":{"x":1}})"), "field \"list\" is missing");
  for (const char* text : {"null", "[]", "1", "\"{}\""}) complaint<Outer>(text);
}

TEST(Codec, TheTextOfAnErrorNamesThePathAndTheValue) {
  EXPECT_EQ(complaint<Outer>(R"({"name":"n","inner":{"x":"y"},"list":[]})"),
            "field \"inner\": field \"x\": expected an integer in range, got \"y\"");
  EXPECT_EQ(complaint<Outer>(R"({"name":"n","inner":{},"list":[]})"), "field \"inner\": field \"x\" is missing");
  EXPECT_EQ(complaint<Outer>(R"({"name":7,"inner":{"x":1},"list":[]})"), "field \"name\": expected a string, got 7");
  EXPECT_EQ(complaint<Outer>(R"({"name":"n","inner":{"x":1},"list":[{"x":1},{"x":2147483648}]})"),
            "field \"list\": field \"x\": expected an integer in range, got 2147483648");
}

TEST(Codec, TheTextOfAnErrorIsShortAndWellFormed) {
  for (std::size_t lead = 0; lead < 4; ++lead) {
    std::string text = "[\"" + std::string(lead, 'a');
    for (int i = 0; i < 1000; ++i) text += "\xF0\x9F\x98\x80";
    const std::string said = complaint<std::int64_t>(text + "\"]");
    EXPECT_LT(said.size(), 200u);
    EXPECT_EQ(Json::parse(to_json(said).text()).as_string(), said);
    EXPECT_EQ(write(said).find("\xEF\xBF\xBD"), std::string::npos) << "a character was cut";
  }
}

TEST(Codec, OptionalFieldsMayBeAbsentOrNull) {
  EXPECT_EQ(write(read<Maybe>("{}")), "{}");
  EXPECT_EQ(write(read<Maybe>(R"({"number":null})")), "{}");
  expect_same<Maybe>(R"({"number":5,"json":{"b":1.10,"a":null}})");
  complaint<Maybe>(R"({"number":"5"})");
  Maybe reused{.number = 5, .json = Json(1)};
  decode("{}", reused);
  EXPECT_FALSE(reused.number || reused.json);
}

TEST(Codec, ExtraFieldsAreKeptUnchanged) {
  const auto value = read<Catching>(R"({"":0,"a.b":[1.10,1E5],"known":3,"x":{"z":18446744073709551615,"y":-0.0}})");
  EXPECT_EQ(value.known, 3);
  EXPECT_EQ(value.rest.at("a.b").text(), "[1.10,1E5]");
  EXPECT_EQ(write(value), R"({"known":3,"":0,"a.b":[1.10,1E5],"x":{"z":18446744073709551615,"y":-0.0}})");
  EXPECT_TRUE(read<Catching>(R"({"known":3})").rest.empty());
}

TEST(Codec, OfAKeyThatIsGivenTwiceTheLastValueCounts) {
  EXPECT_EQ(write(read<Catching>(R"({"known":"x","e":1,"known":4,"e":2})")), R"({"known":4,"e":2})");
  using Map = std::map<std::string, std::vector<int>>;
  EXPECT_EQ(read<Map>(R"({"a":[1],"a":[2,3]})"), (Map{{"a", {2, 3}}}));
}

TEST(Codec, NestedStructsAndKeysWithEscapes) {
  const auto value =
      read<Outer>(R"({"n\u0061me":"n","inn\u0065r":{"\u0078":1,"unknown":[]},"list":[{"x":2,"note":"\u0041"}]})");
  EXPECT_EQ(write(value), R"({"name":"n","inner":{"x":1},"list":[{"x":2,"note":"A"}]})");
}

TEST(Codec, VectorsPairsAndTuples) {
  expect_same<std::vector<std::int64_t>>("[]");
  expect_same<std::vector<std::vector<int>>>("[[],[1],[2,3]]");
  expect_same<std::vector<std::pair<std::int64_t, Json>>>(R"([[1,"a"],[2,{"b":null}]])");
  using Op = std::tuple<std::string, Json, std::optional<std::int64_t>>;
  expect_same<std::vector<Op>>(R"([["r",1,null],["append",[2],3]])");
  EXPECT_EQ(read<std::vector<int>>(" [ 1 , 2 ] "), (std::vector<int>{1, 2}));
  for (const char* text : {"[]", "[1]", "[1,2,3]", "{}", "1"}) complaint<std::pair<int, int>>(text);
  for (const char* text : {"{}", "1", "[1,\"x\"]", "[[1]]"}) complaint<std::vector<int>>(text);
  expect_same<std::vector<bool>>("[true,false]");
}

TEST(Codec, NullIsAnEmptyListWhereverAListStandsAndNothingElse) {
  EXPECT_TRUE(read<std::vector<int>>("null").empty());
  EXPECT_EQ(read<std::vector<std::vector<int>>>("[null,[1]]"), (std::vector<std::vector<int>>{{}, {1}}));
  using Lists = std::map<std::string, std::vector<int>>;
  EXPECT_EQ(read<Lists>(R"({"a":null,"b":[2]})"), (Lists{{"a", {}}, {"b", {2}}}));
  EXPECT_EQ((read<std::pair<std::vector<int>, int>>("[null,3]").first.size()), 0u);
  complaint<Lists>("null");
  complaint<std::pair<int, int>>("null");
  complaint<int>("null");
}

TEST(Codec, MapsWithOddKeys) {
  using Map = std::map<std::string, std::optional<std::int64_t>>;
  const Map map = {{"", 1}, {"a.b", 2}, {"\"", 3}, {"\\", 4}, {"\n", 5}, {"\xC3\xA9", 6}, {"null", std::nullopt}};
  EXPECT_EQ(read<Map>(write(map)), map);
  EXPECT_EQ(read<Map>(R"({"\u0022":3})"), (Map{{"\"", 3}}));
  for (const char* text : {"[]", "1", "null", R"({"a":"b"})"}) complaint<Map>(text);
}

TEST(Codec, TwelveFieldsAreReadAndWritten) {
  expect_same<Many>(R"({"a":12,"b":11,"c":10,"d":9,"e":8,"f":7,"g":6,"h":5,"i":4,"j":3,"k":2,"l":1})");
}

TEST(Codec, ADecodedJsonIsOneLine) {
  EXPECT_EQ(codec::decode_json("[1,\r{\"a\\r\":\r2}]").text(), "[1, {\"a\\r\": 2}]");
}

}  // namespace
}  // namespace mznode
