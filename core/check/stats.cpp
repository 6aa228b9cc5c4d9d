#include "mznode/check/stats.hpp"

#include <map>

#include "mznode/check/lack_of_time.hpp"
#include "quantiles.hpp"

namespace mznode::check {
namespace {

/// A compare-and-set whose key had another value, or none: it was answered, and rightly so.
bool is_mismatch(const Operation& completion) {
  if (completion.f != "cas" || completion.type != Type::fail) return false;
  return has_error(completion, "precondition-failed") || has_error(completion, "key-does-not-exist");
}

struct Counts {
  std::size_t ok = 0;
  std::size_t fail = 0;
  std::size_t info = 0;
  std::size_t late = 0;

  void add(const Operation& completion) {
    if (completion.type == Type::ok) ++ok;
    if (completion.type == Type::fail) ++fail;
    if (completion.type == Type::info) ++info;
    if (is_late(completion)) ++late;
  }

  void write_to(nlohmann::ordered_json& details) const {
    details["count"] = ok + fail + info;
    details["ok-count"] = ok;
    details["fail-count"] = fail;
    details["info-count"] = info;
  }
};

bool may_always_fail(const std::string& f) {
  return f == "crash" || f == "debug-topic-partitions";
}

}  // namespace

Verdict check_stats(const History& history) {
  Counts all;
  std::map<std::string, Counts> by_f;
  for (const Operation& operation : history) {
    if (!operation.is_client() || operation.type == Type::invoke) continue;
    all.add(operation);
    by_f[operation.f].add(operation);
  }
  std::string never_ok;
  bool may_lack_time = true;
  nlohmann::ordered_json by_f_details = nlohmann::ordered_json::object();
  for (const auto& [f, counts] : by_f) {
    Verdict verdict(counts.ok > 0 ? Valid::yes : Valid::no);
    counts.write_to(verdict.details);
    by_f_details[f] = std::move(verdict.details);
    if (counts.ok > 0 || may_always_fail(f)) continue;
    never_ok.append(never_ok.empty() ? "" : ", ").append(f);
    may_lack_time = may_lack_time && counts.late == counts.fail + counts.info;
  }
  Verdict verdict(never_ok.empty() ? Valid::yes : Valid::no);
  note_lack_of_time(verdict, may_lack_time);
  all.write_to(verdict.details);
  verdict.details["by-f"] = std::move(by_f_details);
  if (!never_ok.empty())
    verdict.details["error"] = "every kind of operation needs at least one ok, but has none: " + never_ok;
  return verdict;
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
  const bool counts_nothing = invoked == 0 && !options.compat_jepsen;
  double fraction = invoked == 0 ? 1.0 : static_cast<double>(ok) / static_cast<double>(invoked);
  if (options.compat_jepsen) fraction = static_cast<double>(static_cast<float>(fraction));
  const bool reached = !options.availability || fraction >= *options.availability;
  Verdict verdict(reached ? Valid::yes : Valid::no);
  verdict.details["ok-fraction"] = counts_nothing ? nlohmann::ordered_json() : nlohmann::ordered_json(fraction);
  if (mismatched > 0) {
    verdict.details["cas-mismatch-fraction"] = static_cast<double>(mismatched) / static_cast<double>(invoked);
  }
  if (!reached) {
    const double without_lateness = static_cast<double>(ok + late) / static_cast<double>(invoked);
    note_lack_of_time(verdict, without_lateness >= *options.availability);
    verdict.details["error"] = std::to_string(ok) + " of " + std::to_string(invoked) +
                               " operations succeeded, fewer than the availability asks for";
  }
  return verdict;
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
  Verdict verdict(Valid::yes);
  nlohmann::ordered_json by_f = nlohmann::ordered_json::object();
  for (auto& [f, values] : latencies_ms) by_f[f] = quantiles(std::move(values));
  verdict.details["latencies"] = std::move(by_f);
  if (!all_ms.empty()) verdict.details["all-latencies"] = quantiles(std::move(all_ms));
  return verdict;
}

}  // namespace mznode::check
