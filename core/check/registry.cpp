#include "mznode/check/registry.hpp"

#include <algorithm>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "mznode/check/counter.hpp"
#include "mznode/check/echo.hpp"
#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/objects.hpp"
#include "mznode/check/pn_counter.hpp"
#include "mznode/check/set_full.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/txn/txn.hpp"
#include "mznode/check/unique_ids.hpp"

namespace mznode::check {

// To add a checker, write its function in a file of its own and name it here: its names, what it demands, and the rest
// of a Checker.
#define MZNODE_CHECKERS                                                                                               \
  CHECKER(check_echo, "echo", echo, prefixes, "every echo is answered with what it sent", nullptr)                    \
  CHECKER(check_set_full, "broadcast", set, prefixes, set_summary, judge_set_answers)                                 \
  CHECKER(check_set_full, "g-set", set, prefixes, set_summary, judge_set_answers)                                     \
  CHECKER(check_set_full, "set-full", set, prefixes, set_summary, judge_set_answers)                                  \
  CHECKER(check_unique_ids, "unique-ids", ids, prefixes, ids_summary, nullptr)                                        \
  CHECKER(check_pn_counter, "g-counter", counter, whole, final_read_summary, judge_writes)                            \
  CHECKER(check_pn_counter, "pn-counter", counter, whole, final_read_summary, judge_writes)                           \
  CHECKER(check_lin_kv, "lin-kv", registers, prefixes,                                                                \
          "every key is a linearizable register with read, write and compare-and-set", judge_keyed_answers)           \
  CHECKER(check_cas_register, "cas-register", one_register, prefixes,                                                 \
          "the register with read, write and compare-and-set is linearizable", judge_writes)                          \
  CHECKER(check_kv, "kv", registers, prefixes, "every key is a linearizable text with get, put and append",           \
          judge_keyed_answers)                                                                                        \
  CHECKER(check_counter, "counter", counter, prefixes,                                                                \
          "every read lies between the adds acknowledged before and those attempted", judge_writes)                   \
  CHECKER(check_kafka, "kafka", logs, whole,                                                                          \
          "logs: no message is lost, doubled, seen before it was sent, skipped, or out of order", judge_log_answers)  \
  CHECKER(check_list_append, "txn-list-append", transactions, prefixes, txn_summary, judge_list_transactions, false)  \
  CHECKER(check_list_append, "list-append", transactions, prefixes, txn_summary, judge_list_transactions, false)      \
  CHECKER(check_txn_rw_register, "txn-rw-register", transactions, prefixes, txn_summary, judge_register_transactions, \
          false, true)                                                                                                \
  CHECKER(check_rw_register, "rw-register", transactions, prefixes, txn_summary, judge_register_transactions, false,  \
          true)                                                                                                       \
  CHECKER(check_set, "set", set, whole, "the last read shows every acknowledged element and none that nobody added",  \
          judge_set_answers)                                                                                          \
  CHECKER(check_queue, "queue", other, whole, "what is dequeued was enqueued before, and is dequeued once",           \
          judge_queue_answers)                                                                                        \
  CHECKER(check_total_queue, "total-queue", other, whole, "what is enqueued is dequeued, and nothing else",           \
          judge_queue_answers)                                                                                        \
  CHECKER(check_bank, "bank", other, whole,                                                                           \
          "every read shows the balance of each account, and the same amount in all", judge_writes)                   \
  CHECKER(check_long_fork, "long-fork", other, whole, "reads of a group of keys show the writes in one order",        \
          judge_register_transactions)                                                                                \
  CHECKER(check_sequential, "sequential", other, whole, "who reads a later key of a group reads all earlier ones",    \
          judge_group_answers)                                                                                        \
  CHECKER(check_causal_reverse, "causal-reverse", other, whole, causal_reverse_summary, judge_independent_answers)    \
  CHECKER(check_causal_reverse, "comments", other, whole, causal_reverse_summary, judge_independent_answers)          \
  CHECKER(check_monotonic, "monotonic", other, whole, "rows are read in the order in which they were added",          \
          judge_row_answers)                                                                                          \
  CHECKER(check_causal, "causal", other, whole, "each register is written and read in causal order",                  \
          judge_independent_answers)                                                                                  \
  CHECKER(check_adya, "adya", other, whole, "one insert a key succeeds at most", judge_writes)                        \
  CHECKER(check_mutex, "mutex", other, whole, "the lock with acquire and release is linearizable", judge_functions)   \
  CHECKER(check_fifo_queue, "fifo-queue", other, whole, "the queue is linearizable, and first in is first out",       \
          judge_queue_answers)                                                                                        \
  CHECKER(check_linearizable, "linearizable", other, whole, "the object that --model names is linearizable", nullptr)

#define CHECKER(function, ...) Verdict function(const History& history, const CheckOptions& options);
MZNODE_CHECKERS
#undef CHECKER

namespace {

constexpr std::string_view set_summary = "no element is lost once it was known, and no read shows one twice";
constexpr std::string_view final_read_summary =
    "every final read is the sum of the acknowledged adds and of some indefinite ones";
constexpr std::string_view txn_summary = "no anomaly that the demanded consistency models forbid";
constexpr std::string_view causal_reverse_summary =
    "what is read brings along all that was acknowledged before its write began";
constexpr std::string_view ids_summary = "no id is given out twice";

constexpr Checker table[] = {
#define CHECKER(function, name, subject, judges, summary, ...) \
  {name, Subject::subject, Judges::judges, summary, function, __VA_ARGS__},
    MZNODE_CHECKERS
#undef CHECKER
};

/// The functions that the operations of a checker may have, where one of another name would be passed over. Those of
/// registers and of transactions are refused by their readers, and clients of logs have many more.
struct Functions {
  std::string_view checkers;
  std::string_view names;
};
constexpr Functions functions[] = {
    {"echo", "echo"},
    {"unique-ids", "generate"},
    {"broadcast g-set set-full", "add broadcast read"},
    {"g-counter pn-counter counter", "add read"},
    {"set monotonic", "add read"},
    {"queue", "enqueue dequeue"},
    {"total-queue", "enqueue dequeue drain"},
    {"bank", "transfer read"},
    {"sequential causal-reverse comments", "write read"},
    {"causal", "read-init read write"},
    {"adya", "insert"},
};

bool is_word_of(std::string_view word, std::string_view words) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

/// The names, separated by blanks; empty where any may be.
std::string_view known_functions(std::string_view checker) {
  for (const Functions& each : functions) {
    if (is_word_of(checker, each.checkers)) return each.names;
  }
  return {};
}

/// Throws HistoryError where the operations are not what the checker judges by.
void demand_operations(const Checker& checker, const History& history, const CheckOptions& options) {
  const std::string_view known = Upstream(options).passes_over_functions() ? "" : known_functions(checker.name);
  if (!options.tells_time && checker.needs_f) {
    throw HistoryError("the history tells nothing of time, without which " + std::string(checker.name) +
                       " cannot judge; it can be judged as transactions (rw-register)");
  }
  bool any = false;
  for (const Operation& operation : history) {
    if (!operation.is_client()) continue;
    any = true;
    if (checker.needs_f && operation.f.empty()) refuse(operation, "expected f, the name of what it does");
    if (!known.empty() && !is_word_of(operation.f, known)) {
      refuse(operation, std::string(checker.name) + " judges operations of these names: " + std::string(known) +
                            "; this one is " + operation.f);
    }
  }
  if (!any) throw HistoryError("there is nothing to judge: the history has no operation of a client");
}

/// Those of the model, where the history is judged by one; none where no model has the name.
MakeAnswerJudge answers_of(const Checker& checker, const CheckOptions& options) {
  if (checker.function != check_linearizable) return checker.answers;
  const SequentialModelInfo* model = find_sequential_model(options.model);
  return model != nullptr ? model->answers : nullptr;
}

Verdict judge(const Checker& checker, const History& history, const CheckOptions& options) {
  try {
    Verdict verdict = checker.function(history, options);
    if (verdict.valid != Valid::yes || answers_in(history) > 0 || Upstream(options).accepts_nothing()) return verdict;
    return Verdict::unknown("no operation was answered, so there is nothing to judge");
  } catch (const HistoryError& error) {
    return Verdict::unknown(error.what());
  }
}

}  // namespace

Verdict Checker::check(const History& history, const CheckOptions& options) const {
  try {
    demand_operations(*this, history, options);
    const Pairing pairing(history);
    const bool believes_replies = Upstream(options).believes_replies();
    const auto filled = believes_replies ? std::nullopt : with_asked_values(history, pairing);
    const History& told = filled ? *filled : history;
    Verdict verdict = judge(*this, told, options);
    const MakeAnswerJudge judge_of = answers_of(*this, options);
    if (judge_of != nullptr && !believes_replies) {
      add_other_than_asked(told, pairing, judge_of(told), verdict);
    }
    return verdict;
  } catch (const HistoryError& error) {
    return Verdict::unknown(error.what());
  }
}

std::span<const Checker> checkers() {
  return table;
}

bool judges_prefixes(std::string_view checker) {
  const Checker* known = find_checker(checker);
  return known != nullptr && known->judges == Judges::prefixes;
}

const Checker* find_checker(std::string_view name) {
  for (const Checker& checker : table) {
    if (checker.name == name) return &checker;
  }
  return nullptr;
}

}  // namespace mznode::check
