#include "mznode/workloads/test_verdict.hpp"

#include <chrono>

namespace mznode {
namespace {

using nlohmann::ordered_json;

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::optional<double> per_operation(std::uint64_t count, std::size_t operations) {
  if (operations == 0) return std::nullopt;
  return static_cast<double>(count) / static_cast<double>(operations);
}

ordered_json details_of(const sim::Network::Counts& counts) {
  return {{"send-count", counts.sent}, {"recv-count", counts.received}, {"msg-count", counts.sent}};
}

/// What the checker found; nothing of a test that could not be carried out.
template <class Kind>
const Kind& found_in(const check::Verdict& verdict) {
  static const Kind nothing = {};
  const Kind* found = verdict.found<Kind>();
  return found == nullptr ? nothing : *found;
}

}  // namespace

std::optional<double> NetworkFinding::messages_per_op() const {
  return per_operation(stats.servers.sent, operations);
}

std::optional<double> NetworkFinding::bytes_per_op() const {
  return per_operation(stats.server_bytes, operations);
}

void NetworkFinding::write_to(ordered_json& details) const {
  details["all"] = details_of(stats.all);
  details["clients"] = details_of(stats.clients);
  details["servers"] = details_of(stats.servers);
  if (const auto all = per_operation(stats.all.sent, operations)) details["all"]["msgs-per-op"] = *all;
  if (const auto servers = messages_per_op()) details["servers"]["msgs-per-op"] = *servers;
  if (const auto bytes = bytes_per_op()) details["servers"]["bytes-per-op"] = *bytes;
}

void BenchFinding::write_to(ordered_json& details) const {
  if (rate) {
    details["rate-asked"] = rate->asked;
    details["rate-reached"] = rate->reached;
  }
  if (!lag) return;
  details["longest-lag-ms"] = milliseconds(lag->longest);
  details["lag-ms"] = milliseconds(lag->total);
  if (lag->starved > Duration::zero()) details["starved-ms"] = milliseconds(lag->starved);
}

void NodesFinding::write_to(ordered_json& details) const {
  if (is_interrupted) details["interrupted"] = true;
  for (const sim::NodeFailure& failure : failures) {
    details["failures"].push_back({{"node", failure.node}, {"description", failure.description}});
  }
  for (const std::string& reply : malformed_replies) details["malformed-replies"].push_back(reply);
}

std::string NodesFinding::reason() const {
  return is_interrupted ? "interrupted" : "";
}

check::Valid TestVerdict::valid() const {
  check::Valid worst = check::Valid::yes;
  for (const auto& [name, verdict] : parts()) worst = check::worst(worst, verdict->valid);
  return worst;
}

std::vector<std::pair<std::string, const check::Verdict*>> TestVerdict::parts() const {
  std::vector<std::pair<std::string, const check::Verdict*>> parts = {
      {"perf", &perf}, {"stats", &stats}, {"availability", &availability}, {"nodes", &nodes},
      {"net", &net},   {"bench", &bench}, {"workload", &workload}};
  if (expect) parts.emplace_back("expect", &*expect);
  return parts;
}

ordered_json TestVerdict::to_details() const {
  ordered_json details = {{"valid?", check::to_details(valid())}};
  for (const auto& [name, verdict] : parts()) details[name] = check::to_details(*verdict);
  std::vector<std::string> seen = symptoms;
  seen.insert(seen.end(), remarks.begin(), remarks.end());
  if (!seen.empty()) details["symptoms"] = seen;
  return details;
}

const check::StatsFinding& TestVerdict::stats_found() const {
  return found_in<check::StatsFinding>(stats);
}
const check::AvailabilityFinding& TestVerdict::availability_found() const {
  return found_in<check::AvailabilityFinding>(availability);
}
const check::PerfFinding& TestVerdict::perf_found() const {
  return found_in<check::PerfFinding>(perf);
}
const NetworkFinding& TestVerdict::net_found() const {
  return found_in<NetworkFinding>(net);
}
const BenchFinding& TestVerdict::bench_found() const {
  return found_in<BenchFinding>(bench);
}

}  // namespace mznode
