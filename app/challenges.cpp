#include "challenges.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "command_line.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"

namespace mznode::app {
namespace {

/// Takes the next character of a word, or of what stands between quotation marks, from `line` at `at`.
class WordReader {
 public:
  void take(char c) {
    if (is_escaped_) {
      is_escaped_ = false;
      word_ += c;
    } else if (c == '\\' && quote_ != '\'') {
      is_escaped_ = is_word_ = true;
    } else if (quote_ != 0) {
      if (c != quote_) word_ += c;
      if (c == quote_) quote_ = 0;
    } else if (c == '"' || c == '\'') {
      quote_ = c;
      is_word_ = true;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      end_word();
    } else {
      is_word_ = true;
      word_ += c;
    }
  }

  /// Whether a # would begin a remark here.
  bool is_between_words() const { return !is_word_ && quote_ == 0; }

  Arguments finish() {
    if (quote_ != 0) throw std::invalid_argument(std::string("the quotation mark ") + quote_ + " has no partner");
    if (is_escaped_) word_ += '\\';
    end_word();
    return std::move(words_);
  }

 private:
  void end_word() {
    if (is_word_) words_.push_back(std::move(word_));
    word_.clear();
    is_word_ = false;
  }

  Arguments words_;
  std::string word_;
  bool is_word_ = false;
  bool is_escaped_ = false;
  char quote_ = 0;
};

std::vector<ChallengeNode> nodes_of_line(const Arguments& words) {
  if (words.size() < 2) {
    throw std::invalid_argument("a line names challenges, then the program, such as: 3d,3e ./my-node --flag");
  }
  std::vector<ChallengeNode> nodes;
  for (const std::string& name : split_list("the beginning of a line", words[0])) {
    nodes.push_back(
        {.challenge = &find_challenge(name), .program = words[1], .arguments = {words.begin() + 2, words.end()}});
  }
  if (nodes.empty()) throw std::invalid_argument("no challenge is named");
  return nodes;
}

}  // namespace

const std::vector<Challenge>& challenges() {
  const std::string broadcast = "--node-count 25 --time-limit 20 --rate 100 --latency 100";
  const std::string kafka = "--node-count 2 --concurrency 2n --time-limit 20 --rate 1000";
  const std::string uncommitted = kafka + " --consistency-models read-uncommitted";
  static const std::vector<Challenge> all = {
      {"1", "echo", "echo", {"--node-count 1 --time-limit 10"}},
      {"2",
       "unique ids",
       "unique-ids",
       {"--time-limit 30 --rate 1000 --node-count 3 --availability total --nemesis partition"}},
      {"3a", "broadcast, one node", "broadcast", {"--node-count 1 --time-limit 20 --rate 10"}},
      {"3b", "broadcast, five nodes", "broadcast", {"--node-count 5 --time-limit 20 --rate 10"}},
      {"3c", "broadcast, partitions", "broadcast", {"--node-count 5 --time-limit 20 --rate 10 --nemesis partition"}},
      {"3d",
       "efficient broadcast I",
       "broadcast",
       {broadcast},
       "msgs-per-op<30,stable-p50<400,stable-max<600",
       "--strategy star",
       1.99},
      {"3e",
       "efficient broadcast II",
       "broadcast",
       {broadcast},
       "msgs-per-op<20,stable-p50<1000,stable-max<2000",
       "--strategy star --flush-ms 1600",
       1.92},
      {"4",
       "counter, partitions",
       "g-counter",
       {"--node-count 3 --rate 100 --time-limit 20 --nemesis partition"},
       "",
       "",
       0.72},
      {"5a", "kafka, one node", "kafka", {"--node-count 1 --concurrency 2n --time-limit 20 --rate 1000"}},
      {"5b", "kafka, two nodes", "kafka", {kafka}, "", "", 1.37},
      {"5c", "kafka, efficient", "kafka", {kafka}, "", "", 1.37},
      {"6a",
       "txn, one node",
       "txn-rw-register",
       {"--node-count 1 --time-limit 20 --rate 1000 --concurrency 2n --consistency-models read-uncommitted "
        "--availability total"}},
      {"6b",
       "txn, read uncommitted",
       "txn-rw-register",
       {uncommitted, uncommitted + " --availability total --nemesis partition"}},
      {"6c",
       "txn, read committed",
       "txn-rw-register",
       {kafka + " --consistency-models read-committed --availability total --nemesis partition"}},
  };
  return all;
}

const Challenge& find_challenge(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Challenge& challenge : challenges()) {
    if (challenge.name == name) return challenge;
    known.emplace_back(challenge.name);
  }
  throw std::invalid_argument(unknown_word("challenge", printable(name), known));
}

Arguments words_of(std::string_view line) {
  WordReader reader;
  for (const char c : line) {
    if (c == '#' && reader.is_between_words()) break;
    reader.take(c);
  }
  return reader.finish();
}

std::vector<ChallengeNode> parse_challenge_nodes(const std::string& name, const std::string& text) {
  std::vector<ChallengeNode> all;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      const Arguments words = words_of(line);
      if (words.empty()) continue;
      for (ChallengeNode& node : nodes_of_line(words)) {
        const bool is_named = std::any_of(all.begin(), all.end(),
                                          [&](const ChallengeNode& each) { return each.challenge == node.challenge; });
        if (is_named) throw std::invalid_argument("challenge " + node.challenge->name + " is named twice");
        all.push_back(std::move(node));
      }
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(name + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  if (all.empty()) throw std::invalid_argument(name + " names no challenge; a line is such as: 3d ./my-node --flag");
  const auto order = [](const ChallengeNode& a, const ChallengeNode& b) { return a.challenge < b.challenge; };
  std::sort(all.begin(), all.end(), order);  // all stand in one vector
  return all;
}

}  // namespace mznode::app
