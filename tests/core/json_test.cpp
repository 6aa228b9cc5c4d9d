#include "mznode/json/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/json/error.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode {
namespace {

Json json(std::string_view text) {
  return Json::parse(text);
}

TEST(Json, KeepsTheTextItWasGiven) {
  for (const char* text :
       {"18446744073709551615", "1.10", "1E5", "-0.0", R"({"b":1,"a":{"":0,"x.y":[]}})", R"("\u00e9\/")"}) {
    EXPECT_EQ(json(text).text(), text);
  }
}

TEST(Json, RefusesWhatIsNotOneJsonValue) {
  for (const char* text : {"",           " ",           "[1,2,}", "01",       "01.e",         "\"a\\qb\"",
                           "{\"a\":1,}", "[1]]",        "1 2",    "nul",      "\"\x01\"",     "'a'",
                           "\"open",     "\"\\u12g4\"", "-",      "1.",       ".5",           "1e",
                           "+1",         "{a:1}",       "[,]",    "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                           "{\"a\"}",    "{\"a\":}",    "NaN",    "]",        "\"\\",         "[1 2]"}) {
    EXPECT_THROW(json(text), Error) << text;
  }
}

TEST(Json, NestsAsDeepAsMemoryAllows) {
  const std::size_t depth = 200'000;
  const std::string text = std::string(depth, '[') + std::string(depth, ']');
  const Json deep = json(text);
  EXPECT_EQ(deep.text(), text);
  EXPECT_EQ(deep.canonical(), text);
  EXPECT_THROW(deep.value(), Error);
  EXPECT_THROW(json(text.substr(1)), Error);
}

TEST(Json, MixedNestingAcrossTheInlineStackIsTracked) {
  std::string text;
  std::string closing;
  for (int i = 0; i < 500; ++i) {
    text += i % 3 == 0 ? "{\"k\":" : "[";
    closing.insert(closing.begin(), i % 3 == 0 ? '}' : ']');
  }
  EXPECT_EQ(json(text + "1" + closing).text(), text + "1" + closing);
  std::string wrong = closing;
  wrong[200] = wrong[200] == '}' ? ']' : '}';
  EXPECT_THROW(json(text + "1" + wrong), Error);
}

TEST(Json, EqualityIsThatOfTheValues) {
  EXPECT_EQ(json(R"({"a":1,"b":[2, 3]})"), json(R"({ "b" : [2,3], "a" : 1 })"));
  EXPECT_EQ(json(R"("\u0061")"), json(R"("a")"));
  EXPECT_EQ(json("1.10"), json("11e-1"));
  EXPECT_EQ(json("0.0"), json("-0.0"));
  EXPECT_EQ(json("-0"), json("0"));
  EXPECT_EQ(json("1E5"), json("100000.0"));
  EXPECT_EQ(json("1e99999999999999999999"), json("10e99999999999999999998"));
  EXPECT_EQ(json(R"({"a":1,"a":2})"), json(R"({"a":2})"));
  EXPECT_EQ(json("[1,[-0]]"), json("[1,[0]]"));
  EXPECT_EQ(json("[1,\t[2]]"), json("[1,[2]]"));
  EXPECT_EQ(json("[10e-1,1]"), json("[1.0,1]"));
  EXPECT_EQ(json(R"(["\u0061",{"a":1,"b":2}])"), json(R"(["a",{"b":2,"a":1}])"));
  EXPECT_NE(json("1"), json("1.0"));
  EXPECT_NE(json("-1"), json("18446744073709551615"));
  EXPECT_NE(json("9007199254740993.0"), json("9007199254740992.0"));
  EXPECT_NE(json("[1,2]"), json("[2,1]"));
  EXPECT_NE(json("null"), json("\"null\""));
  EXPECT_NE(json("\"\\ud800\""), json("\"\\ud801\""));
}

TEST(Json, EqualValuesHaveEqualHashes) {
  EXPECT_EQ(json(R"({"a":1,"b":1.50})").hash(), json(R"({"b":15e-1,"a":1})").hash());
  EXPECT_NE(json("1").hash(), json("1.0").hash());
}

TEST(Json, OrderIsByKindThenByValue) {
  const std::vector<const char*> ascending = {"null",  "false", "true",  "-1e400", "-10",
                                              "-9.5",  "-1",    "0",     "0.0",    "0.5",
                                              "1",     "1.0",   "2",     "10",     "18446744073709551615",
                                              "1e400", "\"\"",  "\"!\"", "\"A\"",  "\"A!\"",
                                              "\"a\"", "[]",    "{}"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      EXPECT_EQ(json(ascending[i]) <=> json(ascending[k]), i <=> k) << ascending[i] << " and " << ascending[k];
    }
  }
}

TEST(Json, ReadsScalars) {
  EXPECT_EQ(json("-9223372036854775808").as_int(), INT64_MIN);
  EXPECT_EQ(json("9223372036854775808").as_int(), std::nullopt);
  EXPECT_EQ(json("1.0").as_int(), std::nullopt);
  EXPECT_EQ(json(R"("\ud83d\ude00\n")").as_string(), "\xF0\x9F\x98\x80\n");
  EXPECT_EQ(Json("a\"b\\\n").text(), R"("a\"b\\\u000a")");
  EXPECT_EQ(Json(true).text(), "true");
}

TEST(Json, GivesATreeOnRequest) {
  EXPECT_EQ(json(R"({"a":[1,2.5]})").value(), nlohmann::json::parse(R"({"a":[1,2.5]})"));
  EXPECT_THROW(json("1e400").value(), Error);
  EXPECT_THROW(json("\"\\ud800\"").value(), Error);
  EXPECT_EQ(Json::from({{"x", 1}}).text(), R"({"x":1})");
  EXPECT_THROW(Json::from("\xff"), Error);
  EXPECT_THROW(Json::from(nlohmann::json::parse("[1,", nullptr, false)), Error)
      << "what nlohmann could not parse is no value";
}

TEST(Json, IsNotMadeOfWhatWouldBecomeABoolean) {
  EXPECT_EQ(Json(false).text(), "false");
  EXPECT_EQ(Json(std::uint64_t{18446744073709551615u}).text(), "18446744073709551615");
  EXPECT_FALSE((std::is_constructible_v<Json, double>));
  EXPECT_FALSE((std::is_constructible_v<Json, int*>));
}

template <class Text>
concept comparable_with_json = requires(const Json& json, const Text& text) {
  json <=> text;
};

TEST(Json, IsMadeOfTextOnlyWhereThatIsSaid) {
  static_assert(!std::is_convertible_v<std::string, Json>);
  static_assert(!std::is_convertible_v<std::string_view, Json>);
  static_assert(!std::is_convertible_v<const char*, Json>);
  static_assert(!std::is_convertible_v<const char(&)[2], Json>);
  static_assert(!comparable_with_json<std::string> && !comparable_with_json<std::string_view>);
  static_assert(std::is_convertible_v<int, Json> && std::is_convertible_v<bool, Json>);
  EXPECT_EQ(Json("[1]").text(), R"("[1]")") << "characters";
  EXPECT_EQ(Json(std::string("[1]")), Json(std::string_view("[1]")));
  EXPECT_EQ(Json::parse("[1]").kind(), Json::Kind::array) << "JSON";
}

TEST(WholeCharacters, AreNotCutInTheMiddle) {
  EXPECT_EQ(whole_characters("abc", 3), "abc");
  EXPECT_EQ(whole_characters("abc", 2), "ab");
  EXPECT_EQ(whole_characters("a\u00e9b", 2), "a");
  EXPECT_EQ(whole_characters("a\u00e9b", 3), "a\u00e9");
  EXPECT_EQ(whole_characters("\U0001F600", 3), "");
  EXPECT_EQ(whole_characters("\x80\x80\x80", 2), "") << "which is no text at all";
}

TEST(Json, LineBreaksBetweenTokensDoNotSurvive) {
  EXPECT_EQ(json("{\n\"a\":\r\n1 }").text(), "{ \"a\":  1 }");
}

}  // namespace
}  // namespace mznode
