#include "mznode/workloads/figures.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mznode/check/registry.hpp"
#include "mznode/check/set_full.hpp"

namespace mznode {
namespace {

using nlohmann::ordered_json;

constexpr std::array quantile_names = {std::pair{"-p50", "0.5"}, std::pair{"-p95", "0.95"}, std::pair{"-p99", "0.99"},
                                       std::pair{"-max", "1"}};

std::optional<double> number_at(const ordered_json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

/// The quantile that ends the name of a figure, of the latencies that its beginning names.
std::optional<double> measured_latency(std::string_view figure, const ordered_json& results) {
  for (const auto& [suffix, key] : quantile_names) {
    if (!figure.ends_with(suffix)) continue;
    const std::string kind(figure.substr(0, figure.size() - std::string_view(suffix).size()));
    const ordered_json none = ordered_json::object();
    if (kind == "stable") return number_at(results.at("workload").value("stable-latencies", none), key);
    if (kind == "answer") return number_at(results.at("perf").value("all-latencies", none), key);
    return number_at(results.at("perf").value("latencies", none).value(kind, none), key);
  }
  return std::nullopt;
}

}  // namespace

LatencyKind latency_kind(const std::string& workload) {
  const check::Checker* checker = check::find_checker(workload);
  const bool is_set = checker != nullptr && checker->function == check::check_set_full;
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
    for (const auto& [suffix, key] : quantile_names) all.push_back({kind + suffix, Unit::milliseconds});
  };
  if (latency_kind(workload.name) == LatencyKind::stable) add_latencies("stable");
  add_latencies("answer");
  all.push_back({"outage", Unit::milliseconds});
  for (const std::string& kind : workload.test.kinds) add_latencies(kind);
  return all;
}

std::optional<double> measured(std::string_view figure, const ordered_json& results, const check::History& history,
                               Duration time_limit) {
  if (figure == "ok") return number_at(results.at("availability"), "ok-fraction");
  if (figure == "outage") return longest_outage_ms(history, time_limit);
  const ordered_json& servers = results.at("net").at("servers");
  if (figure == "msgs-per-op" || figure == "bytes-per-op") return number_at(servers, std::string(figure));
  return measured_latency(figure, results);
}

}  // namespace mznode
