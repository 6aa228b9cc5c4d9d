#include "mznode/workloads/process_time.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "mznode/json/suggestion.hpp"
#include "mznode/sim/process_host.hpp"
#include "mznode/trace/processors.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode {
namespace {

using Mode = ProcessTime::Mode;
using trace::Schedule;

constexpr std::array modes = {std::pair{Mode::automatic, "auto"}, std::pair{Mode::simulated, "virtual"},
                              std::pair{Mode::real, "real"}};
constexpr std::array schedules = {std::pair{Schedule::plain, "plain"}, std::pair{Schedule::random, "random"},
                                  std::pair{Schedule::adversarial, "adversarial"}};

template <class Names>
auto parse(const Names& names, const std::string& kind, const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto& [value, word] : names) {
    if (name == word) return value;
    known.emplace_back(word);
  }
  throw std::invalid_argument(unknown_word(kind, name, known));
}

template <class Names, class Value>
std::string name_of(const Names& names, Value wanted) {
  for (const auto& [value, word] : names) {
    if (value == wanted) return word;
  }
  return {};
}

sim::ProcessLimits limits_of(const TestSettings& settings) {
  sim::ProcessLimits limits;
  limits.memory_bytes = settings.memory_mib * sim::ProcessLimits::megabyte;
  return limits;
}

/// Where messages take drawn times, hardly any two nodes have their turns in one instant, and another tracer is but a
/// detour; where processor time is charged, nodes must not slow each other down.
unsigned tracers_of(const TestSettings& settings, const sim::Engine& engine) {
  const bool is_drawn = settings.latency.mean_ms > 0 && settings.latency.shape != sim::Latency::Shape::constant;
  if (is_drawn || engine.chance.decides_order() || settings.process_time.cpu_time_permille > 0) return 1;
  return std::min(trace::processors_a_run(), static_cast<unsigned>(settings.nodes.size()));
}

}  // namespace

Mode parse_time_mode(const std::string& name) {
  return parse(modes, "kind of time", name);
}
std::string time_mode_name(Mode mode) {
  return name_of(modes, mode);
}
Schedule parse_schedule(const std::string& name) {
  return parse(schedules, "schedule", name);
}
std::string schedule_name(Schedule schedule) {
  return name_of(schedules, schedule);
}

bool is_virtual(const TestSettings& settings) {
  if (!settings.bin) return true;
  if (settings.process_time.mode == Mode::real) return false;
  const auto& why_not = trace::unavailable();
  if (why_not && settings.process_time.mode == Mode::simulated) {
    throw std::invalid_argument("virtual time is not available here: " + *why_not + "; --time real does without");
  }
  return !why_not;
}

nlohmann::ordered_json TimeOfRun::to_details() const {
  if (!is_virtual) return {{"kind", "real"}, {"why-real", why_real}, {"repeatable?", false}};
  nlohmann::ordered_json details = {
      {"kind", "virtual"}, {"schedule", schedule_name(schedule)}, {"repeatable?", is_repeatable()}};
  if (cpu_time_permille > 0) details["cpu-time"] = cpu_time_permille / 1e3;
  if (!record.doubts.empty()) details["doubts"] = record.doubts;
  details["stops"] = record.stops;
  details["fingerprint"] = record.fingerprint;
  return details;
}

std::unique_ptr<sim::Host> process_host(const TestSettings& settings, sim::Network& network, sim::Engine& engine,
                                        TimeOfRun& time) {
  const Duration patience = find_workload(settings.workload).patience(settings.latency.mean_ms);
  if (!is_virtual(settings)) {
    time.why_real = settings.process_time.mode == Mode::real
                        ? "--time real was given"
                        : "virtual time is not available here: " + *trace::unavailable();
    auto host = std::make_unique<sim::ProcessHost>(*settings.bin, settings.bin_args, limits_of(settings), patience);
    host->attach(network);
    return host;
  }
  time.is_virtual = true;
  time.schedule = settings.process_time.schedule;
  time.cpu_time_permille = settings.process_time.cpu_time_permille;
  sim::VirtualProcessHost::Options options;
  options.program = *settings.bin;
  options.arguments = settings.bin_args;
  options.seed = settings.seed;
  options.chance = engine.chance;
  options.schedule = settings.process_time.schedule;
  options.cpu_time_permille = settings.process_time.cpu_time_permille;
  options.stall = settings.process_time.stall;
  options.limits = limits_of(settings);
  options.client_timeout = patience;
  options.tracers = tracers_of(settings, engine);
  options.on_end = [&time](const sim::VirtualProcessHost::Record& record) { time.record = record; };
  auto host = std::make_unique<sim::VirtualProcessHost>(engine.timers, std::move(options));
  host->attach(network);
  return host;
}

}  // namespace mznode
