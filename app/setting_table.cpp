#include "setting_table.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "setting_rows.hpp"

namespace mznode::app {
namespace {

using Group = Setting::Group;

constexpr std::int64_t max_nodes = 1'000;
constexpr std::size_t max_keys_and_writes = 100'000;
constexpr std::int64_t max_latency_ms = 3'600'000;
constexpr std::uint64_t max_concurrency = 100'000;

/// A number of keys, or of what is done to one.
template <class Of>
Setting of_keys(const std::string& flag, const std::string& summary, Of of) {
  return of_number<std::size_t>(Group::test, flag, "N", summary, 1, max_keys_and_writes, of);
}

// ---- What takes more than a line to read or to write

void read_concurrency(const std::string& text, TestSettings& settings) {
  const std::string flag = "--concurrency";
  const std::string takes = "a number of clients such as 10, or a multiple of the nodes such as 4n";
  settings.concurrency_per_node = !text.empty() && text.back() == 'n';
  const std::string digits = text.substr(0, text.size() - (settings.concurrency_per_node ? 1 : 0));
  try {
    settings.concurrency = whole_number(flag, digits, std::uint64_t{1}, UINT64_MAX);
  } catch (const std::invalid_argument&) {
    refuse_value(flag, takes, text);
  }
  if (settings.concurrency > max_concurrency / (settings.concurrency_per_node ? settings.nodes.size() : 1)) {
    refuse_value(flag, "at most " + std::to_string(max_concurrency) + " clients", text);
  }
}

void read_availability(const std::string& text, TestSettings& settings) {
  if (text == "total") {
    settings.availability = 1.0;
    return;
  }
  const std::string takes = "total or a number from 0 to 1 (at most three decimals)";
  const std::int64_t parts = thousandths("--availability", text, takes);
  if (parts > 1000) refuse_value("--availability", takes, text);
  settings.availability = static_cast<double>(parts) / 1000;
}

Written write_availability(const TestSettings& settings) {
  if (!settings.availability) return std::nullopt;
  return *settings.availability == 1.0 ? "total" : decimal(std::llround(*settings.availability * 1000));
}

void read_models(const std::string& text, TestSettings& settings) {
  split_list("--consistency-models", text);
  settings.consistency_models = check::ConsistencyModels::parse(text);
}

Written write_models(const TestSettings& settings) {
  TestSettings promised = settings;
  promised.consistency_models = {};
  if (!settings.bin) hold_to_promise(promised);
  return unless_default(settings.consistency_models.text(), settings.consistency_models == promised.consistency_models);
}

bool is_counted(const std::vector<std::string>& nodes) {
  return nodes == sim::node_names(nodes.size());
}

std::string fault_words() {
  std::string words;
  for (const Fault fault : all_faults()) words += (words.empty() ? "" : ", ") + std::string(fault_name(fault));
  return words + "; or swarm";
}

// ---- The table

std::vector<Setting> test_rows() {
  using Keys = sim::KeyOptions;
  const auto default_nodes = TestSettings().nodes;
  const auto known_models = check::ConsistencyModels::known();
  return {
      {.flag = "--node-count",
       .takes = "N",
       .summary = "that many nodes n0, n1, …",
       .read =
           [](const std::string& text, TestSettings& settings) {
             const auto count = whole_number("--node-count", text, std::int64_t{1}, max_nodes);
             settings.nodes = sim::node_names(static_cast<std::size_t>(count));
           },
       .write =
           [](const TestSettings& settings) {
             return unless_default(std::to_string(settings.nodes.size()), !is_counted(settings.nodes));
           }},
      {.flag = "--nodes",
       .takes = "NAMES",
       .summary = "their names, separated by commas",
       .shown_default = joined(default_nodes),
       .read = [](const std::string& text, TestSettings& settings) { settings.nodes = split_list("--nodes", text); },
       .write =
           [default_nodes](const TestSettings& settings) {
             return unless_default(joined(settings.nodes),
                                   settings.nodes == default_nodes || is_counted(settings.nodes));
           }},
      {.flag = "--concurrency",
       .takes = "N",
       .summary = "clients; 4n is four a node",
       .shown_default = "1n; lin-kv: 2n",
       .read = read_concurrency,
       .write =
           [](const TestSettings& settings) {
             return Written(std::to_string(settings.concurrency) + (settings.concurrency_per_node ? "n" : ""));
           }},
      {.flag = "--rate",
       .takes = "N",
       .summary = "operations a second",
       .shown_default = "5",
       .read = [](const std::string& text,
                  TestSettings& settings) { settings.rate_millis = thousandths("--rate", text); },
       .write = [](const TestSettings& settings) { return Written(decimal(settings.rate_millis)); }},
      {.flag = "--time-limit",
       .takes = "S",
       .summary = "seconds of operations",
       .shown_default = "60",
       .read = [](const std::string& text,
                  TestSettings& settings) { settings.time_limit = seconds_of("--time-limit", text); },
       .write = [](const TestSettings& settings) { return Written(decimal_seconds(settings.time_limit)); }},
      {.flag = "--availability",
       .takes = "F",
       .summary = "fraction that must succeed, or total",
       .words = {"total"},
       .read = read_availability,
       .write = write_availability},
      {.flag = "--consistency-models",
       .takes = "NAMES",
       .summary = "txn: what must be satisfied, separated by commas",
       .shown_default = "as promised; --bin: strict-serializable",
       .words = {known_models.begin(), known_models.end()},
       .read = read_models,
       .write = write_models},
      {.flag = "--compat",
       .takes = "NAME",
       .summary = "jepsen: be no stricter than Maelstrom",
       .words = {"jepsen"},
       .read =
           [](const std::string& text, TestSettings& settings) {
             if (text != "jepsen") refuse_value("--compat", "jepsen", text);
             settings.compat_jepsen = true;
           },
       .write = [](const TestSettings& settings) { return unless_default("jepsen", !settings.compat_jepsen); }},
      of_keys(
          "--key-count", "kafka, txn: keys in use at a time",
          [](auto& settings) -> auto& { return settings.keys.key_count; }),
      of_keys(
          "--max-txn-length", "txn: most operations of a transaction",
          [](auto& settings) -> auto& { return settings.keys.max_txn_length; }),
      of_keys(
          "--max-writes-per-key", "kafka, txn: then it is replaced by a new one",
          [](auto& settings) -> auto& { return settings.keys.max_writes_per_key; }),
      of_words<Keys::Writes>(
          Group::test, "--writes-dist", "all of these (constant), or zipf",
          {{"constant", Keys::Writes::constant}, {"zipf", Keys::Writes::zipf}},
          [](auto& settings) -> auto& { return settings.keys.writes; }),
      of_words<Keys::AssignFrom>(
          Group::test, "--assign-from", "kafka: beginning or committed",
          {{"beginning", Keys::AssignFrom::beginning}, {"committed", Keys::AssignFrom::committed}},
          [](auto& settings) -> auto& { return settings.keys.assign_from; })};
}

std::vector<Setting> network_rows() {
  using Shape = sim::Latency::Shape;
  return {of_number<std::int64_t>(
              Group::network, "--latency", "MS", "mean latency between nodes", 0, max_latency_ms,
              [](auto& settings) -> auto& { return settings.latency.mean_ms; }),
          of_words<Shape>(
              Group::network, "--latency-dist", "constant, uniform or exponential",
              {{"constant", Shape::constant}, {"uniform", Shape::uniform}, {"exponential", Shape::exponential}},
              [](auto& settings) -> auto& { return settings.latency.shape; }),
          of_words<sim::Delivery>(
              Group::network, "--delivery", "maelstrom (one by one), ideal",
              {{"maelstrom", sim::Delivery::maelstrom}, {"ideal", sim::Delivery::ideal}},
              [](auto& settings) -> auto& { return settings.delivery; }),
          {.group = Group::network,
           .flag = "--topology",
           .takes = "NAME",
           .summary = "line, grid, tree, tree2 … tree4 or total",
           .shown_default = TestSettings().topology,
           .words = topology_names(),
           .read = [](const std::string& text, TestSettings& settings) { settings.topology = text; },
           .write =
               [](const TestSettings& settings) {
                 return unless_default(settings.topology, settings.topology == TestSettings().topology);
               }},
          {.group = Group::network,
           .flag = "--nemesis",
           .takes = "FAULTS",
           .summary = fault_words(),
           .read = [](const std::string& text,
                      TestSettings& settings) { settings.nemesis = split_list("--nemesis", text); },
           .write =
               [](const TestSettings& settings) {
                 return unless_default(joined(settings.nemesis), settings.nemesis.empty());
               }},
          {.group = Group::network,
           .flag = "--nemesis-interval",
           .takes = "S",
           .summary = "mean seconds between its changes",
           .shown_default = "10",
           .read =
               [](const std::string& text, TestSettings& settings) {
                 settings.nemesis_interval = seconds_of("--nemesis-interval", text);
                 if (settings.nemesis_interval <= Duration::zero())
                   refuse_value("--nemesis-interval", "seconds above 0", text);
               },
           .write =
               [](const TestSettings& settings) {
                 return unless_default(decimal_seconds(settings.nemesis_interval), settings.nemesis.empty());
               }},
          {.group = Group::network,
           .flag = "--no-storage",
           .takes = "",
           .summary = "a kill takes what the node had stored, too",
           .read = [](const std::string&, TestSettings& settings) { settings.keep_storage = false; },
           .write = [](const TestSettings& settings) { return unless_default("", settings.keep_storage); }}};
}

}  // namespace

const std::vector<Setting>& setting_table() {
  static const std::vector<Setting> table = [] {
    std::vector<Setting> all = test_rows();
    for (auto rows : {network_rows(), process_rows()}) all.insert(all.end(), rows.begin(), rows.end());
    return all;
  }();
  return table;
}

void GivenSettings::declare(CLI::App& app, Setting::Group group) {
  for (const Setting& setting : setting_table()) {
    if (setting.group != group) continue;
    if (setting.takes.empty()) {
      app.add_flag(setting.flag, setting.summary);
      continue;
    }
    app.add_option(setting.flag, texts_[setting.flag], setting.summary)
        ->type_name(setting.takes)
        ->default_str(setting.shown_default);
  }
  if (group == Group::test) app.get_option("--nodes")->excludes(app.get_option("--node-count"));
}

void GivenSettings::read(const CLI::App& app, TestSettings& settings) const {
  settings.concurrency = find_workload(settings.workload).test.default_workers_per_node;
  for (const Setting& setting : setting_table()) {
    if (app.get_option_no_throw(setting.flag) == nullptr || app.count(setting.flag) == 0) continue;
    const auto text = texts_.find(setting.flag);
    setting.read(text == texts_.end() ? "" : text->second, settings);
  }
}

void refuse_process_settings(const TestSettings& settings) {
  for (const Setting& setting : setting_table()) {
    if (setting.group != Group::processes || !setting.write(settings)) continue;
    throw std::invalid_argument(setting.flag + " is about the processes of --bin, which is not given");
  }
}

}  // namespace mznode::app
