#include "mznode/check/gloss.hpp"

#include "mznode/check/txn/models.hpp"

namespace mznode::check {
namespace {

struct Gloss {
  std::string_view anomaly;
  std::string_view text;
};

/// After Adya, "Weak Consistency" (1999), Berenson et al., "A Critique of ANSI SQL Isolation Levels" (1995), Elle and
/// jepsen.tests.kafka.
constexpr Gloss glosses[] = {
    {"G0", "dirty write: each overwrote what another one had written, in no order"},
    {"G1", "reads of what was never, or not yet, committed"},
    {"G1a", "aborted read: what a failed transaction had written was read"},
    {"G1b", "intermediate read: what its writer itself overwrote was read"},
    {"G1c", "circular information flow: each read or overwrote what another one wrote, so that none came first"},
    {"G-single", "read skew: one saw a part of what another one did, and missed the rest"},
    {"G-nonadjacent", "long fork: some saw writes in one order, others in the opposite one"},
    {"G2", "anti-dependency cycle: each missed what another one wrote, so that none came first"},
    {"G2-item", "write skew: each read what another one then overwrote, so that none came first"},
    {"lost-update", "several read one version and wrote on top of it: all of these updates but one are lost"},
    {"internal", "a transaction did not see what it had itself read or written before"},
    {"future-read", "a transaction read what it wrote only afterwards"},
    {"unwritten-read", "a value was read that nobody wrote"},
    {"dirty-update", "one wrote on top of what a failed transaction had written"},
    {"incompatible-order", "reads of a list show its elements in orders that contradict each other"},
    {"duplicate-elements", "a read of a list shows an element twice"},
    {"cyclic-versions", "versions of a key come before one another, so that it had no history"},
    {"empty-transaction-graph", "nothing depends on anything, so that the history tells nothing"},
    {"cycle-search-timeout", "the search for cycles was given up, so that some may be missing"},
    {"unexpected-key", "a read shows accounts that there are not"},
    {"nil-balance", "a read shows accounts without a balance"},
    {"wrong-total", "a read shows another amount in all than there is: money came from nowhere, or is gone"},
    {"negative-value", "a read shows less than nothing on an account"},
    {"long-fork", "two reads show writes in opposite orders"},
    {"aborted-read", "what a failed write had written was read"},
    {"trailing-nil", "a later write of a process was read without an earlier one"},
    {"missing", "a write was read without one that had been acknowledged before it began"},
    {"lost", "what was acknowledged is not there any more"},
    {"duplicates", "something is there twice"},
    {"revived", "what failed is there"},
    {"value-reorders", "rows that the database's time puts in order have values that are not"},
    {"order-by-errors", "rows are not in the order of the database's time"},
    {"inconsistent", "an operation does not go on from where the last one of its causal order has been"},
    {"unexpected", "something is there that nobody had put in"},
    {"duplicated", "something was taken out more often than it was put in"},
    {"early", "something was taken out before it was put in"},
    {"overtaken", "of two elements, the one that was put in last was taken out first"},
    {"entangled", "elements that cannot have lain on top of each other"},
    {"occupied", "it was found empty while it was not"},
    {"outranked", "something was taken out while one that goes before it was there"},
    {"forked", "two reads show states of which neither can have become the other"},
    {"out-of-time", "of two operations, the one that had ended took effect behind the one that began then"},
    {"inconsistent-offsets", "several messages stand at one offset of a log"},
    {"duplicate", "a message stands at several offsets of a log"},
    {"lost-write", "a message that was sent is not in the log, which was polled further"},
    {"unseen", "an acknowledged message was never polled"},
    {"precommitted-read", "a transaction polled what it sent itself, before it was committed"},
    {"poll-skip", "who polled a log twice was not shown messages between"},
    {"nonmonotonic-poll", "who polled a log twice was shown older messages the second time"},
    {"nonmonotonic-send", "of what one sent to a log, the later message stands before the earlier one"},
    {"int-poll-skip", "within one operation, polls of a log left messages out"},
    {"int-nonmonotonic-poll", "within one operation, polls of a log went back"},
    {"int-send-skip", "messages of one operation do not stand next to each other in the log"},
    {"int-nonmonotonic-send", "messages of one operation stand in the log the other way round"},
};

struct Suffix {
  std::string_view name;
  std::string_view text;
};
constexpr Suffix suffixes[] = {
    {"-process", "; a transaction must also come before those that its process began after it"},
    {"-realtime", "; a transaction must also come before those that began after it had ended"},
};

std::string_view find_plain(std::string_view anomaly) {
  for (const Gloss& each : glosses) {
    if (each.anomaly == anomaly) return each.text;
  }
  return {};
}

/// Cycles are named by items where the dependencies are those of single keys, as all are here.
std::string_view without_item(std::string_view anomaly) {
  constexpr std::string_view item = "-item";
  return anomaly.ends_with(item) ? anomaly.substr(0, anomaly.size() - item.size()) : anomaly;
}

}  // namespace

std::string gloss(std::string_view anomaly) {
  if (const auto model = txn::model_of_cycle_exists(anomaly); !model.empty()) {
    return "a cycle of transactions that " + std::string(model) + " forbids";
  }
  std::string_view more;
  for (const Suffix& suffix : suffixes) {
    if (!anomaly.ends_with(suffix.name)) continue;
    anomaly.remove_suffix(suffix.name.size());
    more = suffix.text;
  }
  std::string_view plain = find_plain(anomaly);
  if (plain.empty()) plain = find_plain(without_item(anomaly));
  if (plain.empty()) return {};
  return std::string(plain).append(more);
}

}  // namespace mznode::check
