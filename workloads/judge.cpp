#include "mznode/workloads/judge.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>
#include <tuple>

#include "mznode/check/stats.hpp"
#include "mznode/json/seconds.hpp"
#include "mznode/sim/process_start_hint.hpp"
#include "mznode/workloads/reach.hpp"
#include "symptoms.hpp"

namespace mznode {
namespace {

/// As Maelstrom's net.checker.
check::Verdict judge_network(const sim::RunResult& run) {
  NetworkFinding finding;
  finding.stats = run.net;
  finding.operations = static_cast<std::size_t>(
      std::count_if(run.history.begin(), run.history.end(), [](const check::Operation& operation) {
        return operation.is_client() && operation.type == check::Type::invoke;
      }));
  check::Verdict verdict(check::Valid::yes);
  verdict.add(std::move(finding));
  return verdict;
}

std::pair<std::string, std::vector<std::string>> first_line_and_rest(const std::string& text) {
  std::istringstream lines(text);
  std::pair<std::string, std::vector<std::string>> parts;
  std::getline(lines, parts.first);
  for (std::string line; std::getline(lines, line);) parts.second.push_back(line);
  return parts;
}

/// Whether the run ended before it was over, by nobody's fault.
bool was_cut(const sim::RunResult& run) {
  return run.interrupted || run.livelock;
}

bool has_begun(const sim::RunResult& run) {
  return std::any_of(run.history.begin(), run.history.end(),
                     [](const check::Operation& operation) { return operation.is_client(); });
}

/// What the bench itself did: how many operations a second it was to begin and did begin, and how late it was.
check::Verdict judge_bench(const TestSettings& settings, const sim::RunResult& run) {
  check::Verdict verdict = has_begun(run) || run.error || was_cut(run)
                               ? check::Verdict(check::Valid::yes)
                               : check::Verdict::unknown(
                                     "no operation was begun, so there is nothing to judge; give it "
                                     "a --rate above 0, or a longer --time-limit");
  BenchFinding finding;
  finding.lag = run.lag;
  const Duration lasted = std::min(run.duration, settings.time_limit);
  if (settings.rate_millis > 0 && lasted > Duration::zero()) {
    const auto begun = std::count_if(run.history.begin(), run.history.end(), [&](const check::Operation& operation) {
      return operation.is_client() && operation.type == check::Type::invoke && operation.time_ns <= lasted.count();
    });
    const double lasted_ms = std::chrono::duration<double, std::milli>(lasted).count();
    finding.rate = {.asked = static_cast<double>(settings.rate_millis) / 1e3,
                    .reached = static_cast<double>(begun) * 1e3 / lasted_ms};
  }
  verdict.add(std::move(finding));
  return verdict;
}

/// How long the nodes had at least for whatever a checker misses: half of a short run, and of any other the quiet phase
/// before the last reads.
Duration patience_of(const sim::RunResult& run) {
  return std::min(run.duration / 2, sim::quiet_phase);
}

/// Of a run in which the bench was late, what nodes lack that they may have had no time for is not known to be their
/// fault. What is wrong however long one waits stays so.
check::Verdict of_a_late_bench(check::Verdict verdict, const sim::RunResult& run, Duration patience) {
  const bool is_excused =
      verdict.valid == check::Valid::no && verdict.may_lack_time && run.lag && run.lag->may_explain_lateness(patience);
  if (!is_excused) return verdict;
  const auto seconds = [](Duration duration) { return seconds_text(duration.count()); };
  verdict.valid = check::Valid::unknown;
  const bool is_starved = run.lag->starved > patience / 2;
  std::string error = is_starved ? "the node waited " + seconds(run.lag->starved) + " for a processor that others used"
                                 : "the bench itself was late by up to " + seconds(run.lag->longest) + " (" +
                                       seconds(run.lag->total) + " in all)";
  error +=
      ", so this may be the machine's doing and not the nodes'; run it again on one with less to do, with fewer nodes, "
      "or with a lower --rate";
  if (!verdict.error.empty()) error += ". What was missed: " + verdict.error;
  verdict.error = error;
  return verdict;
}

/// A failure's evidence, behind a line that names the node unless `is_told` says that another line does.
void explain(const sim::NodeFailure& failure, bool is_told, std::vector<std::string>& explanation) {
  const auto [what, rest] = first_line_and_rest(failure.description);
  if (!is_told) explanation.push_back("node " + failure.node + " " + what);
  explanation.insert(explanation.end(), rest.begin(), rest.end());
}

/// One reply of each kind, with how many more there are: those that differ in numbers, names and values say nothing
/// new.
std::vector<std::string> kinds_of(const std::vector<std::string>& replies) {
  std::vector<std::pair<const std::string*, std::size_t>> kinds;
  std::map<std::string, std::size_t> known;
  for (const std::string& reply : replies) {
    std::string kind = reply.substr(0, reply.find(": {"));
    kind = kind.substr(0, kind.find(", got "));
    std::erase_if(kind, [](unsigned char c) { return std::isdigit(c) != 0; });
    const auto [found, is_new] = known.try_emplace(kind, kinds.size());
    if (is_new) {
      kinds.emplace_back(&reply, 0);
    } else {
      ++kinds[found->second].second;
    }
  }
  constexpr std::size_t shown = 3;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(shown, kinds.size()); ++i) {
    const auto& [reply, more] = kinds[i];
    lines.push_back(*reply + (more == 0 ? "" : " (and " + std::to_string(more) + " more like it)"));
  }
  return lines;
}

/// Nodes that Maelstrom would have stopped listening to, and replies that it would not have taken.
check::Verdict judge_nodes(const sim::RunResult& run) {
  const bool failed = run.error || !run.failures.empty() || !run.malformed_replies.empty();
  check::Verdict verdict(failed ? check::Valid::no : was_cut(run) ? check::Valid::unknown : check::Valid::yes);
  verdict.may_lack_time =
      failed && run.waited_in_vain.has_value() && run.failures.empty() && run.malformed_replies.empty();
  std::vector<std::string>& explanation = verdict.explanation;
  if (run.error) std::tie(verdict.error, explanation) = first_line_and_rest(*run.error);
  if (run.livelock && !run.error) verdict.error = "the run was ended because " + *run.livelock;
  const auto is_told = [&](const sim::NodeFailure& failure) {
    const std::string what = first_line_and_rest(failure.description).first;
    return run.error && run.error->find("node " + failure.node + " " + what) != std::string::npos;
  };
  for (const bool told : {true, false}) {
    for (const sim::NodeFailure& failure : run.failures) {
      if (is_told(failure) == told) explain(failure, told, explanation);
    }
  }
  NodesFinding finding;
  finding.is_interrupted = run.interrupted;
  finding.failures = run.failures;
  constexpr std::size_t most_kept = 10;
  const std::size_t kept = std::min(most_kept, run.malformed_replies.size());
  finding.malformed_replies.assign(run.malformed_replies.begin(),
                                   run.malformed_replies.begin() + static_cast<std::ptrdiff_t>(kept));
  for (const std::string& kind : kinds_of(run.malformed_replies)) {
    if (verdict.error.empty()) {
      verdict.error = kind;
    } else {
      explanation.push_back(kind);
    }
  }
  verdict.add(std::move(finding));
  return verdict;
}

/// Of a run that was cut short, what came to an end only later is not known to be missing.
check::Verdict of_a_beginning(check::Verdict verdict) {
  if (verdict.valid != check::Valid::no) return verdict;
  verdict.valid = check::Valid::unknown;
  verdict.error = "the run was cut short";
  return verdict;
}

/// Whether a fault was on during an operation, or so shortly before that nodes may not have got over it. Maelstrom
/// gives them the quiet phase for that.
bool is_under_faults(const sim::RunResult& run, const check::Operation& began, const check::Operation& ended) {
  const Duration from = Duration(began.time_ns) - sim::quiet_phase;
  return std::any_of(run.fault_spans.begin(), run.fault_spans.end(), [&](const sim::FaultSpan& span) {
    return span.from.count() <= ended.time_ns && span.to.value_or(run.duration) >= from;
  });
}

/// How long nodes may need until they answer at all where messages take their time: for electing somebody, several
/// times when votes are split.
Duration beginning_of(const TestSettings& settings) {
  constexpr int messages = 50;
  return std::min(messages * Duration(std::chrono::milliseconds(settings.latency.mean_ms)), sim::quiet_phase);
}

/// Where faults were on, or nodes had hardly begun, and nothing of a kind was answered, too little happened to call
/// nodes wrong. What a healthy cluster did not answer is not excused.
check::Verdict of_faults(check::Verdict stats, const TestSettings& settings, const sim::RunResult& run) {
  const auto* found = stats.found<check::StatsFinding>();
  if (stats.valid != check::Valid::no || found == nullptr || !found->may_be_faults) return stats;
  const check::Pairing pairing(run.history);
  bool has_faults = false;
  for (const std::size_t ended : found->unanswered) {
    const check::Operation& began = run.history[pairing.invocation(ended)];
    if (Duration(began.time_ns) < beginning_of(settings)) continue;
    if (!is_under_faults(run, began, run.history[ended])) return stats;
    has_faults = true;
  }
  stats.valid = check::Valid::unknown;
  stats.error = std::string("too little happened to say ") +
                (has_faults ? "while faults were on: " : "so soon behind the beginning: ") + stats.error +
                "; give it a longer --time-limit or " + (has_faults ? "milder faults" : "a lower --latency") +
                ", or demand an --availability";
  return stats;
}

/// Nothing for workloads of which every strategy answers during a partition: they need no majority.
std::optional<double> reach_of(const TestPlan& plan, const sim::RunResult& run) {
  const TestSettings& settings = plan.settings;
  const auto& strategies = plan.workload->strategies;
  if (std::all_of(strategies.begin(), strategies.end(), [](const auto& each) { return each.guarantees.available; })) {
    return std::nullopt;
  }
  return reach_bound(run, {.nodes = settings.nodes,
                           .workers = settings.workers(),
                           .patience = plan.workload->client_timeout,
                           .latency = std::chrono::milliseconds(settings.latency.mean_ms)});
}

/// Whether Maelstrom's checker finds nothing in what is not valid here.
bool upstream_lets_pass(const TestPlan& plan, const sim::RunResult& run, const check::Verdict& verdict) {
  const TestSettings& settings = plan.settings;
  if (settings.compat_jepsen || verdict.valid != check::Valid::no) return false;
  check::CheckOptions options;
  options.compat_jepsen = true;
  options.explain = false;
  options.consistency_models = settings.consistency_models;
  return plan.workload->judge(run.history, options).valid == check::Valid::yes;
}

std::string milliseconds(Duration duration) {
  return std::to_string(duration / 1ms) + " ms";
}

/// Of programs that ended before anything was asked of them: a script that no interpreter is named for, or an argument
/// that is a file here and is none where nodes run. Nothing when neither may be why.
std::optional<std::string> why_none_began(const TestSettings& settings, const sim::RunResult& run) {
  if (!settings.bin || has_begun(run) || !run.error) return std::nullopt;
  return sim::start_hint(*settings.bin, settings.bin_args, run.failures);
}

/// That clients have left before an answer can be there that needs so many messages; empty when they have not.
/// `patience` is how long they wait as far as nodes know, who give up by then.
std::string too_late_an_answer(const TestPlan& plan, const Asks& asks, Duration patience) {
  const std::int64_t latency_ms = plan.settings.latency.mean_ms;
  if (asks.messages * std::chrono::milliseconds(latency_ms) < patience || asks.messages == 0) return {};
  const Duration truly = plan.workload->patience(latency_ms);
  return "; clients wait " + milliseconds(patience) + ", and an answer that needs " + asks.whom + " takes " +
         std::to_string(asks.messages) + " messages" +
         (truly > patience ? " (here they wait " + milliseconds(truly) + ", which nodes do not know)" : "");
}

/// Of nodes that answered too little: what a message takes, where that is more than an election or a client waits for.
/// Nothing when messages are quick enough.
std::optional<std::string> too_slow_a_network(const TestPlan& plan) {
  const TestSettings& settings = plan.settings;
  const WorkloadInfo& workload = *plan.workload;
  const Duration message = std::chrono::milliseconds(settings.latency.mean_ms);
  if (message == Duration::zero()) return std::nullopt;
  std::string text;
  if (settings.bin) {
    if (settings.nodes.size() == 1) return std::nullopt;
    // What most programs do where they need each other.
    const Asks through_a_leader = {.whom = "a majority", .messages = 4};
    text = too_late_an_answer(plan, through_a_leader, workload.patience(settings.latency.mean_ms));
  } else {
    const StrategyInfo& strategy = *plan.strategy;
    const Asks& asks = strategy.asks;
    if (settings.nodes.size() == 1 && !asks.is_elsewhere) return std::nullopt;
    if (!asks.election_option.empty()) {
      const Duration election =
          OptionValues(strategy.options, settings.strategy_options).milliseconds(asks.election_option);
      // There and back; a candidate that hears nothing by then begins anew.
      if (2 * message >= election) {
        text = "; nobody is elected who waits " + milliseconds(election) + " for votes: give --" +
               asks.election_option + " " + std::to_string(6 * message / 1ms) + " or more";
      }
    }
    text += too_late_an_answer(plan, asks, workload.client_timeout);
  }
  if (text.empty()) return std::nullopt;
  return "a message takes " + milliseconds(message) + " (--latency)" + text;
}

TestVerdict judge_history(const TestPlan& plan, const sim::RunResult& run) {
  const TestSettings& settings = plan.settings;
  check::CheckOptions options;
  options.compat_jepsen = settings.compat_jepsen;
  options.availability = settings.availability;
  options.strict_null_reads = !settings.compat_jepsen;  // nothing here writes null, so it would be a loss
  options.consistency_models = settings.consistency_models;
  options.strongest_models = true;
  check::Verdict workload = plan.workload->judge(run.history, options);
  if (!has_begun(run)) workload = check::Verdict::unknown("no operation was begun");
  check::Verdict stats = check::check_stats(run.history, options);
  if (!options.compat_jepsen) stats = of_faults(std::move(stats), settings, run);
  check::Verdict availability = check::check_availability(run.history, options);
  if (const auto bound = reach_of(plan, run)) {
    ReachFinding reach;
    reach.bound = *bound;
    availability.add(std::move(reach));
  }
  if (was_cut(run)) {
    const sim::TestSpec& test = plan.workload->test;
    if (test.final_operation || test.final_time_limit) workload = of_a_beginning(workload);
    stats = of_a_beginning(stats);
    availability = of_a_beginning(availability);
  }
  const Duration patience = patience_of(run);
  const Duration nodes_patience = run.waited_in_vain.value_or(patience);
  TestVerdict verdict{.perf = check::check_perf(run.history),
                      .stats = of_a_late_bench(stats, run, patience),
                      .availability = of_a_late_bench(availability, run, patience),
                      .nodes = of_a_late_bench(judge_nodes(run), run, nodes_patience),
                      .net = judge_network(run),
                      .bench = judge_bench(settings, run),
                      .workload = of_a_late_bench(workload, run, patience)};
  if (verdict.valid() != check::Valid::yes && !was_cut(run)) {
    verdict.symptoms = symptoms(run, settings.nodes, settings.workers());
    verdict.remarks = error_replies(run.history);
    const bool answered_too_little =
        verdict.stats.valid != check::Valid::yes || verdict.availability.valid != check::Valid::yes;
    if (auto why = too_slow_a_network(plan); why && answered_too_little) {
      verdict.symptoms.insert(verdict.symptoms.begin(), std::move(*why));
    }
    if (upstream_lets_pass(plan, run, verdict.workload)) {
      verdict.remarks.emplace_back("Maelstrom's checker lets this pass; --compat jepsen does, too");
    }
  }
  if (plan.workload->remarks && !settings.compat_jepsen && !was_cut(run)) {
    for (std::string& each : plan.workload->remarks(run)) verdict.remarks.push_back(std::move(each));
  }
  if (!run.livelock) {
    auto told = storm(run, settings.nodes, verdict.net_found().operations);
    if (told) verdict.symptoms.push_back(std::move(*told));
  }
  return verdict;
}

}  // namespace

TestVerdict judge(const TestPlan& plan, const sim::RunResult& run) {
  const TestSettings& settings = plan.settings;
  TestVerdict verdict = judge_history(plan, run);
  if (const auto why = why_none_began(settings, run)) verdict.nodes.error = *why + "; " + verdict.nodes.error;
  if (!settings.limits.empty()) {
    verdict.expect = judge_limits(settings.limits, verdict, run, settings.time_limit);
    if (was_cut(run)) verdict.expect = of_a_beginning(*verdict.expect);
  }
  return verdict;
}

}  // namespace mznode
