#include "mznode/check/registry.hpp"

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "mznode/check/counter.hpp"
#include "mznode/check/echo.hpp"
#include "mznode/check/kafka/kafka.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/pn_counter.hpp"
#include "mznode/check/set_full.hpp"
#include "mznode/check/txn/txn.hpp"
#include "mznode/check/unique_ids.hpp"

namespace mznode::check {
namespace {

constexpr std::string_view set_summary = "no element is lost once it was known, and no read shows one twice";
constexpr std::string_view final_read_summary =
    "every final read is the sum of the acknowledged adds and of some indefinite ones";
constexpr std::string_view txn_summary = "no anomaly that the demanded consistency models forbid";
constexpr std::string_view ids_summary = "no id is given out twice";

// To add a checker, write its function in a file of its own and name it here.
constexpr Checker table[] = {
    {"echo", "every echo is answered with what it sent", check_echo, nullptr},
    {"broadcast", set_summary, check_set_full, judge_set_answers},
    {"g-set", set_summary, check_set_full, judge_set_answers},
    {"set-full", set_summary, check_set_full, judge_set_answers},
    {"unique-ids", ids_summary, check_unique_ids, nullptr},
    {"g-counter", final_read_summary, check_pn_counter, judge_writes},
    {"pn-counter", final_read_summary, check_pn_counter, judge_writes},
    {"lin-kv", "every key is a linearizable register with read, write and compare-and-set", check_lin_kv,
     judge_keyed_answers},
    {"cas-register", "the register with read, write and compare-and-set is linearizable", check_cas_register,
     judge_writes},
    {"counter", "every read lies between the adds acknowledged before and those attempted", check_counter,
     judge_writes},
    {"kafka", "logs: no message is lost, doubled, seen before it was sent, skipped, or out of order", check_kafka,
     judge_log_answers},
    {"txn-list-append", txn_summary, check_list_append, judge_list_transactions, false},
    {"list-append", txn_summary, check_list_append, judge_list_transactions, false},
    {"txn-rw-register", txn_summary, check_txn_rw_register, judge_register_transactions, false, true},
    {"rw-register", txn_summary, check_rw_register, judge_register_transactions, false, true},
};

/// Throws HistoryError where the operations are not what the checker judges by.
void demand_operations(const History& history, bool needs_f) {
  bool any = false;
  for (const Operation& operation : history) {
    if (!operation.is_client()) continue;
    any = true;
    if (needs_f && operation.f.empty()) refuse(operation, "expected f, the name of what it does");
  }
  if (!any) throw HistoryError("there is nothing to judge: the history has no operation of a client");
}

Verdict judge(const Checker& checker, const History& history, const CheckOptions& options) {
  try {
    return checker.function(history, options);
  } catch (const HistoryError& error) {
    return Verdict::unknown(error.what());
  }
}

}  // namespace

Verdict Checker::check(const History& history, const CheckOptions& options) const {
  try {
    demand_operations(history, needs_f);
    const Pairing pairing(history);
    Verdict verdict = judge(*this, history, options);
    if (answers != nullptr && !Upstream(options).believes_replies()) {
      add_other_than_asked(history, pairing, answers(history), verdict);
    }
    return verdict;
  } catch (const HistoryError& error) {
    return Verdict::unknown(error.what());
  }
}

std::span<const Checker> checkers() {
  return table;
}

const Checker* find_checker(std::string_view name) {
  for (const Checker& checker : table) {
    if (checker.name == name) return &checker;
  }
  return nullptr;
}

}  // namespace mznode::check
