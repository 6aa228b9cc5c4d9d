#include <gtest/gtest.h>

#include "tests/fuzz/oracle.hpp"

namespace mznode {
namespace {

/// Broken and odd relatives of good texts, from a seed: the fuzzer's checks without the fuzzer.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : state_(seed) {}

  std::string next() {
    static const std::string seeds[] = {
        R"({"id":1,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":[1,-2.5e+3,true,null,"\u00e9\n"]}})",
        R"({"body":{"in_reply_to":-7,"type":"\u0074","":{"a.b":[[],{}]},"x":18446744073709551615},"dest":"b","src":"a"})",
        R"([0,-0,0.10,10e-1,"é\ud83d\ude00 long enough for sixteen bytes",{"b":1,"a":{"b":2,"a":1},"b":3}])",
        R"( {"src" : "a" , "dest":"b", "body" : { "msg_id":"x", "type":"t", "type":7, "k":false } } )"};
    static const std::string pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"",
                                         "\\",
                                         "\\u",
                                         "\\ud800",
                                         "0",
                                         "-",
                                         ".",
                                         "e",
                                         "1e400",
                                         " ",
                                         "\r",
                                         "\n",
                                         "\t",
                                         std::string(1, '\0'),
                                         "\x1f",
                                         "\x7f",
                                         "\xc3",
                                         "\xa9",
                                         "\xed\xa0\x80",
                                         "\xf4\x90\x80\x80",
                                         "tru",
                                         "null",
                                         "\"src\":",
                                         "\"type\":\"t\"",
                                         "\"msg_id\":1,"};
    std::string text = seeds[random(std::size(seeds))];
    for (auto changes = random(4); changes > 0; --changes) {
      const std::size_t at = random(text.size() + 1);
      switch (random(5)) {
        case 0: text.insert(at, pieces[random(std::size(pieces))]); break;
        case 1: text.erase(at, random(4) + 1); break;
        case 2: text.resize(at); break;
        case 3: text.insert(at, text.substr(random(text.size() + 1), random(12))); break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(random(256));
      }
    }
    return text;
  }

 private:
  std::size_t random(std::size_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state_ >> 33) % bound);
  }
  std::uint64_t state_;
};

TEST(JsonMutations, TheReaderAgreesWithItsOracle) {
  Mutator mutator(20240229);
  int valid = 0;
  int messages = 0;
  constexpr int count = 60'000;
  for (int i = 0; i < count; ++i) {
    const std::string text = mutator.next();
    fuzz::check_value(text);
    fuzz::check_line(text);
    MessageView view;
    const bool is_message = view.scan(text) != MessageView::Status::junk;
    messages += is_message ? 1 : 0;
    valid += fuzz::reader_accepts(text) ? 1 : 0;
  }
  // The mutations must be neither too tame nor too wild to test anything.
  EXPECT_GT(valid, count / 10);
  EXPECT_LT(valid, count * 9 / 10);
  EXPECT_GT(messages, count / 20);
}

}  // namespace
}  // namespace mznode
