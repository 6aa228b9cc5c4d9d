#include "comparison.hpp"

#include <algorithm>
#include <sstream>

#include "mznode/check/registry.hpp"
#include "mznode/check/txn/txn.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "test_options.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

using nlohmann::ordered_json;

constexpr const char* strongest_models = "strongest-models";
constexpr const char* quantile_keys[] = {"0.5", "0.95", "0.99", "1"};

std::string latency_word(LatencyKind kind) {
  return kind == LatencyKind::stable ? "stable" : "answer";
}

/// Each remark in lines of its own.
std::string lines_of_caption(const std::string& text) {
  std::string lines;
  std::istringstream remarks(text);
  for (std::string remark; std::getline(remarks, remark);) lines += wrapped(remark, output_width(), 2, 0) + "\n";
  return lines;
}

/// Whether faults cut nodes off in any of the tests, so that it says something how many operations could be answered.
bool has_bounds(const Comparison& comparison) {
  return std::any_of(comparison.contenders.begin(), comparison.contenders.end(),
                     [](const Contender& contender) { return contender.figures.bound.has_value(); });
}

std::string caption(const Comparison& comparison) {
  std::string text = comparison.latency == LatencyKind::stable
                         ? "stable: ms from an element's acknowledgement until every read shows it"
                         : "answer: ms from a request to its acknowledgement, all operations together";
  text += ";\nok: operations that succeeded; a compare-and-set whose key has another value rightly fails";
  if (has_bounds(comparison)) text += ";\nbound: operations whose node could reach a majority of nodes for long enough";
  text +=
      ";\nmsgs and bytes: between servers; outage: the longest time in ms without any acknowledgement, from the first "
      "fault on";
  if (comparison.has_models) text += ";\nsatisfied: the strongest consistency models that no anomaly rules out";
  if (comparison.seeds.size() > 1) {
    const auto is_whole = [&](const Contender& each) { return each.finished == comparison.seeds.size(); };
    const auto& all = comparison.contenders;
    text += std::all_of(all.begin(), all.end(), is_whole)
                ? ";\nevery figure is that of its worst seed, of " + std::to_string(comparison.seeds.size())
                : ";\nevery figure is that of its worst seed, of those that were run to their ends";
  }
  return lines_of_caption(text);
}

std::vector<Column> sweep_columns(const Comparison& comparison) {
  std::vector<Column> columns;
  for (const auto& [name, value] : comparison.contenders.front().swept) columns.push_back({name, true});
  return columns;
}

Cells sweep_cells(const Contender& contender, const std::string& absent) {
  Cells cells;
  for (const auto& [name, value] : contender.swept) cells.push_back(value.value_or(absent));
  return cells;
}

void append(Cells& cells, const Cells& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

std::string base_name(const Contender& contender) {
  return contender.strategy != nullptr ? contender.strategy->name : contender.settings.bin.value_or("");
}

/// What the first column has: strategies, programs, or both.
std::string first_title(const Comparison& comparison) {
  const auto is_program = [](const Contender& contender) { return contender.strategy == nullptr; };
  const auto& all = comparison.contenders;
  if (std::none_of(all.begin(), all.end(), is_program)) return "strategy";
  return std::all_of(all.begin(), all.end(), is_program) ? "program" : "program or strategy";
}

/// Not rounded: the shortest text that reads back as the same number.
std::string exact(double value) {
  return ordered_json(value).dump();
}

}  // namespace

bool has_consistency_models(const check::Checker* checker) {
  return checker != nullptr && checker->subject == check::Subject::transactions;
}

Figures figures(const TestReport& report, LatencyKind kind) {
  const NetworkFinding& net = report.verdict.net_found();
  Figures result{.valid = report.valid(),
                 .ok_fraction = report.verdict.availability_found().ok_fraction,
                 .bound = reach_bound_of(report.verdict),
                 .messages_per_op = net.messages_per_op().value_or(0),
                 .bytes_per_op = net.bytes_per_op().value_or(0),
                 .longest_outage_ms = 0,
                 .latencies_ms = kind == LatencyKind::stable ? stable_latencies_ms(report.verdict)
                                                             : answer_latencies_ms(report.verdict),
                 .models = std::nullopt};
  if (const auto* strongest = report.verdict.workload.found<check::StrongestModelsFinding>()) {
    result.models = strongest->models;
  }
  return result;
}

Figures worst(const Figures& a, const Figures& b) {
  Figures result{.valid = check::worst(a.valid, b.valid),
                 .ok_fraction = a.ok_fraction && b.ok_fraction ? std::min(a.ok_fraction, b.ok_fraction)
                                                               : std::max(a.ok_fraction, b.ok_fraction),
                 .bound = a.bound && b.bound ? std::min(a.bound, b.bound) : std::max(a.bound, b.bound),
                 .messages_per_op = std::max(a.messages_per_op, b.messages_per_op),
                 .bytes_per_op = std::max(a.bytes_per_op, b.bytes_per_op),
                 .longest_outage_ms = std::max(a.longest_outage_ms, b.longest_outage_ms),
                 .latencies_ms = a.latencies_ms ? a.latencies_ms : b.latencies_ms,
                 .models = a.models ? a.models : b.models};
  if (a.models && b.models) {
    const auto common = check::txn::common_models(*a.models, *b.models);
    result.models.emplace(common.begin(), common.end());
  }
  if (a.latencies_ms && b.latencies_ms) {
    for (std::size_t i = 0; i < a.latencies_ms->size(); ++i) {
      (*result.latencies_ms)[i] = std::max((*a.latencies_ms)[i], (*b.latencies_ms)[i]);
    }
  }
  return result;
}

std::string models_text(const Figures& figures) {
  if (!figures.models) return "-";
  std::string text;
  for (const std::string& model : *figures.models) text.append(text.empty() ? "" : ", ").append(model);
  return text.empty() ? "none" : text;
}

std::string contender_name(const Contender& contender) {
  std::string name = base_name(contender);
  for (const auto& [option, value] : contender.swept) {
    if (value) name.append(" ").append(option).append("=").append(*value);
  }
  return name;
}

std::string survives(const Contender& contender) {
  if (contender.strategy == nullptr) return "-";
  const Guarantees& guarantees = contender.strategy->guarantees;
  if (guarantees.promises_nothing()) return "nothing is claimed";
  std::string named;
  std::string missing;
  for (const Fault fault : all_faults()) {
    const bool survived = std::count(guarantees.survives.begin(), guarantees.survives.end(), fault) > 0;
    std::string& list = survived ? named : missing;
    list.append(list.empty() ? "" : ", ").append(fault_name(fault));
  }
  if (missing.empty()) return "all faults";
  if (named.empty()) return "no faults";
  return missing.size() < named.size() ? "all but " + missing : named;
}

std::string comparison_text(const Comparison& comparison) {
  std::vector<Column> columns = {{first_title(comparison)}};
  for (auto& column : sweep_columns(comparison)) columns.push_back(std::move(column));
  columns.insert(columns.end(), {{"verdict"}, {"ok", true}});
  const bool shows_bounds = has_bounds(comparison);
  if (shows_bounds) columns.push_back({"bound", true});
  for (Column column : {Column{"msgs/op", true},
                        {"bytes/op", true},
                        {latency_word(comparison.latency) + " p50", true},
                        {"p95", true},
                        {"p99", true},
                        {"max", true},
                        {"outage", true}}) {
    columns.push_back(std::move(column));
  }
  if (comparison.has_models) columns.push_back({"satisfied"});
  columns.push_back({"survives"});
  std::vector<Cells> rows;
  std::string times;
  std::string failures;
  for (const Contender& contender : comparison.contenders) {
    const Figures& figures = contender.figures;
    Cells cells = {base_name(contender)};
    append(cells, sweep_cells(contender, "-"));
    append(cells, {coloured_verdict(figures.valid), percent(figures.ok_fraction)});
    if (shows_bounds) cells.push_back(percent(figures.bound));
    append(cells, {figure(figures.messages_per_op), figure(figures.bytes_per_op)});
    for (std::size_t i = 0; i < std::size(quantile_keys); ++i) {
      cells.push_back(figures.latencies_ms ? figure((*figures.latencies_ms)[i]) : "-");
    }
    cells.push_back(figure(figures.longest_outage_ms));
    if (comparison.has_models) cells.push_back(models_text(figures));
    cells.push_back(survives(contender));
    rows.push_back(std::move(cells));
    if (!contender.time.empty()) times += "time of " + contender_name(contender) + ": " + contender.time + "\n";
    if (contender.failure.empty()) continue;
    failures +=
        "\n" + contender_name(contender) + ":\n" + contender.failure + "  replay with: " + contender.replay + "\n";
  }
  return text_table(columns, rows, "", output_width()) + "\n" + caption(comparison) + lines_of_caption(times) +
         failures;
}

std::string comparison_csv(const Comparison& comparison) {
  std::vector<Column> columns = {{"workload"}, {"strategy"}};
  for (auto& column : sweep_columns(comparison)) columns.push_back(std::move(column));
  const std::string latency = latency_word(comparison.latency) + "_ms_";
  for (const std::string& name :
       {std::string("first_seed"), std::string("last_seed"), std::string("seeds"), std::string("verdict"),
        std::string("ok_fraction"), std::string("msgs_per_op"), std::string("bytes_per_op"), latency + "p50",
        latency + "p95", latency + "p99", latency + "max", std::string("outage_ms")}) {
    columns.push_back({name});
  }
  const bool shows_bounds = has_bounds(comparison);
  if (shows_bounds) columns.push_back({"bound"});
  if (comparison.has_models) columns.push_back({"satisfied"});
  columns.push_back({"survives"});
  std::vector<Cells> rows;
  for (const Contender& contender : comparison.contenders) {
    const Figures& figures = contender.figures;
    Cells cells = {comparison.workload, base_name(contender)};
    append(cells, sweep_cells(contender, ""));
    append(cells, {std::to_string(comparison.seeds.front()), std::to_string(comparison.seeds.back()),
                   std::to_string(comparison.seeds.size()), verdict_word(figures.valid),
                   figures.ok_fraction ? exact(*figures.ok_fraction) : "", exact(figures.messages_per_op),
                   exact(figures.bytes_per_op)});
    for (std::size_t i = 0; i < std::size(quantile_keys); ++i) {
      cells.push_back(figures.latencies_ms ? exact((*figures.latencies_ms)[i]) : "");
    }
    cells.push_back(exact(figures.longest_outage_ms));
    if (shows_bounds) cells.push_back(figures.bound ? exact(*figures.bound) : "");
    if (comparison.has_models) cells.push_back(figures.models ? models_text(figures) : "");
    cells.push_back(survives(contender));
    rows.push_back(std::move(cells));
  }
  return csv_table(columns, rows);
}

ordered_json comparison_json(const Comparison& comparison, const Contender& contender) {
  const Figures& figures = contender.figures;
  const bool is_program = contender.strategy == nullptr;
  ordered_json line = {{"workload", comparison.workload}, {is_program ? "bin" : "strategy", base_name(contender)}};
  ordered_json options = ordered_json::object();
  for (const auto& [name, value] : contender.swept) {
    if (value) options[name] = std::stoll(*value);
  }
  line["options"] = std::move(options);
  line["seeds"] = {
      {"first", comparison.seeds.front()}, {"last", comparison.seeds.back()}, {"count", comparison.seeds.size()}};
  line["valid?"] = check::to_details(figures.valid);
  line["ok-fraction"] = figures.ok_fraction ? ordered_json(*figures.ok_fraction) : ordered_json();
  if (figures.bound) line["bound"] = *figures.bound;
  line["msgs-per-op"] = figures.messages_per_op;
  line["bytes-per-op"] = figures.bytes_per_op;
  ordered_json latencies = nullptr;
  if (figures.latencies_ms) {
    for (std::size_t i = 0; i < std::size(quantile_keys); ++i) latencies[quantile_keys[i]] = (*figures.latencies_ms)[i];
  }
  line[latency_word(comparison.latency) + "-latencies"] = std::move(latencies);
  line["longest-outage-ms"] = figures.longest_outage_ms;
  if (comparison.has_models) line[strongest_models] = figures.models ? ordered_json(*figures.models) : ordered_json();
  if (is_program) {
    line["time"] = contender.time;
  } else {
    line["survives"] = ordered_json::array();
    for (const Fault fault : contender.strategy->guarantees.survives) line["survives"].push_back(fault_name(fault));
  }
  if (!contender.replay.empty()) line["replay"] = contender.replay;
  return line;
}

}  // namespace mznode::app
