#include "mznode/check/pn_counter.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compat/upstream.hpp"
#include "history/integers.hpp"

namespace mznode::check {
namespace {

using Range = PnCounterFinding::Range;

/// Disjoint ranges in ascending order, adjacent ones joined.
class Acceptable {
 public:
  explicit Acceptable(std::int64_t total) : ranges_{{total, total}} {}

  /// Allows for `add` to have happened or not.
  void allow(const Operation& add) {
    const std::int64_t delta = integer_of(add);
    if (delta == 0) return;
    std::vector<Range> shifted = ranges_;
    for (Range& range : shifted) range = {sum(range.lower, delta, add), sum(range.upper, delta, add)};
    std::vector<Range> all(ranges_.size() * 2);
    std::merge(ranges_.begin(), ranges_.end(), shifted.begin(), shifted.end(), all.begin(),
               [](const Range& a, const Range& b) { return a.lower < b.lower; });
    ranges_.clear();
    for (const Range& range : all) {
      // Behind the last integer there is nothing to be adjacent to.
      const bool joins =
          !ranges_.empty() && (ranges_.back().upper == INT64_MAX || range.lower <= ranges_.back().upper + 1);
      if (joins) {
        ranges_.back().upper = std::max(ranges_.back().upper, range.upper);
      } else {
        ranges_.push_back(range);
      }
    }
    if (ranges_.size() > max_acceptable_ranges) refuse(add, "too many sums of indefinite adds to tell apart");
  }

  bool contains(std::int64_t value) const {
    const auto above = std::upper_bound(ranges_.begin(), ranges_.end(), value,
                                        [](std::int64_t v, const Range& range) { return v < range.lower; });
    return above != ranges_.begin() && value <= std::prev(above)->upper;
  }

  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

/// What a counter can show that has not heard of some adds: from the sum of the negative ones to that of the positive.
bool lacks_adds(const History& history, const std::vector<std::size_t>& indefinite, std::int64_t value) {
  Range range{0, 0};
  const auto allow = [&range](const Operation& add) {
    const std::int64_t delta = integer_of(add);
    std::int64_t& end = delta < 0 ? range.lower : range.upper;
    end = sum(end, delta, add);
  };
  for (const Operation& operation : history) {
    if (operation.f == "add" && operation.type == Type::ok && operation.is_client()) allow(operation);
  }
  for (const std::size_t position : indefinite) allow(history[position]);
  return range.lower <= value && value <= range.upper;
}

/// Positions of the adds that may have happened.
std::vector<std::size_t> indefinite_adds(const History& history, const CheckOptions& options) {
  const Pairing pairing(history);
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    if (operation.f != "add" || !operation.is_client()) continue;
    const bool unfinished = operation.type == Type::invoke && pairing.completion(i) == Pairing::none &&
                            !Upstream(options).forgets_open_adds();
    if (operation.type == Type::info || unfinished) positions.push_back(i);
  }
  return positions;
}

}  // namespace

void PnCounterFinding::write_to(nlohmann::ordered_json& details) const {
  details["errors"] = nullptr;
  for (const Operation& error : errors) details["errors"].push_back(to_details(error));
  details["final-reads"] = to_details(final_reads);
  details["acceptable"] = nlohmann::ordered_json::array();
  for (const Range& range : acceptable) details["acceptable"].push_back({range.lower, range.upper});
}

std::string PnCounterFinding::reason() const {
  std::vector<Json> reads;
  for (const Operation& error : errors) reads.push_back(error.value);
  return reads.empty() ? std::string() : "wrong final reads " + few_of(reads);
}

Verdict check_pn_counter(const History& history, const CheckOptions& options) {
  std::int64_t definite = 0;
  for (const Operation& operation : history) {
    if (operation.f != "add" || operation.type != Type::ok || !operation.is_client()) continue;
    definite = sum(definite, integer_of(operation), operation);
  }
  Acceptable acceptable(definite);
  const std::vector<std::size_t> indefinite = indefinite_adds(history, options);
  for (const std::size_t position : indefinite) acceptable.allow(history[position]);

  bool may_lack_time = true;
  PnCounterFinding finding;
  for (const Operation& operation : history) {
    if (!operation.is_final || operation.type != Type::ok || !operation.is_client()) continue;
    finding.final_reads.push_back(operation.value);
    const std::optional<std::int64_t> value = operation.value.as_int();
    if (!value && Upstream(options).refuses_other_than_integers())
      refuse(operation, "expected an integer as the value of a final read");
    if (value && acceptable.contains(*value)) continue;
    finding.errors.push_back(operation);
    may_lack_time = may_lack_time && value && lacks_adds(history, indefinite, *value);
  }
  const bool is_judged = !finding.final_reads.empty() || Upstream(options).accepts_nothing();
  Verdict verdict(!finding.errors.empty() ? Valid::no : is_judged ? Valid::yes : Valid::unknown);
  verdict.may_lack_time = verdict.valid == Valid::no && may_lack_time;
  if (!is_judged) verdict.error = "no final read was answered";
  finding.acceptable = acceptable.ranges();
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
