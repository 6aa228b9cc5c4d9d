#include "mznode/check/stats.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "compat/upstream.hpp"
#include "mznode/check/errors.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

/// A compare-and-set whose key had another value, or none: it was answered, and rightly so.
bool is_mismatch(const Operation& completion) {
  if (completion.f != "cas" || completion.type != Type::fail) return false;
  return has_error(completion, "precondition-failed") || has_error(completion, "key-does-not-exist");
}

struct Counts {
  Completions completions;
  std::size_t late = 0;
  std::size_t mismatched = 0;
  std::size_t refused = 0;
  std::vector<std::size_t> unanswered;

  /// Whether each was answered as it had to be, and yet none succeeded.
  bool rightly_failed() const { return completions.count() > 0 && mismatched == completions.count(); }

  void add(const Operation& completion, std::size_t position, bool is_right_to_fail) {
    if (completion.type == Type::ok) ++completions.ok;
    if (completion.type == Type::fail) ++completions.fail;
    if (completion.type == Type::info) ++completions.info;
    if (is_late(completion)) ++late;
    if (is_right_to_fail) {
      ++mismatched;
    } else if (is_late(completion) || completion.type == Type::info) {
      unanswered.push_back(position);
    } else if (completion.type != Type::ok) {
      ++refused;
    }
  }
};

void write_to(nlohmann::ordered_json& details, const Completions& completions) {
  details["count"] = completions.count();
  details["ok-count"] = completions.ok;
  details["fail-count"] = completions.fail;
  details["info-count"] = completions.info;
}

/// Knows which failures were the right answers: those of compare-and-sets whose key had another value, and of reads of
/// a key that nobody was known to have written when they began.
class RightFailures {
 public:
  void begin(const Operation& invocation) {
    if (invocation.f == "read") finds_[invocation.process] = written_.contains(key_of(invocation.value));
  }
  bool has(const Operation& completion) {
    if (completion.f == "write" && completion.type == Type::ok) written_.insert(key_of(completion.value));
    if (is_mismatch(completion)) return true;
    return completion.f == "read" && has_error(completion, "key-does-not-exist") && !finds_[completion.process];
  }

 private:
  /// Of a value [key, …]; empty for a register without one.
  static std::string key_of(const Json& value) {
    Scanner scanner(value.text());
    std::string_view key;
    if (scanner.consume('[')) scanner.value(key);
    return std::string(key);
  }

  std::set<std::string> written_;
  /// By process, whether the key of its read was known to be written when the read began.
  std::map<std::int64_t, bool> finds_;
};

bool may_always_fail(const std::string& f) {
  return f == "crash" || f == "debug-topic-partitions";
}

/// Whether of a kind that never succeeded so few could have that it may be by chance: of the kinds that did, as many
/// are left unanswered. Of those without an answer as many would have failed rightly as of all. Where others always are
/// answered, nothing is chance.
bool may_be_chance(const std::map<std::string, Counts>& by_f) {
  constexpr double least = 0.001;
  std::size_t answered = 0;
  std::size_t asked = 0;
  for (const auto& [f, counts] : by_f) {
    if (counts.completions.ok == 0) continue;
    answered += counts.completions.ok + counts.mismatched;
    asked += counts.completions.count();
  }
  if (answered == 0) return false;
  const double unanswered_share = 1 - static_cast<double>(answered) / static_cast<double>(asked);
  return std::all_of(by_f.begin(), by_f.end(), [&](const auto& each) {
    const auto& [f, counts] = each;
    if (counts.completions.ok > 0 || may_always_fail(f)) return true;
    if (counts.refused > 0) return false;
    // Rounded down.
    const std::size_t unanswered = counts.unanswered.size();
    const std::size_t could_succeed = unanswered * unanswered / (unanswered + counts.mismatched);
    double chance = 1;
    for (std::size_t i = 0; i < could_succeed && chance >= least; ++i) chance *= unanswered_share;
    return chance >= least;
  });
}

}  // namespace

void StatsFinding::write_to(nlohmann::ordered_json& details) const {
  check::write_to(details, all);
  details["by-f"] = nlohmann::ordered_json::object();
  for (const auto& [f, completions] : by_f) {
    nlohmann::ordered_json& of_f = details["by-f"][f];
    of_f["valid?"] = to_details(completions.ok > 0 ? Valid::yes : Valid::no);
    check::write_to(of_f, completions);
  }
}

Verdict check_stats(const History& history, const CheckOptions& options) {
  Counts all;
  std::map<std::string, Counts> by_f;
  RightFailures right_failures;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (!history[i].is_client()) continue;
    if (history[i].type == Type::invoke) {
      right_failures.begin(history[i]);
      continue;
    }
    const bool is_right_to_fail = right_failures.has(history[i]);
    all.add(history[i], i, is_right_to_fail);
    by_f[history[i].f].add(history[i], i, is_right_to_fail);
  }
  std::string never_ok;
  bool may_lack_time = true;
  bool rightly_failed = !Upstream(options).demands_success();
  StatsFinding finding;
  finding.all = all.completions;
  for (const auto& [f, counts] : by_f) {
    finding.by_f.emplace(f, counts.completions);
    if (counts.completions.ok > 0 || may_always_fail(f)) continue;
    never_ok.append(never_ok.empty() ? "" : ", ").append(f);
    rightly_failed = rightly_failed && counts.rightly_failed();
    finding.may_be_faults = finding.may_be_faults && counts.refused == 0;
    finding.unanswered.insert(finding.unanswered.end(), counts.unanswered.begin(), counts.unanswered.end());
    may_lack_time = may_lack_time && counts.late == counts.completions.fail + counts.completions.info;
  }
  Verdict verdict(never_ok.empty() ? Valid::yes : Valid::no);
  verdict.may_lack_time = verdict.valid == Valid::no && may_lack_time;
  if (!never_ok.empty()) verdict.error = "every kind of operation needs at least one ok, but has none: " + never_ok;
  if (!never_ok.empty() && rightly_failed) {
    verdict.valid = Valid::unknown;
    verdict.may_lack_time = false;
    verdict.error = "too little happened to say: of " + never_ok +
                    " none succeeded, and none could: each found that its key had another value, or none yet; give it "
                    "a longer --time-limit, a higher --rate, or more clients by --concurrency";
  } else if (!never_ok.empty() && !Upstream(options).demands_success() && may_be_chance(by_f)) {
    verdict.valid = Valid::unknown;
    verdict.may_lack_time = false;
    verdict.error = "too little happened to say: of " + never_ok +
                    " none succeeded, and few could; of the others many were not answered in time, either; give it a "
                    "longer --time-limit, or demand an --availability";
  }
  verdict.add(std::move(finding));
  return verdict;
}

void AvailabilityFinding::write_to(nlohmann::ordered_json& details) const {
  details["ok-fraction"] = ok_fraction ? nlohmann::ordered_json(*ok_fraction) : nlohmann::ordered_json();
  if (cas_mismatch_fraction) details["cas-mismatch-fraction"] = *cas_mismatch_fraction;
}

Verdict check_availability(const History& history, const CheckOptions& options) {
  std::size_t ok = 0;
  std::size_t invoked = 0;
  std::size_t late = 0;
  std::size_t mismatched = 0;
  for (const Operation& operation : history) {
    if (!operation.is_client()) continue;
    if (operation.type == Type::ok) ++ok;
    if (operation.type == Type::invoke) ++invoked;
    if (is_late(operation)) ++late;
    if (is_mismatch(operation)) ++mismatched;
  }
  const auto fraction_of_invoked = [invoked](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(invoked);
  };
  double fraction = invoked == 0 ? 1.0 : fraction_of_invoked(ok);
  if (Upstream(options).rounds_to_float()) fraction = static_cast<double>(static_cast<float>(fraction));
  const bool reached = !options.availability || fraction >= *options.availability;
  Verdict verdict(reached ? Valid::yes : Valid::no);
  AvailabilityFinding finding;
  if (invoked > 0 || Upstream(options).accepts_nothing()) finding.ok_fraction = fraction;
  if (mismatched > 0) finding.cas_mismatch_fraction = fraction_of_invoked(mismatched);
  verdict.add(std::move(finding));
  if (!reached) {
    verdict.may_lack_time = fraction_of_invoked(ok + late) >= *options.availability;
    verdict.error = std::to_string(ok) + " of " + std::to_string(invoked) +
                    " operations succeeded, fewer than the availability asks for";
  }
  return verdict;
}

void PerfFinding::write_to(nlohmann::ordered_json& details) const {
  details["latencies"] = nlohmann::ordered_json::object();
  for (const auto& [f, quantiles] : by_f) details["latencies"][f] = quantiles.to_details();
  if (all) details["all-latencies"] = all->to_details();
}

Verdict check_perf(const History& history) {
  const Pairing pairing(history);
  std::map<std::string, std::vector<double>> latencies_ms;
  std::vector<double> all_ms;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& completion = history[i];
    if (!completion.is_client() || completion.type != Type::ok) continue;
    const std::int64_t latency_ns = completion.time_ns - history[pairing.invocation(i)].time_ns;
    const double latency_ms = static_cast<double>(latency_ns) / 1e6;
    latencies_ms[completion.f].push_back(latency_ms);
    all_ms.push_back(latency_ms);
  }
  PerfFinding finding;
  for (auto& [f, values] : latencies_ms) finding.by_f.emplace(f, *Quantiles<double>::of(std::move(values)));
  finding.all = Quantiles<double>::of(std::move(all_ms));
  Verdict verdict(Valid::yes);
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
