#include "summary.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <set>

#include "commands.hpp"
#include "mznode/check/set_full.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/scanner.hpp"
#include "mznode/json/seconds.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

std::string number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), value < 10 ? "%.2f" : "%.1f", value);
  return text.data();
}

template <typename Number>
std::string quantiles(const check::Quantiles<Number>& latencies) {
  std::string text;
  const auto figures = latencies.figures();
  constexpr std::array names = {"median ", ", 95 % ", ", 99 % ", ", max "};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double value = figures[i];
    text += names[i] + (value == static_cast<double>(static_cast<long long>(value))
                            ? std::to_string(static_cast<long long>(value))
                            : number(value));
  }
  return text + " ms";
}

std::string line(const std::string& name, const std::string& text) {
  constexpr std::size_t width = 13;
  return "  " + name + std::string(name.size() < width ? width - name.size() : 1, ' ') + text + "\n";
}

std::string operations(const check::StatsFinding& stats) {
  std::string text;
  for (const auto& [f, completions] : stats.by_f) {
    text += (text.empty() ? "" : "; ") + std::to_string(completions.count()) + " " + f;
    if (completions.fail + completions.info == 0) continue;
    text += " (" + std::to_string(completions.fail) + " failed, " + std::to_string(completions.info) + " open)";
  }
  return text.empty() ? "none" : text;
}

/// How many succeeded, how many were answered as they had to be and yet failed, and how many could be answered at all
/// by a protocol of majorities.
std::string success(const TestVerdict& verdict) {
  const check::AvailabilityFinding& availability = verdict.availability_found();
  std::string text = percent(availability.ok_fraction);
  if (availability.cas_mismatch_fraction) {
    text += "; " + percent(*availability.cas_mismatch_fraction) + " are compare-and-sets that rightly failed";
  }
  if (const auto bound = reach_bound_of(verdict)) {
    text += "; bound " + percent(*bound) + (*bound < 1 ? ": others could reach no majority in time" : "");
  }
  return text;
}

/// What the bench did, and in real time how late it was.
std::string bench(const BenchFinding& bench) {
  const auto milliseconds = [](Duration duration) {
    return number(std::chrono::duration<double, std::milli>(duration).count()) + " ms";
  };
  std::string text;
  if (bench.rate) text += number(bench.rate->reached) + " of " + number(bench.rate->asked) + " operations a second";
  if (!bench.lag) return text;
  text += (text.empty() ? "late by up to " : ", late by up to ") + milliseconds(bench.lag->longest);
  if (bench.lag->total > Duration::zero()) text += " (" + milliseconds(bench.lag->total) + " in all)";
  return text;
}

}  // namespace

std::string verdict_word(check::Valid valid) {
  switch (valid) {
    case check::Valid::yes: return "valid";
    case check::Valid::no: return "INVALID";
    case check::Valid::unknown: return "unknown";
  }
  return "?";
}

std::string coloured_verdict(check::Valid valid) {
  const Colour colour = valid == check::Valid::yes  ? Colour::green
                        : valid == check::Valid::no ? Colour::red
                                                    : Colour::yellow;
  return coloured(verdict_word(valid), colour);
}

int exit_code(check::Valid valid) {
  switch (valid) {
    case check::Valid::yes: return exit_valid;
    case check::Valid::no: return exit_invalid;
    case check::Valid::unknown: return exit_unknown;
  }
  return exit_unknown;
}

std::string title(const TestSettings& settings, const TestReport& report) {
  std::string text = settings.workload;
  if (settings.bin) {
    text += ", " + *settings.bin;
  } else if (report.strategy != nullptr) {
    text += ", " + report.strategy->name;
  }
  text += ": " + std::to_string(settings.nodes.size()) + (settings.nodes.size() == 1 ? " node" : " nodes");
  std::string faults;
  for (const Fault fault : report.faults) faults += (faults.empty() ? ", " : " + ") + std::string(fault_name(fault));
  return text + faults + ", seed " + std::to_string(settings.seed);
}

std::vector<Reason> reason_list(const TestReport& report) {
  std::vector<Reason> reasons;
  constexpr std::size_t longest = 600;
  auto parts = report.verdict.parts();
  // A node that broke down is why the rest is as it is.
  std::stable_partition(parts.begin(), parts.end(), [](const auto& part) { return part.first == "nodes"; });
  for (const auto& [name, verdict] : parts) {
    if (verdict->valid == check::Valid::yes) continue;
    std::string why = check::reason(*verdict);
    // What would let one say more is no help where enough was seen.
    if (verdict->valid == check::Valid::unknown && report.valid() == check::Valid::no) {
      why = why.substr(0, why.find("; give it "));
    }
    if (why.size() > longest) why = std::string(whole_characters(why, longest)) + "…";
    reasons.push_back({.part = name,
                       .text = !why.empty()                              ? why
                               : verdict->valid == check::Valid::unknown ? "could not be judged"
                                                                         : "not valid",
                       .explanation = verdict->explanation});
  }
  return reasons;
}

/// The stories, a moment and a sentence a line.
std::string story_lines(const std::vector<Story>& stories) {
  constexpr std::size_t indent = 15;
  std::string text;
  for (const Story& story : stories) {
    text += line("why", wrapped(printable(story.title), output_width(), indent));
    for (const StoryEvent& event : story.events) {
      std::string moment;
      if (event.at) moment = seconds_text(event.at->count());
      constexpr std::size_t moment_width = indent - 3;
      moment.insert(0, moment_width - std::min(moment_width, moment.size()), ' ');
      text += moment + "   " + wrapped(printable(event.text), output_width(), indent) + "\n";
    }
  }
  return text;
}

std::string reasons(const TestReport& report) {
  const auto words = [&](const Reason& reason) {
    const bool is_told = reason.part == "workload" && !report.stories.empty();
    const bool says_more = !is_told || reason.text != "not valid";
    std::string text = says_more ? line(reason.part, reason.text) : "";
    if (is_told) return text;  // results.json has the checker's words, too
    for (const std::string& each : reason.explanation) text += "    " + each + "\n";
    return text;
  };
  const std::vector<Reason> list = reason_list(report);
  std::string text;
  for (const Reason& reason : list) {
    if (reason.part == "nodes") text += words(reason);
  }
  for (const std::string& each : report.verdict.symptoms) text += line("seen", each);
  text += story_lines(report.stories);
  for (const std::string& each : report.verdict.remarks) text += line("seen", each);
  for (const Reason& reason : list) {
    if (reason.part != "nodes") text += words(reason);
  }
  return text;
}

std::string time_text(const TestReport& report) {
  if (!report.time) return {};
  const TimeOfRun& time = *report.time;
  if (!time.is_virtual) return "real, because " + time.why_real;
  if (time.is_repeatable()) return "virtual; the seed repeats the run";
  std::string text = "virtual, but the seed may not repeat the run:";
  for (const std::string& doubt : time.record.doubts) text += (text.back() == ':' ? " " : "; ") + doubt;
  return text;
}

namespace {

/// The nodes that a fault struck by name, as kills and pauses do.
std::string struck(const TestReport& report, Fault fault) {
  if (!info_of(fault).strikes_processes()) return {};
  std::set<std::string> nodes;
  for (const sim::FaultSpan& span : report.run.fault_spans) {
    const auto value = check::to_details(span.value);
    if (span.fault != fault || !value.is_array()) continue;
    for (const auto& node : value) {
      if (node.is_string()) nodes.insert(node.get<std::string>());
    }
  }
  std::string text;
  for (const std::string& node : nodes) text += (text.empty() ? "" : ", ") + node;
  return text;
}

/// What each fault hit, how often and for how long.
std::string fault_words(const TestReport& report) {
  std::string text;
  for (const Fault fault : report.faults) {
    std::size_t times = 0;
    Duration lasted{0};
    for (const sim::FaultSpan& span : report.run.fault_spans) {
      if (span.fault != fault) continue;
      ++times;
      lasted += span.to.value_or(report.run.duration) - span.from;
    }
    text += (text.empty() ? "" : "; ") + std::string(fault_name(fault));
    if (times == 0) {
      text += " never";
      continue;
    }
    text += (times == 1 ? " once, " : " " + std::to_string(times) + " times, ") + seconds_text(lasted.count());
    if (const std::string nodes = struck(report, fault); !nodes.empty()) text += ", at " + nodes;
  }
  return text;
}

/// Of a test that is invalid, the faults in play that its nodes do not claim to survive.
std::string unclaimed(const TestSettings& settings, const TestReport& report) {
  if (report.valid() != check::Valid::no) return {};
  const std::string killed = struck(report, Fault::kill);
  if (settings.bin) {
    if (killed.empty()) return {};
    return "a kill took the memory of " + killed +
           ": what a node has acknowledged survives only in its files, or on other nodes";
  }
  if (report.strategy == nullptr) return {};
  const Guarantees& promised = report.strategy->guarantees;
  const bool claims_kill = std::count(promised.survives.begin(), promised.survives.end(), Fault::kill) > 0;
  if (claims_kill && !settings.keep_storage && !killed.empty()) {
    return "the strategy does not claim to survive kill without its storage (--no-storage)";
  }
  std::string faults;
  for (const Fault fault : report.faults) {
    const bool is_claimed = std::count(promised.survives.begin(), promised.survives.end(), fault) > 0;
    if (!is_claimed) faults += (faults.empty() ? "" : ", ") + std::string(fault_name(fault));
  }
  if (faults.empty() || promised.promises_nothing()) return {};
  return "the strategy does not claim to survive " + faults;
}

}  // namespace

std::string limit_lines(const std::vector<LimitsFinding::Measured>& limits, std::size_t indent) {
  std::vector<Cells> rows;
  for (const LimitsFinding::Measured& each : limits) {
    const auto in_unit = [&](double value) {
      return each.limit.figure.unit == Unit::fraction ? percent(value) : figure(value);
    };
    const auto share = each.share();
    rows.push_back({each.limit.figure.name, each.value ? in_unit(*each.value) : "-", each.limit.text(),
                    share ? whole_percent(*share) : "-", each.is_met() ? "" : coloured("missed", Colour::red)});
  }
  return text_table({{"limit"}, {"measured", true}, {"asked", true}, {"share", true}, {""}}, rows,
                    std::string(indent, ' '));
}

std::string summary(const TestSettings& settings, const TestReport& report) {
  const TestVerdict& verdict = report.verdict;
  std::string text = title(settings, report) + "\n";
  text += line("verdict", coloured_verdict(report.valid()));
  if (report.strategy != nullptr && report.strategy->guarantees.promises_nothing()) {
    text += line("claims", "nothing: the strategy declares no guarantees");
  }
  if (const std::string more = unclaimed(settings, report); !more.empty()) text += line("claims", more);
  text += reasons(report);
  if (!report.stories.empty() && report.run.packets.empty() && settings.nodes.size() > 1) {
    text += line("note", "the messages were not kept: with --store or --report it is told what became of them");
  }
  if (const std::string faults = fault_words(report); !faults.empty()) text += line("faults", faults);
  text += line("operations", operations(verdict.stats_found()));
  if (verdict.availability_found().ok_fraction) text += line("ok", success(verdict));
  if (const std::string done = bench(verdict.bench_found()); !done.empty()) text += line("bench", done);
  if (const std::string time = time_text(report); !time.empty()) text += line("time", time);
  if (const auto messages = verdict.net_found().messages_per_op()) {
    text += line("messages", number(*messages) + " between servers an operation (" +
                                 number(verdict.net_found().bytes_per_op().value_or(0)) + " bytes)");
  }
  const auto* set = verdict.workload.found<check::SetFinding>();
  if (set != nullptr && set->stable_latencies_ms) text += line("stable after", quantiles(*set->stable_latencies_ms));
  if (const auto* strongest = verdict.workload.found<check::StrongestModelsFinding>()) {
    std::string models;
    for (const std::string& model : strongest->models) models += (models.empty() ? "" : ", ") + model;
    text += line("satisfied", models.empty() ? "no consistency model" : models);
  }
  if (const auto* order = verdict.workload.found<check::VersionOrderFinding>()) text += line("known", order->text());
  for (const auto& [f, latencies] : verdict.perf_found().by_f) {
    text += line(f, "answered after " + quantiles(latencies));
  }
  if (const auto* limits = report.limits()) text += limit_lines(limits->limits, 2);
  return text;
}

}  // namespace mznode::app
