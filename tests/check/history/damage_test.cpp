// Nothing that happens to an invalid history on its way makes it valid in silence.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "mznode/check/formats.hpp"
#include "mznode/check/registry.hpp"

namespace mznode::check {
namespace {

struct WrongHistory {
  const char* checker;
  const char* models;
  std::string text;
  /// What ends an operation; a history that ends behind one is whole.
  const char* row_end;
};

const std::vector<WrongHistory>& wrong_histories() {
  static const std::vector<WrongHistory> all = {
      {"cas-register", "",
       "{:type :invoke, :process 0, :f :write, :value 1}\n{:type :ok, :process 0, :f :write, :value 1}\n"
       "{:type :invoke, :process 0, :f :write, :value 2}\n{:type :ok, :process 0, :f :write, :value 2}\n"
       "{:type :invoke, :process 1, :f :read, :value nil}\n{:type :ok, :process 1, :f :read, :value 1}\n",
       "}\n"},
      {"lin-kv", "",
       R"({"type":"invoke","process":0,"f":"write","value":[7,1]})"
       "\n"
       R"({"type":"ok","process":0,"f":"write","value":[7,1]})"
       "\n"
       R"({"type":"invoke","process":1,"f":"read","value":[7,null]})"
       "\n"
       R"({"type":"ok","process":1,"f":"read","value":[7,3]})"
       "\n",
       "}\n"},
      {"set-full", "",
       "{:type :invoke, :process 0, :f :add, :value 1}\n{:type :ok, :process 0, :f :add, :value 1}\n"
       "{:type :invoke, :process 1, :f :read, :value nil}\n{:type :ok, :process 1, :f :read, :value []}\n",
       "}\n"},
      {"unique-ids", "",
       "{:type :invoke, :process 0, :f :generate, :value nil}\n{:type :ok, :process 0, :f :generate, :value 5}\n"
       "{:type :invoke, :process 1, :f :generate, :value nil}\n{:type :ok, :process 1, :f :generate, :value 5}\n",
       "}\n"},
      {"g-counter", "",
       "{:type :invoke, :process 0, :f :add, :value 1}\n{:type :ok, :process 0, :f :add, :value 1}\n"
       "{:type :invoke, :process 1, :f :read, :value nil, :final? true}\n"
       "{:type :ok, :process 1, :f :read, :value 5, :final? true}\n",
       "}\n"},
      {"list-append", "serializable",
       R"({"type":"invoke","process":0,"f":"txn","value":[["append",1,1],["r",2,null]]})"
       "\n"
       R"({"type":"invoke","process":1,"f":"txn","value":[["append",2,1],["r",1,null]]})"
       "\n"
       R"({"type":"ok","process":0,"f":"txn","value":[["append",1,1],["r",2,[1]]]})"
       "\n"
       R"({"type":"ok","process":1,"f":"txn","value":[["append",2,1],["r",1,[1]]]})"
       "\n",
       "}\n"},
      {"rw-register", "read-committed",
       "{:type :invoke, :process 0, :f :txn, :value [[:w 1 1] [:r 2 nil]]}\n"
       "{:type :invoke, :process 1, :f :txn, :value [[:w 2 1] [:r 1 nil]]}\n"
       "{:type :ok, :process 0, :f :txn, :value [[:w 1 1] [:r 2 1]]}\n"
       "{:type :ok, :process 1, :f :txn, :value [[:w 2 1] [:r 1 1]]}\n",
       "}\n"},
      {"rw-register", "read-committed", "w(1,1,0,0)\nr(2,1,0,0)\nw(2,1,1,1)\nr(1,1,1,1)\n", ")\n"},
      {"rw-register", "read-committed", "[x:=1 y==1]\n---\n[y:=1 x==1]\n", "]\n"},
      {"rw-register", "read-committed",
       R"({"params":{},"data":[[{"events":[["w",1,1],["r",2,1]],"committed":true}],)"
       R"([{"events":[{"Write":{"variable":2,"version":1}},["r",1,1]],"committed":true}]]})",
       "]]}"},
      {"cas-register", "",
       "INFO  jepsen.util - 0\t:invoke\t:write\t1\nINFO  jepsen.util - 0\t:ok\t:write\t1\n"
       "INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 0\t:ok\t:read\t[3]\n",
       "\n"},
      {"kv", "",
       "{:process 0, :type :invoke, :f :put, :key \"1\", :value \"2\"}\n{:process 0, :type :ok, :f :put, :key \"1\", "
       ":value \"2\"}\n{:process 0, :type :invoke, :f :get, :key \"1\", :value nil}\n{:process 0, :type :ok, :f :get, "
       ":key \"1\", :value \"3\"}\n",
       "}\n"},
  };
  return all;
}

Valid verdict_on_damaged(const WrongHistory& wrong, const std::string& text) {
  try {
    const RecordedHistory recorded = read_recorded(text);
    CheckOptions options;
    options.tells_time = recorded.tells_time;
    if (*wrong.models != '\0') options.consistency_models = ConsistencyModels::parse(wrong.models);
    return find_checker(wrong.checker)->check(recorded.operations, options).valid;
  } catch (const HistoryError&) {
    return Valid::unknown;
  }
}

void expect_not_true(const WrongHistory& wrong, const std::string& damaged) {
  EXPECT_NE(verdict_on_damaged(wrong, damaged), Valid::yes) << wrong.checker << "\n" << damaged;
}

/// Each match of `pattern` in the text, one after the other, replaced by `by`.
template <class Use>
void each_replaced(const std::string& text, const char* pattern, const std::string& by, Use&& use) {
  const std::regex wanted(pattern);
  for (auto it = std::sregex_iterator(text.begin(), text.end(), wanted); it != std::sregex_iterator(); ++it) {
    use(text.substr(0, static_cast<std::size_t>(it->position())) + it->format(by) +
        text.substr(static_cast<std::size_t>(it->position() + it->length())));
  }
}

TEST(Damage, AllAreWrongAtFirst) {
  for (const WrongHistory& wrong : wrong_histories())
    EXPECT_EQ(verdict_on_damaged(wrong, wrong.text), Valid::no) << wrong.text;
}

TEST(Damage, RenamedFieldsAndWords) {
  for (const WrongHistory& wrong : wrong_histories()) {
    // A field, a function or a type loses its last letter, or becomes capital.
    each_replaced(wrong.text, R"(([a-z?]+)([a-z?]))", "$1",
                  [&](const auto& damaged) { expect_not_true(wrong, damaged); });
    each_replaced(wrong.text, R"([a-z?]+)", "$&X", [&](const auto& damaged) { expect_not_true(wrong, damaged); });
  }
}

TEST(Damage, ValuesOfOtherTypes) {
  for (const WrongHistory& wrong : wrong_histories()) {
    if (wrong.checker == std::string("unique-ids")) continue;  // of ids, another one is right
    for (const char* by : {"\"$&\"", "$&.0", "$&.5", "$&e0", "$&e400", "$&99999999999999999999999999", "##NaN", "NaN",
                           "#x $&", "[$&]", "{}", "+", "0x", "$&N", "$&/7"}) {
      each_replaced(wrong.text, R"(\b\d+\b)", by, [&](const auto& damaged) { expect_not_true(wrong, damaged); });
    }
  }
}

TEST(Damage, AnIdThatIsNullIsNone) {
  const char* const given =
      "{:type :invoke, :process 0, :f :generate} {:type :ok, :process 0, :f :generate, :value nil}";
  EXPECT_EQ(find_checker("unique-ids")->check(read_history(given), {}).valid, Valid::unknown);
}

TEST(Damage, HalfWrittenEnds) {
  for (const WrongHistory& wrong : wrong_histories()) {
    const std::string end = wrong.row_end;
    for (std::size_t size = 1; size < wrong.text.size(); ++size) {
      const std::string cut = wrong.text.substr(0, size);
      // Behind an operation, with or without its line break, a shorter history ends.
      const bool is_whole = cut.ends_with(end) || (end != "\n" && (cut + "\n").ends_with(end));
      if (!is_whole) expect_not_true(wrong, cut);
    }
  }
}

TEST(Damage, LostInvocationsAndRepeatedLines) {
  for (const WrongHistory& wrong : wrong_histories()) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < wrong.text.size();) {
      const std::size_t end = std::min(wrong.text.find('\n', at), wrong.text.size());
      lines.push_back(wrong.text.substr(at, end - at) + "\n");
      at = end + 1;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string without;
      std::string twice;
      for (std::size_t j = 0; j < lines.size(); ++j) {
        if (j != i) without += lines[j];
        twice += lines[j];
        if (j == i) twice += lines[j];
      }
      if (lines[i].find("invoke") != std::string::npos) expect_not_true(wrong, without);
      expect_not_true(wrong, twice);
    }
  }
}

TEST(Damage, OtherEncodings) {
  for (const WrongHistory& wrong : wrong_histories()) {
    EXPECT_EQ(verdict_on_damaged(wrong, "\xEF\xBB\xBF" + wrong.text), Valid::no) << "a byte order mark";
    std::string crlf;
    std::string wide_little = "\xFF\xFE";
    std::string wide_big = "\xFE\xFF";
    for (const char c : wrong.text) {
      crlf.append(c == '\n' ? "\r" : "").append(1, c);
      wide_little.append(1, c).append(1, '\0');
      wide_big.append(1, '\0').append(1, c);
    }
    EXPECT_EQ(verdict_on_damaged(wrong, crlf), Valid::no) << crlf;
    expect_not_true(wrong, wide_little);
    expect_not_true(wrong, wide_big);
    expect_not_true(wrong, wide_little.substr(2));
    expect_not_true(wrong, wide_big.substr(2));
    for (std::size_t at = 0; at < wrong.text.size(); ++at) {
      for (const char* junk : {"\xFF", "\x01", ")", "]", "}", "\""}) {
        std::string damaged = wrong.text;
        damaged.insert(at, junk);
        expect_not_true(wrong, damaged);
      }
    }
  }
}

}  // namespace
}  // namespace mznode::check
