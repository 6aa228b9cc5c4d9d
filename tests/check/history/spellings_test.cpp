// Keywords and strings of one name in EDN.
#include <gtest/gtest.h>

#include "mznode/check/history.hpp"
#include "mznode/check/registry.hpp"

namespace mznode::check {
namespace {

/// The values of the operations of a history, one behind the other.
std::string values_of(const std::string& edn) {
  std::string values;
  for (const Operation& each : read_history(edn)) values += (values.empty() ? "" : " ") + each.value.text();
  return values;
}

TEST(EdnSpellings, KeywordsAndStringsOfOneNameAreTwoValues) {
  const auto history = [](const std::string& first, const std::string& second) {
    return "{:type :invoke, :process 0, :f :read, :value " + first + "}\n{:type :ok, :process 0, :f :read, :value " +
           second + ", :error \"b\", :note :b}\n";
  };
  EXPECT_EQ(values_of(history(":a", "\"a\"")), R"("a" "\"a\"")");
  EXPECT_EQ(values_of(history("\"a\"", "[1 :a]")), R"("\"a\"" [1,"a"])") << "in whatever order they come";
  EXPECT_EQ(values_of(history("{:a 1}", "{\"a\" 1, #{\"a\"} \"x\"}")), R"({"a":1} {"\"a\"":1,"[\"\\\"a\\\"\"]":"x"})");
  EXPECT_EQ(values_of(history("[:a \"a\"]", R"("\"a\"")")), R"(["a","\"a\""] "\"\\\"a\\\"\"")")
      << "what has quotes in it remains another one";
  // All others are read as ever: names of fields and functions, what no checker reads, and parts of other words.
  EXPECT_EQ(values_of(history(":a", "\"b\"")), R"("a" "b")");
  EXPECT_EQ(values_of(history("\"read\"", "[\"value\" \"type\" \"ok\"]")), R"("read" ["value","type","ok"])");
  EXPECT_EQ(values_of(history("[[:append \"append\" 1] [:r :r \"r\"]]", "\"b\"")),
            R"([["append","append",1],["r","r","\"r\""]] "b")")
      << "a function may be either";
  EXPECT_EQ(values_of(history(":a:b", "[\"a\" \"b\" \\\" x/:b \"\\\":a\"] ; :b\n")),
            R"("a:b" ["a","b","\"","x/:b","\":a"])");
}

TEST(EdnSpellings, AVerdictTellsKeywordsFromStrings) {
  const auto judge = [](const char* checker, const std::string& written, const std::string& read) {
    CheckOptions options;
    options.consistency_models = ConsistencyModels::parse("serializable");
    return find_checker(checker)
        ->check(read_history("{:process 0, :type :invoke, " + written + "} {:process 0, :type :ok, " + written +
                             "} {:process 1, :type :invoke, :f " + (checker == std::string("set") ? ":read" : ":txn") +
                             ", :value nil} {:process 1, :type :ok, " + read + "}"),
                options)
        .valid;
  };
  EXPECT_EQ(judge("set", ":f :add, :value :a", ":f :read, :value [:a]"), Valid::yes);
  EXPECT_EQ(judge("set", ":f :add, :value \"a\"", ":f :read, :value [\"a\"]"), Valid::yes);
  EXPECT_EQ(judge("set", ":f :add, :value :a", ":f :read, :value [\"a\"]"), Valid::no);
  EXPECT_EQ(judge("set", ":f :add, :value :a", ":f :read, :value [:a \"a\"]"), Valid::no);
  EXPECT_EQ(judge("set", ":f :add, :value \"a\"", ":f :read, :value [:a]"), Valid::no);
  EXPECT_EQ(judge("set", R"(:f :add, :value "\u0061")", ":f :read, :value [:a]"), Valid::no) << "however it is written";
  EXPECT_EQ(judge("set", R"(:f :add, :value "\u0061")", ":f :read, :value [\"a\"]"), Valid::yes);
  // Names of micro-operations are values like all others, but where they name one.
  for (const std::string name : {"r", "w", "append", "read", "write", "send", "poll"}) {
    const std::string keyword = ":" + name;
    const std::string string = "\"" + name + "\"";
    EXPECT_EQ(judge("set", ":f :add, :value " + keyword, ":f :read, :value [" + keyword + "]"), Valid::yes) << name;
    EXPECT_EQ(judge("set", ":f :add, :value " + keyword, ":f :read, :value [" + string + "]"), Valid::no) << name;
    EXPECT_EQ(judge("set", ":f :add, :value " + string, ":f :read, :value [" + keyword + "]"), Valid::no) << name;
    EXPECT_EQ(judge("list-append", ":f :txn, :value [[:append " + keyword + " 1] [:append " + string + " 2]]",
                    ":f :txn, :value [[:r " + keyword + " [1]] [\"r\" " + string + " [2]]]"),
              Valid::yes)
        << name;
  }
  for (const char* checker : {"list-append", "rw-register"}) {
    const std::string write = checker == std::string("list-append") ? "append" : "w";
    const auto shows = [&](const std::string& text) { return write == "w" ? text : "[" + text + "]"; };
    // What lists nobody appended to shows nothing of an order, so that there is nothing to judge.
    const Valid wrong = write == "w" ? Valid::no : Valid::unknown;
    const std::string written = ":f :txn, :value [[:" + write + " :x :one]]";
    EXPECT_EQ(judge(checker, written, ":f :txn, :value [[:r :x " + shows(":one") + "]]"), Valid::yes) << checker;
    EXPECT_EQ(judge(checker, written, ":f :txn, :value [[:r :x " + shows("\"one\"") + "]]"), wrong) << checker;
    EXPECT_EQ(judge(checker, written, ":f :txn, :value [[:r \"x\" " + shows(":one") + "]]"), wrong) << checker;
  }
}

TEST(EdnSpellings, TheyAreToldApartWhereverValuesStand) {
  const std::string log = "INFO  jepsen.util - 0\t:invoke\t:write\t:a\nINFO  jepsen.util - 0\t:ok\t:write\t\"a\"\n";
  EXPECT_EQ(values_of(log), R"("a" "\"a\"")");
  const History keyed = read_history(
      "{:process 0, :type :invoke, :f :get, :key \"a\", :value nil}\n"
      "{:process 0, :type :ok, :f :get, :key :a, :value \"1\"}\n");
  EXPECT_NE(keyed[0].value, keyed[1].value);
}

}  // namespace
}  // namespace mznode::check
