#include "mznode/check/counter.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"

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
    const bool is_judged = !finding_.reads.empty() || Upstream(options_).accepts_nothing();
    Verdict verdict(!finding_.errors.empty() ? Valid::no : is_judged ? Valid::yes : Valid::unknown);
    if (!is_judged) verdict.error = "no read was answered";
    verdict.add(std::move(finding_));
    return verdict;
  }

 private:
  void add(std::size_t i) {
    const Operation& operation = history_[i];
    if (operation.type == Type::ok) lower_ = sum(lower_, integer_of(operation), operation);
    if (operation.type != Type::invoke) return;
    const std::int64_t delta = integer_of(operation);
    if (delta < 0) refuse(operation, "a negative add, which the bounds of a growing counter do not allow");
    if (!has_failed(history_, pairing_, i)) upper_ = sum(upper_, delta, operation);
  }

  void read(std::size_t i) {
    const Operation& operation = history_[i];
    if (operation.type == Type::invoke) lower_at_[i] = lower_;
    if (operation.type != Type::ok) return;
    const std::int64_t lower = lower_at_[pairing_.invocation(i)];
    const std::optional<std::int64_t> value = operation.value.as_int();
    if (!value && Upstream(options_).refuses_other_than_integers())
      refuse(operation, "read a value that is not a 64-bit integer");
    const CounterFinding::Read read{.lower = lower, .value = operation.value, .upper = upper_};
    if (!value || *value < lower || *value > upper_) finding_.errors.push_back(read);
    finding_.reads.push_back(read);
  }

  const History& history_;
  const CheckOptions& options_;
  const Pairing pairing_;
  std::int64_t lower_ = 0;
  std::int64_t upper_ = 0;
  std::vector<std::int64_t> lower_at_;  // by the position of a read's invocation
  CounterFinding finding_;
};

nlohmann::ordered_json reads_details(const std::vector<CounterFinding::Read>& reads) {
  nlohmann::ordered_json details = nlohmann::ordered_json::array();
  for (const CounterFinding::Read& read : reads) {
    details.push_back({read.lower, to_details(read.value), read.upper});
  }
  return details;
}

}  // namespace

void CounterFinding::write_to(nlohmann::ordered_json& details) const {
  details["reads"] = reads_details(reads);
  details["errors"] = reads_details(errors);
}

std::string CounterFinding::reason() const {
  return errors.empty() ? std::string() : "errors " + reads_details(errors).dump();
}

Verdict check_counter(const History& history, const CheckOptions& options) {
  return Counter(history, options).run();
}

}  // namespace mznode::check
