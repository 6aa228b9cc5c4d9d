#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

using Balances = std::vector<std::pair<std::string, std::string_view>>;

/// The balances that a read shows; of one that shows nothing, none.
Balances balances_of(const Operation& read) {
  if (read.value.is_null()) return {};
  auto balances = members_of(read.value.text());
  if (!balances) refuse(read, "expected a map from accounts to balances as the value of a read");
  return *std::move(balances);
}

/// Nothing for null.
std::optional<std::int64_t> amount_of(std::string_view text, const Operation& read) {
  if (text == "null") return std::nullopt;
  std::int64_t amount = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{} || stop != text.data() + text.size()) refuse(read, "a balance is no 64-bit integer");
  return amount;
}

class Bank {
 public:
  explicit Bank(const BankOptions& options)
      : options_(options), accounts_(options.accounts.begin(), options.accounts.end()), total_(options.total_amount) {}

  void read(const Operation& read) {
    const Balances balances = balances_of(read);
    std::int64_t total = 0;
    std::string strangers;
    std::string without;
    std::string negative;
    const bool infers_accounts = reads_ == 0 && options_.accounts.empty();
    for (const auto& [account, text] : balances) {
      if (infers_accounts) accounts_.insert(account);
      if (!accounts_.contains(account)) strangers += " " + account;
      const auto amount = amount_of(text, read);
      if (!amount) without += " " + account;
      if (amount.value_or(0) < 0) negative += " " + account + " " + std::to_string(*amount);
      total = sum(total, amount.value_or(0), read);
    }
    ++reads_;
    if (!total_) total_ = total;
    const std::string of = named(read) + " shows ";
    if (!strangers.empty()) {
      violations_.add("unexpected-key", {read}, of + "accounts that there are not:" + shown(strangers));
    } else if (!without.empty()) {
      violations_.add("nil-balance", {read}, of + "no balance of the accounts" + shown(without));
    } else if (total != *total_) {
      violations_.add(
          "wrong-total", {read},
          of + std::to_string(total) + " in all, and not " + std::to_string(*total_) + ": " + shown(read.value.text()));
    } else if (!negative.empty() && !options_.negative_balances) {
      violations_.add("negative-value", {read}, of + "less than nothing on accounts:" + shown(negative));
    }
  }

  Verdict verdict(bool accepts_nothing) && {
    violations_.count("read-count", reads_);
    if (total_) violations_.count("total-amount", *total_);
    std::string why;
    if (reads_ == 0) why = "no read was answered";
    if (reads_ == 1 && !options_.total_amount) {
      why = "one read alone was answered, and nothing says what it should show (--total-amount)";
    }
    return std::move(violations_).verdict(accepts_nothing ? "" : why);
  }

 private:
  const BankOptions& options_;
  std::set<std::string> accounts_;
  std::optional<std::int64_t> total_;
  std::size_t reads_ = 0;
  Violations violations_;
};

}  // namespace

Verdict check_bank(const History& history, const CheckOptions& options) {
  Bank bank(options.bank);
  for (const Operation& operation : history) {
    if (operation.is_client() && operation.type == Type::ok && operation.f == "read") bank.read(operation);
  }
  return std::move(bank).verdict(Upstream(options).accepts_nothing());
}

}  // namespace mznode::check
