#include "mznode/check/answers.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "history/parts.hpp"
#include "invariants/independent.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;
using Problem = std::optional<std::string>;

/// What changes an object, by all names that checkers and models have for it. All else asks, or takes.
constexpr std::string_view writing_functions[] = {"add",    "append", "broadcast", "cas",    "delete", "enqueue",
                                                  "insert", "push",   "put",       "remove", "write"};

bool is_write(std::string_view f) {
  return std::find(std::begin(writing_functions), std::end(writing_functions), f) != std::end(writing_functions);
}

/// Whether the reply has nothing to tell but that it was done.
bool only_writes(const Operation& asked) {
  if (asked.f != "txn") return is_write(asked.f);
  const auto micro_ops = elements_of(asked.value.text());
  return micro_ops && std::all_of(micro_ops->begin(), micro_ops->end(), [](std::string_view each) {
           const auto parts = elements_of(each);
           return parts && !parts->empty() && (parts->front() == R"("append")" || parts->front() == R"("w")");
         });
}

/// How many replies the details and the explanation name.
constexpr std::size_t max_examples = 8;
constexpr std::size_t max_told = 3;

bool equal(std::string_view a, std::string_view b) {
  return a == b || json_of(a) == json_of(b);
}

bool is_list(std::string_view text) {
  return text == "null" || text.front() == '[';
}

/// The same judge, where a completion of another function is no answer. (Clients of logs complete what turned out to be
/// a transaction as one.)
template <class Judge>
AnswerJudge of_same_function(Judge judge) {
  return [judge](const Operation& asked, const Operation& reply) -> Problem {
    if (asked.f != reply.f) return "it is no answer to " + asked.f;
    return judge(asked, reply);
  };
}

/// Some clients leave the value of an acknowledged write out. What a checker does not know it refuses by itself.
Problem judge_same_value(const Operation& asked, const Operation& reply) {
  const bool is_known = is_write(asked.f) || asked.f == "transfer" || asked.f == "assign" || asked.f == "contains";
  if (!is_known) return std::nullopt;
  if (reply.value.is_null() || reply.value == asked.value) return std::nullopt;
  return "it was to " + asked.f + " " + shown(asked.value.text());
}

Problem judge_list(const Operation& reply) {
  if (is_list(reply.value.text())) return std::nullopt;
  return "a read answers with a list";
}

Problem judge_key(const Operation& asked, const Operation& reply) {
  const auto target = elements_of(asked.value.text());
  const auto answered = elements_of(reply.value.text());
  if (!target || target->size() != 2) return std::nullopt;  // the checker refuses it
  if (answered && answered->size() == 2 && equal(target->front(), answered->front())) return std::nullopt;
  return "the key that was asked is " + shown(target->front());
}

/// Compares transactions, micro-operation by micro-operation.
class TransactionJudge {
 public:
  enum class Objects : std::uint8_t { registers, named_registers, lists, logs };
  explicit TransactionJudge(Objects objects) : objects_(objects) {}

  Problem operator()(const Operation& asked, const Operation& reply) const {
    if (objects_ != Objects::logs && fills_in(asked.value.text(), reply.value.text())) return std::nullopt;
    const auto request = elements_of(asked.value.text());
    if (!request) return std::nullopt;  // what was asked is not known
    if (objects_ == Objects::named_registers && reply.value.is_null()) return std::nullopt;
    const auto answer = elements_of(reply.value.text());
    const std::size_t answers = answer ? answer->size() : 0;
    if (!answer && !reply.value.is_null()) return "it is no list of micro-operations";
    if (answers != request->size()) {
      return std::to_string(request->size()) + " micro-operations were asked and " + std::to_string(answers) +
             " are answered";
    }
    for (std::size_t i = 0; i < answers; ++i) {
      if (auto problem = judge((*request)[i], (*answer)[i])) {
        return "micro-operation " + std::to_string(i + 1) + " was " + shown((*request)[i]) + ", and " + *problem;
      }
    }
    return std::nullopt;
  }

 private:
  Problem judge(std::string_view asked, std::string_view answered) const {
    if (asked == answered) return objects_ == Objects::lists ? judge_shape(answered) : std::nullopt;
    const auto request = elements_of(asked);
    if (!request || request->empty()) return std::nullopt;  // the checker refuses it
    const auto answer = elements_of(answered);
    if (!answer || answer->empty() || (answer->size() != request->size() && request->front() != "\"poll\"")) {
      return "it is answered in another form: " + shown(answered);
    }
    if (!is_same_function(request->front(), answer->front())) {
      return "another function is answered: " + shown(answer->front());
    }
    if (request->front() == "\"poll\"" || request->size() < 2) return std::nullopt;
    if (!is_same_key((*request)[1], (*answer)[1])) return "another key is answered: " + shown((*answer)[1]);
    if (is_same_function(request->front(), "\"r\""))
      return objects_ == Objects::lists ? judge_shape(answered) : std::nullopt;
    if (request->size() < 3 || is_same_value(request->back(), answer->back())) return std::nullopt;
    return "another value is answered: " + shown(answer->back());
  }

  /// Whether an answer repeats what was asked, with values for null in its reads. Nearly all do, letter by letter;
  /// where this says no, it may be right all the same.
  bool fills_in(std::string_view asked, std::string_view answered) const {
    Scanner request(asked);
    Scanner answer(answered);
    if (!request.consume('[') || !answer.consume('[')) return false;
    for (;;) {
      std::string_view one;
      std::string_view other;
      const bool fits = request.value(one) && answer.value(other) && is_filled_in(one, other);
      if (!fits) return false;
      const bool goes_on = request.consume(',');
      if (goes_on != answer.consume(',')) return false;
      if (!goes_on) return true;
    }
  }

  bool is_filled_in(std::string_view asked, std::string_view answered) const {
    static constexpr std::string_view read = R"(["r",)";
    static constexpr std::string_view open_end = "null]";
    const bool is_read = asked.starts_with(read);
    if (asked == answered && !(is_read && objects_ == Objects::lists)) return true;
    if (!is_read || !asked.ends_with(open_end) || asked.size() <= read.size() + open_end.size()) return false;
    const std::string_view begin = asked.substr(0, asked.size() - open_end.size());
    if (!answered.starts_with(begin)) return false;
    const std::string_view rest = answered.substr(begin.size());
    std::string_view seen;
    const bool ends_there = Scanner(rest).value(seen) && seen.data() == rest.data() && seen.size() + 1 == rest.size();
    return ends_there && (objects_ != Objects::lists || is_list(seen));
  }

  static Problem judge_shape(std::string_view answered) {
    const auto answer = elements_of(answered);
    const bool is_read = answer && answer->size() == 3 && answer->front() == "\"r\"";
    if (!is_read || is_list(answer->back())) return std::nullopt;
    return "what was read is no list: " + shown(answer->back());
  }

  /// Of named registers, `read` and `write` are what elsewhere are `r` and `w`.
  bool is_same_function(std::string_view asked, std::string_view answered) const {
    if (equal(asked, answered)) return true;
    return objects_ == Objects::named_registers && asked.substr(0, 2) == answered.substr(0, 2);
  }

  /// The keys of a JSON map are strings, so logs may be asked by a number and answered by its text.
  bool is_same_key(std::string_view asked, std::string_view answered) const {
    if (equal(asked, answered)) return true;
    return objects_ == Objects::logs && details_key(json_of(asked)) == details_key(json_of(answered));
  }

  /// A message that was sent is answered by itself or with its offset.
  bool is_same_value(std::string_view asked, std::string_view answered) const {
    if (equal(asked, answered)) return true;
    if (objects_ != Objects::logs) return false;
    const auto pair = elements_of(answered);
    return pair && pair->size() == 2 && equal(asked, pair->back());
  }

  Objects objects_;
};

/// The key of a map, alone or with a value behind it.
std::string_view key_of(const Operation& operation) {
  const auto pair = pair_of(operation.value.text());
  return pair ? pair->first : std::string_view(operation.value.text());
}

/// What is said about one element, whether it is said with the element or alone.
Problem judge_element(const Operation& asked, const Operation& reply) {
  const auto pair = pair_of(reply.value.text());
  if (reply.value.kind() == Json::Kind::boolean || (pair && equal(pair->first, asked.value.text())))
    return std::nullopt;
  if (!pair && asked.f == "contains") return std::nullopt;  // the checker refuses it
  return judge_same_value(asked, reply);
}

/// Knows which keys each process has assigned itself. Where a history subscribes to topics, the keys are not told.
class LogJudge {
 public:
  explicit LogJudge(const History& history) {
    for (const Operation& operation : history) {
      if (!operation.is_client()) continue;
      subscribes_ = subscribes_ || operation.f == "subscribe";
    }
  }

  Problem operator()(const Operation& asked, const Operation& reply) {
    if (asked.f != reply.f) return std::nullopt;
    if (asked.f == "assign") return assign(asked, reply);
    if (asked.f != "send" && asked.f != "poll" && asked.f != "txn") return std::nullopt;
    if (auto problem = transactions_(asked, reply)) return problem;
    return !subscribes_ ? judge_polls(reply) : std::nullopt;
  }

 private:
  Problem assign(const Operation& asked, const Operation& reply) {
    if (auto problem = judge_same_value(asked, reply)) return problem;
    std::set<std::string>& keys = keys_[asked.process];
    keys.clear();
    const auto assigned = elements_of(asked.value.text());
    for (const std::string_view key : assigned.value_or(std::vector<std::string_view>())) {
      keys.insert(details_key(json_of(key)));
    }
    return std::nullopt;
  }

  Problem judge_polls(const Operation& reply) const {
    const auto known = keys_.find(reply.process);
    if (known == keys_.end()) return std::nullopt;  // what it asked for was settled before it
    const auto micro_ops = elements_of(reply.value.text());
    for (const std::string_view micro_op : micro_ops.value_or(std::vector<std::string_view>())) {
      const auto parts = elements_of(micro_op);
      if (!parts || parts->size() != 2 || parts->front() != "\"poll\"" || parts->back().front() != '{') continue;
      Scanner scanner(parts->back());
      scanner.consume('{');
      if (scanner.consume('}')) continue;
      do {
        std::string_view key;
        std::string_view messages;
        scanner.value(key);
        scanner.consume(':');
        scanner.value(messages);
        const std::string name = details_key(json_of(key));
        if (!known->second.contains(name)) {
          return "key " + shown(name) + " was not asked for: process " + std::to_string(reply.process) +
                 " has assigned itself others";
        }
      } while (scanner.consume(','));
    }
    return std::nullopt;
  }

  TransactionJudge transactions_{TransactionJudge::Objects::logs};
  bool subscribes_ = false;
  std::map<std::int64_t, std::set<std::string>> keys_;  // by process
};

std::string describe(const Operation& asked, const Operation& reply, const std::string& why) {
  return "the reply of process " + std::to_string(reply.process) + " (operation " + std::to_string(reply.index) +
         ") answers something else than was asked: " + reply.f + " " + shown(reply.value.text()) + " for " + asked.f +
         " " + shown(asked.value.text()) + "; " + why;
}

}  // namespace

AnswerJudge judge_writes(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    return asked.f == "read" ? std::nullopt : judge_same_value(asked, reply);
  });
}

AnswerJudge judge_functions(const History&) {
  return of_same_function([](const Operation&, const Operation&) -> Problem { return std::nullopt; });
}

AnswerJudge judge_set_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    return asked.f == "read" ? judge_list(reply) : judge_same_value(asked, reply);
  });
}

AnswerJudge judge_queue_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    return asked.f == "enqueue" || asked.f == "push" ? judge_same_value(asked, reply) : std::nullopt;
  });
}

AnswerJudge judge_keyed_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    return asked.f == "read" || asked.f == "get" ? judge_key(asked, reply) : judge_same_value(asked, reply);
  });
}

AnswerJudge judge_map_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    if (asked.f != "delete" && asked.f != "remove") {
      return asked.f == "read" || asked.f == "get" ? judge_key(asked, reply) : judge_same_value(asked, reply);
    }
    if (reply.value.is_null() || equal(key_of(asked), key_of(reply))) return std::nullopt;
    return "the key that was asked is " + shown(key_of(asked));
  });
}

AnswerJudge judge_group_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    if (asked.f != "read") return judge_same_value(asked, reply);
    const auto answered = pair_of(reply.value.text());
    if (asked.value.is_null() || !answered) return std::nullopt;  // not known, or refused by the checker
    if (equal(asked.value.text(), answered->first) || equal(key_of(asked), answered->first)) return std::nullopt;
    return "the group that was asked is " + shown(key_of(asked));
  });
}

AnswerJudge judge_independent_answers(const History& history) {
  const bool has_keys = Independent(history).has_keys();
  return of_same_function([has_keys](const Operation& asked, const Operation& reply) -> Problem {
    if (asked.f == "write") return judge_same_value(asked, reply);
    const bool is_told = has_keys && !asked.value.is_null() && pair_of(reply.value.text());
    return is_told ? judge_key(asked, reply) : std::nullopt;
  });
}

AnswerJudge judge_row_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    const bool are_numbers = asked.value.kind() == Json::Kind::number && reply.value.kind() == Json::Kind::number;
    return asked.f == "add" && are_numbers ? judge_same_value(asked, reply) : std::nullopt;
  });
}

AnswerJudge judge_element_answers(const History&) {
  return of_same_function([](const Operation& asked, const Operation& reply) -> Problem {
    return asked.f == "read" ? judge_list(reply) : judge_element(asked, reply);
  });
}

AnswerJudge judge_multi_register_answers(const History&) {
  return of_same_function(TransactionJudge(TransactionJudge::Objects::named_registers));
}

AnswerJudge judge_register_transactions(const History&) {
  return of_same_function(TransactionJudge(TransactionJudge::Objects::registers));
}

AnswerJudge judge_list_transactions(const History&) {
  return of_same_function(TransactionJudge(TransactionJudge::Objects::lists));
}

AnswerJudge judge_log_answers(const History& history) {
  return LogJudge(history);
}

std::optional<History> with_asked_values(const History& history, const Pairing& pairing) {
  std::optional<History> filled;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& reply = history[i];
    if (reply.type == Type::invoke || !reply.is_client() || !reply.value.is_null()) continue;
    const Operation& asked = history[pairing.invocation(i)];
    if (asked.f != reply.f || asked.value.is_null()) continue;
    if (reply.type == Type::ok && !only_writes(asked)) continue;
    if (!filled) filled = history;
    (*filled)[i].value = asked.value;
  }
  return filled;
}

void OtherThanAsked::write_to(ordered_json& details) const {
  ordered_json& written = details["other-than-asked"];
  written = {{"count", count}, {"errs", ordered_json::array()}};
  for (const Example& example : examples) {
    written["errs"].push_back(
        {{"asked", to_details(example.asked)}, {"reply", to_details(example.reply)}, {"why", example.why}});
  }
}

void add_other_than_asked(const History& history, const Pairing& pairing, const AnswerJudge& judge, Verdict& verdict) {
  OtherThanAsked finding;
  std::vector<std::string> explanation;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& reply = history[i];
    if (!reply.is_client() || reply.type != Type::ok) continue;
    const Operation& asked = history[pairing.invocation(i)];
    const Problem problem = judge(asked, reply);
    if (!problem) continue;
    if (++finding.count <= max_told) explanation.push_back(describe(asked, reply, *problem));
    if (finding.count <= max_examples) finding.examples.push_back({asked, reply, *problem});
  }
  if (finding.count == 0) return;
  verdict.valid = Valid::no;
  verdict.may_lack_time = false;
  verdict.explanation.insert(verdict.explanation.begin(), explanation.begin(), explanation.end());
  verdict.add(std::move(finding));
}

}  // namespace mznode::check
