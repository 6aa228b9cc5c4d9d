#include "counter.hpp"

#include <string>

#include "integers.hpp"

namespace mznode::check {
namespace {

/// Goes through the history once and keeps the bounds.
class Counter {
 public:
  Counter(const History& history, const CheckOptions& options)
      : history_(history), options_(options), pairing_(history), lower_at_(history.size(), 0) {}

  Verdict run() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (!history_[i].is_client()) continue;
      if (history_[i].f == "add") add(i);
      if (history_[i].f == "read") read(i);
    }
    const bool is_judged = !reads_.empty() || options_.compat_jepsen;
    Verdict verdict(!errors_.empty() ? Valid::no : is_judged ? Valid::yes : Valid::unknown);
    if (!is_judged) verdict.details["error"] = "no read was answered";
    verdict.details["reads"] = std::move(reads_);
    verdict.details["errors"] = std::move(errors_);
    return verdict;
  }

 private:
  void add(std::size_t i) {
    const Operation& operation = history_[i];
    if (operation.type == Type::ok) lower_ = sum(lower_, integer_of(operation), operation);
    if (operation.type != Type::invoke) return;
    const std::int64_t delta = integer_of(operation);
    if (delta < 0) refuse(operation, "a negative add, which the bounds of a growing counter do not allow");
    const std::size_t completion = pairing_.completion(i);
    const bool failed = completion != Pairing::none && history_[completion].type == Type::fail;
    if (!failed) upper_ = sum(upper_, delta, operation);
  }

  void read(std::size_t i) {
    const Operation& operation = history_[i];
    if (operation.type == Type::invoke) lower_at_[i] = lower_;
    if (operation.type != Type::ok) return;
    const std::int64_t lower = lower_at_[pairing_.invocation(i)];
    const std::optional<std::int64_t> value = operation.value.as_int();
    if (!value && options_.compat_jepsen) refuse(operation, "read a value that is not a 64-bit integer");
    nlohmann::ordered_json bounds = {lower, to_details(operation.value), upper_};
    if (!value || *value < lower || *value > upper_) errors_.push_back(bounds);
    reads_.push_back(std::move(bounds));
  }

  const History& history_;
  const CheckOptions& options_;
  const Pairing pairing_;
  std::int64_t lower_ = 0;
  std::int64_t upper_ = 0;
  std::vector<std::int64_t> lower_at_;  // by the position of a read's invocation
  nlohmann::ordered_json reads_ = nlohmann::ordered_json::array();
  nlohmann::ordered_json errors_ = nlohmann::ordered_json::array();
};

}  // namespace

Verdict check_counter(const History& history, const CheckOptions& options) {
  return Counter(history, options).run();
}

}  // namespace mznode::check
