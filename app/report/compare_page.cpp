#include "report/compare_page.hpp"

#include <algorithm>

#include "mznode/check/set_full.hpp"
#include "report/html.hpp"
#include "report/test_page.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

struct Row {
  std::string name;
  std::string summary;
  std::string model;
  std::string survives;
  /// "yes", "no" or "unknown".
  std::string valid;
  /// The share of operations that succeeded, such as "67.3 %".
  std::string ok;
  double messages_per_op = 0;
  double bytes_per_op = 0;
  /// Median, 95 %, 99 % and maximum; empty when there are none.
  std::vector<double> latencies_ms;
  /// The strongest consistency models satisfied; empty where the workload has none.
  std::string satisfied;
  /// Why it is not valid, and the command that shows it again; empty when it is valid.
  std::vector<std::string> failure;
  LatencySeries series;
  MZNODE_FIELDS(name, summary, model, survives, valid, ok, messages_per_op, bytes_per_op, latencies_ms, satisfied,
                failure, series)
};

struct ComparisonData {
  std::string workload;
  /// "stable" or "answer".
  std::string latency;
  std::vector<Labelled> settings;
  std::string seeds;
  std::int64_t seed_count = 0;
  std::string first_seed;
  std::string command;
  std::vector<Row> rows;
  MZNODE_FIELDS(workload, latency, settings, seeds, seed_count, first_seed, command, rows)
};

struct Sample {
  std::int64_t at_ns;
  double ms;
};

std::vector<Sample> samples(const check::History& history, LatencyKind kind) {
  std::vector<Sample> samples;
  if (kind == LatencyKind::stable) {
    for (const check::SetOutcome& outcome : check::set_outcomes(history)) {
      if (!outcome.is_lost) samples.push_back({outcome.known_ns, static_cast<double>(outcome.latency_ms)});
    }
    return samples;
  }
  const check::Pairing pairing(history);
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (!history[i].is_client() || history[i].type != check::Type::ok) continue;
    const std::int64_t begin_ns = history[pairing.invocation(i)].time_ns;
    samples.push_back({begin_ns, static_cast<double>(history[i].time_ns - begin_ns) / 1e6});
  }
  return samples;
}

}  // namespace

LatencySeries latency_series(const TestReport& report, LatencyKind kind) {
  constexpr std::size_t intervals = 60;
  std::vector<Sample> all;
  try {
    all = samples(report.run.history, kind);
  } catch (const check::HistoryError&) {
    return {};  // the verdict says why
  }
  std::int64_t end_ns = 1;
  for (const Sample& sample : all) end_ns = std::max(end_ns, sample.at_ns + 1);
  const std::int64_t interval_ns = end_ns / static_cast<std::int64_t>(intervals) + 1;
  std::vector<std::vector<double>> buckets(intervals);
  for (const Sample& sample : all) buckets[static_cast<std::size_t>(sample.at_ns / interval_ns)].push_back(sample.ms);
  LatencySeries series{.interval = interval_ns / 1000, .median = {}, .max = {}};
  for (auto& bucket : buckets) {
    std::sort(bucket.begin(), bucket.end());
    series.median.push_back(bucket.empty() ? -1 : bucket[bucket.size() / 2]);
    series.max.push_back(bucket.empty() ? -1 : bucket.back());
  }
  return series;
}

std::string compare_page(const Comparison& comparison, const std::vector<LatencySeries>& series,
                         const std::string& command) {
  const std::string first = std::to_string(comparison.seeds.front());
  const TestSettings& settings = comparison.contenders.front().settings;
  ComparisonData data{
      .workload = comparison.workload,
      .latency = comparison.latency == LatencyKind::stable ? "stable" : "answer",
      .settings = setting_list(settings),
      .seeds = comparison.seeds.size() == 1 ? first : first + " to " + std::to_string(comparison.seeds.back()),
      .seed_count = std::ssize(comparison.seeds),
      .first_seed = first,
      .command = command,
      .rows = {}};
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    const Contender& contender = comparison.contenders[i];
    const Figures& figures = contender.figures;
    const StrategyInfo* strategy = contender.strategy;
    Row row{.name = contender_name(contender),
            .summary = strategy != nullptr ? strategy->summary : "time: " + contender.time,
            .model = strategy != nullptr ? strategy->guarantees.model : "",
            .survives = survives(contender),
            .valid = valid_word(figures.valid),
            .ok = percent(figures.ok_fraction),
            .messages_per_op = figures.messages_per_op,
            .bytes_per_op = figures.bytes_per_op,
            .latencies_ms = {},
            .satisfied = comparison.has_models ? models_text(figures) : "",
            .failure = {},
            .series = series[i]};
    if (figures.latencies_ms) row.latencies_ms.assign(figures.latencies_ms->begin(), figures.latencies_ms->end());
    if (!contender.failure.empty()) row.failure = {contender.failure, contender.replay};
    data.rows.push_back(std::move(row));
  }
  TextBuffer json;
  encode(json, data);
  std::string script;
  for (const std::string_view part : {asset::base_js, asset::charts_js, asset::compare_js}) script += part;
  return html_page("compare " + comparison.workload, script, json.view());
}

}  // namespace mznode::app
