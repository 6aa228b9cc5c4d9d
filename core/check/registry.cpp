#include "core/check/registry.hpp"

#include "core/check/counter.hpp"
#include "core/check/echo.hpp"
#include "core/check/kafka/kafka.hpp"
#include "core/check/linearizable.hpp"
#include "core/check/pn_counter.hpp"
#include "core/check/set_full.hpp"
#include "core/check/txn/txn.hpp"
#include "core/check/unique_ids.hpp"

namespace mznode::check {
namespace {

constexpr std::string_view set_summary = "no element is lost once it was known, and no read shows one twice";
constexpr std::string_view final_read_summary =
    "every final read is the sum of the acknowledged adds and of some indefinite ones";
constexpr std::string_view txn_summary =
    "no anomaly that the demanded consistency models forbid";
constexpr std::string_view ids_summary = "no id is given out twice";

// To add a checker, write its function in a file of its own and name it here.
constexpr Checker table[] = {
    {"echo", "every echo is answered with what it sent", check_echo},
    {"broadcast", set_summary, check_set_full},
    {"g-set", set_summary, check_set_full},
    {"set-full", set_summary, check_set_full},
    {"unique-ids", ids_summary, check_unique_ids},
    {"g-counter", final_read_summary, check_pn_counter},
    {"pn-counter", final_read_summary, check_pn_counter},
    {"lin-kv", "every key is a linearizable register with read, write and compare-and-set", check_lin_kv},
    {"cas-register", "the register with read, write and compare-and-set is linearizable", check_cas_register},
    {"counter", "every read lies between the adds acknowledged before and those attempted", check_counter},
    {"kafka", "logs: no message is lost, doubled, seen before it was sent, skipped, or out of order", check_kafka},
    {"txn-list-append", txn_summary, check_list_append},
    {"list-append", txn_summary, check_list_append},
    {"txn-rw-register", txn_summary, check_txn_rw_register},
    {"rw-register", txn_summary, check_rw_register},
};

}  // namespace

Verdict Checker::check(const History& history, const CheckOptions& options) const {
  try {
    return function(history, options);
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
