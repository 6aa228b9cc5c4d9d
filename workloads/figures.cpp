#include "mznode/workloads/figures.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mznode/check/registry.hpp"
#include "mznode/check/set_full.hpp"
#include "mznode/workloads/reach.hpp"

namespace mznode {
namespace {

// In the order of Quantiles::figures().
constexpr std::array quantile_names = {"-p50", "-p95", "-p99", "-max"};

/// The latencies of a kind: stable, answer, or a kind of operation.
std::optional<std::array<double, 4>> latencies_of(std::string_view kind, const TestVerdict& verdict) {
  if (kind == "stable") return stable_latencies_ms(verdict);
  const check::PerfFinding& perf = verdict.perf_found();
  if (kind == "answer") return answer_latencies_ms(verdict);
  const auto of_kind = perf.by_f.find(std::string(kind));
  return of_kind == perf.by_f.end() ? std::nullopt : std::optional(of_kind->second.figures());
}

/// The quantile that ends the name of a figure, of the latencies that its beginning names.
std::optional<double> measured_latency(std::string_view figure, const TestVerdict& verdict) {
  for (std::size_t i = 0; i < quantile_names.size(); ++i) {
    const std::string_view suffix = quantile_names[i];
    if (!figure.ends_with(suffix)) continue;
    const auto latencies = latencies_of(figure.substr(0, figure.size() - suffix.size()), verdict);
    return latencies ? std::optional((*latencies)[i]) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::array<double, 4>> stable_latencies_ms(const TestVerdict& verdict) {
  const auto* set = verdict.workload.found<check::SetFinding>();
  if (set == nullptr || !set->stable_latencies_ms) return std::nullopt;
  return set->stable_latencies_ms->figures();
}

std::optional<std::array<double, 4>> answer_latencies_ms(const TestVerdict& verdict) {
  const auto& all = verdict.perf_found().all;
  return all ? std::optional(all->figures()) : std::nullopt;
}

std::optional<double> reach_bound_of(const TestVerdict& verdict) {
  const auto* reach = verdict.availability.found<ReachFinding>();
  return reach == nullptr ? std::nullopt : std::optional(reach->bound);
}

LatencyKind latency_kind(const check::Checker* checker) {
  const bool is_set = checker != nullptr && checker->subject == check::Subject::set;
  return is_set ? LatencyKind::stable : LatencyKind::answer;
}

double longest_outage_ms(const check::History& history, Duration time_limit) {
  std::int64_t longest_ns = 0;
  std::int64_t last_ns = 0;
  bool is_disturbed = false;
  for (const check::Operation& event : history) {
    if (event.time_ns > time_limit.count()) break;
    if (!event.is_client() && !is_disturbed) {
      is_disturbed = true;
      longest_ns = 0;
      last_ns = event.time_ns;
    }
    if (event.is_client() && event.type == check::Type::ok) last_ns = event.time_ns;
    longest_ns = std::max(longest_ns, event.time_ns - last_ns);
  }
  return static_cast<double>(longest_ns) / 1e6;
}

std::vector<Figure> figures_of(const WorkloadInfo& workload) {
  std::vector<Figure> all = {{"ok", Unit::fraction}, {"msgs-per-op"}, {"bytes-per-op"}};
  const auto add_latencies = [&all](const std::string& kind) {
    for (const char* suffix : quantile_names) all.push_back({kind + suffix, Unit::milliseconds});
  };
  if (latency_kind(workload.checker) == LatencyKind::stable) add_latencies("stable");
  add_latencies("answer");
  all.push_back({"outage", Unit::milliseconds});
  for (const std::string& kind : workload.test.kinds) add_latencies(kind);
  return all;
}

std::optional<double> measured(std::string_view figure, const TestVerdict& verdict, const check::History& history,
                               Duration time_limit) {
  if (figure == "ok") return verdict.availability_found().ok_fraction;
  if (figure == "outage") return longest_outage_ms(history, time_limit);
  if (figure == "msgs-per-op") return verdict.net_found().messages_per_op();
  if (figure == "bytes-per-op") return verdict.net_found().bytes_per_op();
  return measured_latency(figure, verdict);
}

}  // namespace mznode
