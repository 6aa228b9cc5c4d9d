#include "report/test_page.hpp"

#include "comparison.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/sim/excerpt.hpp"
#include "summary.hpp"
#include "test_options.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

const check::Checker* checker_of(const TestReport& report) {
  return report.workload == nullptr ? nullptr : report.workload->checker;
}

std::vector<Labelled> figure_list(const TestReport& report) {
  const LatencyKind kind = latency_kind(checker_of(report));
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

PageHead head_of(const TestSettings& settings, const TestReport& report, std::size_t workers) {
  const check::Checker* checker = checker_of(report);
  PageHead head{.title = title(settings, report),
                .valid = valid_word(report.valid()),
                .demand = checker != nullptr ? std::string(checker->summary) : "",
                .reasons = {},
                .figures = figure_list(report),
                .settings = setting_list(settings),
                .replay = replay_command(settings),
                .nodes = settings.nodes,
                .lanes = {},
                .workers = static_cast<std::int64_t>(workers),
                .duration = std::chrono::floor<std::chrono::microseconds>(report.run.duration).count()};
  if (const std::string time = time_text(report); !time.empty()) head.settings.push_back({"time", time});
  for (const auto* seen : {&report.verdict.symptoms, &report.verdict.remarks}) {
    for (const std::string& each : *seen) head.reasons.push_back({"seen", each});
  }
  for (const Reason& reason : reason_list(report)) {
    std::string text = reason.text == "not valid" && !reason.explanation.empty() ? "" : reason.text;
    // What stands below a line of the workload's checker is drawn; of a crash it is what its reader looks for.
    const bool is_drawn = reason.part == "workload";
    for (const std::string& each : reason.explanation) {
      if (!is_drawn || !each.starts_with(' ')) text += (text.empty() ? "" : "\n") + each;
    }
    head.reasons.push_back({reason.part, text});
  }
  return head;
}

}  // namespace

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
  const check::History& history = report.run.history;
  const check::Verdict& workload = report.verdict.workload;
  const Clients clients(settings.nodes, settings.workers());
  PageData data;
  data.head = head_of(settings, report, settings.workers());
  data.faults = fault_spans(report, settings.nodes);
  data.set = set_columns(history, checker_of(report));
  const auto moments = moments_of_interest(history, workload, report.stories, data.faults, data.set);
  data.operations = operation_columns(history, clients, moments);
  data.evidence = evidence(workload, history, data.operations);
  data.rates = rates(history, report.run.duration, &report.run);
  std::tie(data.messages, data.fates) = message_columns(report, settings.nodes, moments);
  data.stories = story_columns(report.stories, data.operations, data.messages);
  Followed followed = follow_values(checker_of(report), history, clients, data.operations, &report.run, data.messages);
  data.values = std::move(followed.values);
  data.reads = std::move(followed.reads);
  data.logs = log_columns(report, settings.nodes, moments);
  return data.page();
}

}  // namespace mznode::app
