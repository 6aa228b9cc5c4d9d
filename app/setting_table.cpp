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

/// A setting that is one of some words, the first of which is its default.
template <class Value>
Setting of_words(Group group, const std::string& flag, const std::string& summary,
                 std::vector<std::pair<std::string, Value>> words, Value TestSettings::*member) {
  std::string takes;
  for (std::size_t i = 0; i < words.size(); ++i) {
    takes += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i].first;
  }
  return {.group = group,
          .flag = flag,
          .takes = "NAME",
          .summary = summary,
          .shown_default = words.front().first,
          .read =
              [=](const std::string& text, TestSettings& settings) {
                const auto word =
                    std::find_if(words.begin(), words.end(), [&](const auto& each) { return each.first == text; });
                if (word == words.end()) refuse_value(flag, takes, text);
                settings.*member = word->second;
              },
          .write = [=](const TestSettings& settings) -> Written {
            for (const auto& [text, value] : words) {
              if (settings.*member == value) return unless_default(text, text == words.front().first);
            }
            return std::nullopt;
          }};
}

/// A number of keys, or of what is done to one.
Setting of_keys(const std::string& flag, const std::string& summary, std::size_t sim::KeyOptions::*member) {
  const std::size_t by_default = sim::KeyOptions().*member;
  return {.group = Group::test,
          .flag = flag,
          .takes = "N",
          .summary = summary,
          .shown_default = std::to_string(by_default),
          .read =
              [=](const std::string& text, TestSettings& settings) {
                settings.keys.*member = whole_number(flag, text, std::size_t{1}, max_keys_and_writes);
              },
          .write =
              [=](const TestSettings& settings) {
                return unless_default(std::to_string(settings.keys.*member), settings.keys.*member == by_default);
              }};
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
  const auto default_nodes = TestSettings().nodes;
  std::vector<Setting> rows = {
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
       .write = [](const TestSettings& settings) { return Written(seconds_text(settings.time_limit)); }},
      {.flag = "--availability",
       .takes = "F",
       .summary = "fraction that must succeed, or total",
       .read = read_availability,
       .write = write_availability},
      {.flag = "--consistency-models",
       .takes = "NAMES",
       .summary = "txn: what must be satisfied, separated by commas",
       .shown_default = "as promised; --bin: strict-serializable",
       .read = read_models,
       .write = write_models},
      {.flag = "--compat",
       .takes = "NAME",
       .summary = "jepsen: be no stricter than Maelstrom",
       .read =
           [](const std::string& text, TestSettings& settings) {
             if (text != "jepsen") refuse_value("--compat", "jepsen", text);
             settings.compat_jepsen = true;
           },
       .write = [](const TestSettings& settings) { return unless_default("jepsen", !settings.compat_jepsen); }},
      of_keys("--key-count", "kafka, txn: keys in use at a time", &sim::KeyOptions::key_count),
      of_keys("--max-txn-length", "txn: most operations of a transaction", &sim::KeyOptions::max_txn_length),
      of_keys("--max-writes-per-key", "kafka, txn: then it is replaced by a new one",
              &sim::KeyOptions::max_writes_per_key),
      {.flag = "--writes-dist",
       .takes = "NAME",
       .summary = "all of these (constant), or zipf",
       .shown_default = "constant",
       .read =
           [](const std::string& text, TestSettings& settings) {
             if (text != "constant" && text != "zipf") refuse_value("--writes-dist", "constant or zipf", text);
             settings.keys.writes = text == "zipf" ? sim::KeyOptions::Writes::zipf : sim::KeyOptions().writes;
           },
       .write =
           [](const TestSettings& settings) {
             return unless_default("zipf", settings.keys.writes != sim::KeyOptions::Writes::zipf);
           }},
      {.flag = "--assign-from",
       .takes = "NAME",
       .summary = "kafka: beginning or committed",
       .shown_default = "beginning",
       .read =
           [](const std::string& text, TestSettings& settings) {
             using From = sim::KeyOptions::AssignFrom;
             if (text != "beginning" && text != "committed")
               refuse_value("--assign-from", "beginning or committed", text);
             settings.keys.assign_from = text == "committed" ? From::committed : sim::KeyOptions().assign_from;
           },
       .write =
           [](const TestSettings& settings) {
             return unless_default("committed", settings.keys.assign_from != sim::KeyOptions::AssignFrom::committed);
           }}};
  return rows;
}

std::vector<Setting> network_rows() {
  using Shape = sim::Latency::Shape;
  const std::vector<std::pair<std::string, Shape>> shapes = {
      {"constant", Shape::constant}, {"uniform", Shape::uniform}, {"exponential", Shape::exponential}};
  return {{.group = Group::network,
           .flag = "--latency",
           .takes = "MS",
           .summary = "mean latency between nodes",
           .shown_default = "0",
           .read =
               [](const std::string& text, TestSettings& settings) {
                 settings.latency.mean_ms = whole_number("--latency", text, std::int64_t{0}, max_latency_ms);
               },
           .write =
               [](const TestSettings& settings) {
                 return unless_default(std::to_string(settings.latency.mean_ms), settings.latency.mean_ms == 0);
               }},
          {.group = Group::network,
           .flag = "--latency-dist",
           .takes = "NAME",
           .summary = "constant, uniform or exponential",
           .shown_default = "constant",
           .read =
               [shapes](const std::string& text, TestSettings& settings) {
                 for (const auto& [name, shape] : shapes) {
                   if (name != text) continue;
                   settings.latency.shape = shape;
                   return;
                 }
                 refuse_value("--latency-dist", "constant, uniform or exponential", text);
               },
           .write = [shapes](const TestSettings& settings) -> Written {
             for (const auto& [name, shape] : shapes) {
               if (shape == settings.latency.shape) return unless_default(name, shape == Shape::constant);
             }
             return std::nullopt;
           }},
          of_words<sim::Delivery>(Group::network, "--delivery", "maelstrom (one by one), ideal",
                                  {{"maelstrom", sim::Delivery::maelstrom}, {"ideal", sim::Delivery::ideal}},
                                  &TestSettings::delivery),
          {.group = Group::network,
           .flag = "--topology",
           .takes = "NAME",
           .summary = "line, grid, tree, tree2 … tree4 or total",
           .shown_default = TestSettings().topology,
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
                 return unless_default(seconds_text(settings.nemesis_interval), settings.nemesis.empty());
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
