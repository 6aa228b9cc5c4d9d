// The store of texts beside a model that takes no shortcut.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>

#include "mznode/check/jsonl.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/sequential.hpp"
#include "mznode/check/verdict.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

struct PlainText {
  std::string value = {};
  MZNODE_FIELDS(value)

  std::optional<PlainText> step(const Call& call) const {
    const std::string argument = call.argument.as_string().value_or("");
    if (call.f == "put") return PlainText{argument};
    if (call.f == "append") return PlainText{value + argument};
    if (call.result && call.result->as_string() != value) return std::nullopt;
    return *this;
  }
  bool operator==(const PlainText&) const = default;
};

/// Whether what a get shows tells which calls made it.
enum class Arguments : std::uint8_t { alike, few_alike, all_different };

/// A history of one key: of a store that is right but for some of its answers.
History random_texts(std::mt19937_64& chance, Arguments arguments) {
  struct Open {
    Operation operation;
    bool has_happened = false;
    std::string seen = {};
  };
  std::array<std::optional<Open>, 4> open;
  std::string text;
  History history;
  const auto below = [&](std::uint64_t limit) { return chance() % limit; };
  const auto happen = [&](Open& it) {
    const std::string argument = it.operation.value.as_string().value_or("");
    if (it.operation.f == "put") text = argument;
    if (it.operation.f == "append") text += argument;
    it.seen = text;
    it.has_happened = true;
  };
  for (int i = 0; i < 28; ++i) {
    const std::size_t process = below(open.size());
    std::optional<Open>& it = open[process];
    if (!it) {
      Operation operation;
      operation.process = static_cast<std::int64_t>(process);
      operation.f = std::array{"get", "get", "append", "append", "put"}[below(5)];
      const std::string word = arguments == Arguments::alike       ? std::string(1, static_cast<char>('a' + below(3)))
                               : arguments == Arguments::few_alike ? std::to_string(below(9)) + ";"
                                                                   : std::to_string(i) + ";";
      if (operation.f != "get") operation.value = Json(word);
      it = Open{operation};
      if (below(2) == 0) happen(*it);
    } else {
      if (!it->has_happened) happen(*it);
      it->operation.type = below(8) == 0 ? Type::info : Type::ok;
      const bool is_wrong = below(16) == 0;
      if (it->operation.f == "get")
        it->operation.value = Json(is_wrong ? text.substr(below(text.size() + 1)) : it->seen);
    }
    it->operation.index = static_cast<std::int64_t>(history.size());
    history.push_back(it->operation);
    if (it->operation.type != Type::invoke) it.reset();
  }
  return history;
}

TEST(KeyValue, ShortcutsChangeNoVerdict) {
  std::mt19937_64 chance(7);
  const CheckFunction plain = linearizable<PlainText>();
  for (const Arguments arguments : {Arguments::alike, Arguments::few_alike, Arguments::all_different}) {
    std::array<int, 3> seen{};
    for (int i = 0; i < 3000; ++i) {
      History history = random_texts(chance, arguments);
      const Valid expected = plain(history, {}).valid;
      for (Operation& each : history) each.value = Json::from_valid("[1," + each.value.text() + "]");
      CheckOptions briefly;
      briefly.explain = false;
      for (const CheckOptions& options : {CheckOptions(), briefly}) {
        const Verdict verdict = find_checker("kv")->check(history, options);
        ASSERT_EQ(verdict.valid, expected) << i << " " << verdict.error << "\n" << write_jsonl(history);
      }
      ++seen[static_cast<std::size_t>(expected)];
    }
    EXPECT_GT(seen[static_cast<std::size_t>(Valid::yes)], 300);
    EXPECT_GT(seen[static_cast<std::size_t>(Valid::no)], 300);
  }
}

/// Answers that are none of a text that has begun, or come at another time.
TEST(KeyValue, WhatGetsShowTellsWhichCallsMadeIt) {
  const auto valid = [](const std::vector<std::string>& rows) {
    CheckOptions options;
    options.explain = false;
    return find_checker("kv")->check(shorthand(rows), options).valid;
  };
  const std::vector<std::string> two = {R"(0 invoke append [1,"a;"])", R"(1 invoke append [1,"b;"])",
                                        R"(0 ok append [1,"a;"])",     R"(1 ok append [1,"b;"])",
                                        R"(2 invoke get [1,null])",    "",
                                        R"(2 invoke get [1,null])",    ""};
  const auto shows = [&](const char* first, const char* second) {
    auto rows = two;
    rows[5] = std::string("2 ok get [1,\"") + first + "\"]";
    rows[7] = std::string("2 ok get [1,\"") + second + "\"]";
    return valid(rows);
  };
  EXPECT_EQ(shows("a;b;", "a;b;"), Valid::yes);
  EXPECT_EQ(shows("b;a;", "b;a;"), Valid::yes);
  EXPECT_EQ(shows("b;\\u0061;", "b;a;"), Valid::yes) << "spelled otherwise";
  EXPECT_EQ(shows("a;b;", "b;a;"), Valid::no) << "forked";
  EXPECT_EQ(shows("a;", "a;b;"), Valid::no) << "the second had been acknowledged";
  EXPECT_EQ(shows("a;b;a;", "a;b;a;"), Valid::no) << "twice";
  EXPECT_EQ(shows("a;b;c;", "a;b;c;"), Valid::no) << "nobody's";
  EXPECT_EQ(shows("a;b", "a;b;"), Valid::no) << "half";
  EXPECT_EQ(shows("", "a;b;"), Valid::no) << "the beginning, too late";
}

TEST(KeyValue, EachKeyIsJudgedByItselfAlsoWhereNothingWasAnswered) {
  const std::vector<std::string> right = {R"(0 invoke put ["a","x"])", R"(0 ok put ["a","x"])",
                                          R"(1 invoke get ["a",null])", R"(1 ok get ["a","x"])",
                                          R"(2 invoke get ["b",null])"};
  EXPECT_EQ(find_checker("kv")->check(shorthand(right), {}).valid, Valid::yes);
  auto wrong = right;
  wrong[3] = R"(1 ok get ["a","y"])";
  const Verdict verdict = find_checker("kv")->check(shorthand(wrong), {});
  EXPECT_EQ(verdict.valid, Valid::no);
  EXPECT_EQ(verdict.explanation.front(), R"(key "a":)");
  EXPECT_EQ(find_checker("kv")->check(shorthand({"0 invoke get 5", "0 ok get 5"}), {}).error,
            "operation 0: expected [key, value] as the value of get");
}

}  // namespace
}  // namespace mznode::check
