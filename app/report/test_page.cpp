#include "report/test_page.hpp"

#include "comparison.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/sim/excerpt.hpp"
#include "report/evidence_data.hpp"
#include "report/html.hpp"
#include "report/message_data.hpp"
#include "report/run_data.hpp"
#include "report/story_data.hpp"
#include "summary.hpp"
#include "test_options.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

/// The head of the page.
struct Head {
  std::string title;
  /// "yes", "no" or "unknown".
  std::string valid;
  /// What the checker demands.
  std::string demand;
  std::vector<Labelled> reasons;
  std::vector<Labelled> figures;
  std::vector<Labelled> settings;
  std::string replay;
  std::vector<std::string> nodes;
  std::int64_t workers = 0;
  std::int64_t duration = 0;
  MZNODE_FIELDS(title, valid, demand, reasons, figures, settings, replay, nodes, workers, duration)
};

struct TestData {
  Head head;
  Evidence evidence;
  std::vector<FaultSpan> faults;
  OperationColumns operations;
  Rates rates;
  SetColumns set;
  MessageColumns messages;
  MessageFates fates;
  std::vector<StoryColumns> stories;
  MZNODE_FIELDS(head, evidence, faults, operations, rates, set, messages, fates, stories)
};

std::vector<Labelled> figure_list(const TestSettings& settings, const TestReport& report) {
  const LatencyKind kind = latency_kind(settings.workload);
  const Figures values = figures(report, kind);
  std::vector<Labelled> list = {{"operations", std::to_string(report.verdict.stats_found().all.count())},
                                {"ok", percent(values.ok_fraction)},
                                {"messages per operation", figure(values.messages_per_op)},
                                {"bytes per operation", figure(values.bytes_per_op)}};
  if (values.latencies_ms) {
    const std::string what = kind == LatencyKind::stable ? "stable after, " : "answered after, ";
    list.push_back({what + "median", figure(values.latencies_ms->front()) + " ms"});
    list.push_back({what + "maximum", figure(values.latencies_ms->back()) + " ms"});
  }
  return list;
}

Head head(const TestSettings& settings, const TestReport& report, std::size_t workers) {
  const check::Checker* checker = check::find_checker(settings.workload);
  Head head{.title = title(settings, report),
            .valid = valid_word(report.valid()),
            .demand = checker != nullptr ? std::string(checker->summary) : "",
            .reasons = {},
            .figures = figure_list(settings, report),
            .settings = setting_list(settings),
            .replay = replay_command(settings),
            .nodes = settings.nodes,
            .workers = static_cast<std::int64_t>(workers),
            .duration = std::chrono::floor<std::chrono::microseconds>(report.run.duration).count()};
  if (const std::string time = time_text(report); !time.empty()) head.settings.push_back({"time", time});
  for (const std::string& each : report.verdict.symptoms) head.reasons.push_back({"seen", each});
  for (const Reason& reason : reason_list(report)) {
    std::string text = reason.text;
    // What stands below a line of the workload's checker is drawn; of a crash it is what its reader looks for.
    const bool is_drawn = reason.part == "workload";
    for (const std::string& each : reason.explanation) {
      if (!is_drawn || !each.starts_with(' ')) text += "\n" + each;
    }
    head.reasons.push_back({reason.part, text});
  }
  return head;
}

}  // namespace

std::string valid_word(check::Valid valid) {
  return valid == check::Valid::yes ? "yes" : valid == check::Valid::no ? "no" : "unknown";
}

std::vector<Labelled> setting_list(const TestSettings& settings) {
  std::string faults;
  for (const auto& fault : settings.nemesis) faults += (faults.empty() ? "" : ", ") + fault;
  return {{"nodes", std::to_string(settings.nodes.size())},
          {"rate", figure(static_cast<double>(settings.rate_millis) / 1000) + " operations a second"},
          {"time limit", figure(std::chrono::duration<double>(settings.time_limit).count()) + " s"},
          {"latency", std::to_string(settings.latency.mean_ms) + " ms between nodes"},
          {"delivery", settings.delivery == sim::Delivery::ideal ? "ideal" : "maelstrom"},
          {"faults", faults.empty() ? "none" : faults}};
}

std::string test_page(const TestSettings& settings, const TestReport& report) {
  const std::size_t workers = settings.workers();
  TestData data;
  data.head = head(settings, report, workers);
  data.evidence = evidence(report);
  data.faults = fault_spans(report, settings.nodes);
  data.set = set_columns(report, settings.workload);
  const auto moments = moments_of_interest(report, data.faults, data.set);
  data.operations = operation_columns(report, workers, moments);
  data.rates = rates(report);
  std::tie(data.messages, data.fates) = message_columns(report, settings.nodes, moments);
  data.stories = story_columns(report, data.operations, data.messages);
  TextBuffer json;
  encode(json, data);
  std::string script;
  for (const std::string_view part : {asset::base_js, asset::charts_js, asset::stories_js, asset::evidence_js,
                                      asset::explorer_js, asset::sequence_js, asset::test_js}) {
    script += part;
  }
  return html_page(data.head.title, script, json.view());
}

}  // namespace mznode::app
