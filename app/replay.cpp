#include <cmath>

#include "program.hpp"
#include "test_options.hpp"

namespace mznode::app {

std::string quoted(const std::string& word) {
  constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string replay_command(const TestSettings& settings) {
  const TestSettings defaults;
  std::string text = quoted(program_command()) + " test -w " + settings.workload;
  const auto add = [&text](const std::string& flag, const std::string& value) {
    text += " --" + flag + " " + quoted(value);
  };
  const auto seconds = [](Duration duration) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    std::string whole = std::to_string(ms / 1000);
    if (ms % 1000 == 0) return whole;
    return whole + "." + std::to_string(1000 + ms % 1000).substr(1);
  };
  if (!settings.strategy.empty()) add("strategy", settings.strategy);
  for (const auto& [name, value] : settings.strategy_options) add(name, value);
  if (settings.bin) add("bin", *settings.bin);
  if (settings.nodes != defaults.nodes) {
    std::string names;
    for (const auto& node : settings.nodes) names += (names.empty() ? "" : ",") + node;
    const bool is_counted = settings.nodes == sim::node_names(settings.nodes.size());
    is_counted ? add("node-count", std::to_string(settings.nodes.size())) : add("nodes", names);
  }
  add("concurrency", std::to_string(settings.concurrency) + (settings.concurrency_per_node ? "n" : ""));
  add("rate", seconds(std::chrono::milliseconds(settings.rate_millis)));
  add("time-limit", seconds(settings.time_limit));
  if (settings.latency.mean_ms != 0) add("latency", std::to_string(settings.latency.mean_ms));
  if (settings.latency.shape == sim::Latency::Shape::uniform) add("latency-dist", "uniform");
  if (settings.latency.shape == sim::Latency::Shape::exponential) add("latency-dist", "exponential");
  if (settings.delivery == sim::Delivery::ideal) add("delivery", "ideal");
  if (settings.topology != defaults.topology) add("topology", settings.topology);
  std::string faults;
  for (const auto& fault : settings.nemesis) faults += (faults.empty() ? "" : ",") + fault;
  if (!faults.empty()) add("nemesis", faults);
  if (!faults.empty()) add("nemesis-interval", seconds(settings.nemesis_interval));
  if (!settings.keep_storage) text += " --no-storage";
  const sim::KeyOptions& keys = settings.keys;
  if (keys.key_count != defaults.keys.key_count) add("key-count", std::to_string(keys.key_count));
  if (keys.max_txn_length != defaults.keys.max_txn_length) add("max-txn-length", std::to_string(keys.max_txn_length));
  if (keys.max_writes_per_key != defaults.keys.max_writes_per_key) {
    add("max-writes-per-key", std::to_string(keys.max_writes_per_key));
  }
  if (keys.writes == sim::KeyOptions::Writes::zipf) add("writes-dist", "zipf");
  if (keys.assign_from == sim::KeyOptions::AssignFrom::committed) add("assign-from", "committed");
  if (settings.availability) {
    const std::chrono::milliseconds thousandths(std::llround(*settings.availability * 1000));
    add("availability", *settings.availability == 1.0 ? "total" : seconds(thousandths));
  }
  TestSettings promised = settings;
  promised.consistency_models = defaults.consistency_models;
  if (!settings.bin) hold_to_promise(promised);
  if (settings.consistency_models != promised.consistency_models) {
    add("consistency-models", settings.consistency_models.text());
  }
  if (!settings.limits.empty()) add("expect", limits_text(settings.limits));
  if (settings.compat_jepsen) add("compat", "jepsen");
  const ProcessTime& time = settings.process_time;
  if (time.mode != defaults.process_time.mode) add("time", time_mode_name(time.mode));
  if (time.schedule != defaults.process_time.schedule) add("schedule", schedule_name(time.schedule));
  if (time.cpu_time_permille > 0) add("cpu-time", seconds(std::chrono::milliseconds(time.cpu_time_permille)));
  if (time.stall != defaults.process_time.stall) add("stall", seconds(time.stall));
  if (settings.memory_mib != defaults.memory_mib) add("memory", std::to_string(settings.memory_mib));
  add("seed", std::to_string(settings.seed));
  if (!settings.bin_args.empty()) text += " --";
  for (const auto& argument : settings.bin_args) text += " " + quoted(argument);
  return text;
}

}  // namespace mznode::app
