#include "summary.hpp"

#include <array>
#include <cstdio>

#include "commands.hpp"
#include "mznode/json/scanner.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

using nlohmann::ordered_json;

std::string number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), value < 10 ? "%.2f" : "%.1f", value);
  return text.data();
}

std::string quantiles(const ordered_json& latencies) {
  std::string text;
  for (const auto& [name, key] :
       {std::pair{"median ", "0.5"}, {", 95 % ", "0.95"}, {", 99 % ", "0.99"}, {", max ", "1"}}) {
    const double value = latencies.value(key, 0.0);
    text += name + (value == static_cast<double>(static_cast<long long>(value))
                        ? std::to_string(static_cast<long long>(value))
                        : number(value));
  }
  return text + " ms";
}

std::string line(const std::string& name, const std::string& text) {
  constexpr std::size_t width = 13;
  return "  " + name + std::string(name.size() < width ? width - name.size() : 1, ' ') + text + "\n";
}

std::string operations(const ordered_json& stats) {
  std::string text;
  const ordered_json by_f = stats.value("by-f", ordered_json::object());
  for (const auto& [f, counts] : by_f.items()) {
    text += (text.empty() ? "" : "; ") + std::to_string(counts.value("count", 0)) + " " + f;
    const int failed = counts.value("fail-count", 0);
    const int open = counts.value("info-count", 0);
    if (failed + open > 0) text += " (" + std::to_string(failed) + " failed, " + std::to_string(open) + " open)";
  }
  return text.empty() ? "none" : text;
}

/// How many succeeded, and how many were answered as they had to be and yet failed.
std::string success(const TestReport& report) {
  const double mismatched = report.results.at("availability").value("cas-mismatch-fraction", 0.0);
  std::string text = percent(ok_fraction(report));
  if (mismatched > 0) text += "; " + percent(mismatched) + " are compare-and-sets that rightly failed";
  return text;
}

/// What the bench did, and in real time how late it was.
std::string bench(const ordered_json& bench) {
  std::string text;
  if (bench.contains("rate-asked")) {
    text += number(bench["rate-reached"].get<double>()) + " of " + number(bench["rate-asked"].get<double>()) +
            " operations a second";
  }
  if (!bench.contains("longest-lag-ms")) return text;
  text +=
      (text.empty() ? "late by up to " : ", late by up to ") + number(bench["longest-lag-ms"].get<double>()) + " ms";
  const double total = bench["lag-ms"].get<double>();
  if (total > 0) text += " (" + number(total) + " ms in all)";
  return text;
}

/// Which time the processes of --bin ran in, and whether another run of the seed gives the same.
std::string time_of(const ordered_json& time) {
  if (time.value("kind", "") == "real") return "real, because " + time.value("why-real", "it had to be");
  if (time.value("repeatable?", false)) return "virtual; the seed repeats the run";
  std::string text = "virtual, but the seed may not repeat the run:";
  for (const auto& doubt : time.value("doubts", ordered_json::array())) {
    text += (text.back() == ':' ? " " : "; ") + doubt.get<std::string>();
  }
  return text;
}

}  // namespace

std::optional<double> ok_fraction(const TestReport& report) {
  const ordered_json& fraction = report.results.at("availability").at("ok-fraction");
  return fraction.is_null() ? std::nullopt : std::optional(fraction.get<double>());
}

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

const StrategyInfo& strategy_of(const TestSettings& settings) {
  return find_strategy(find_workload(settings.workload), settings.strategy);
}

std::string title(const TestSettings& settings, const TestReport& report) {
  std::string text = settings.workload;
  if (settings.bin) {
    text += ", " + *settings.bin;
  } else {
    text += ", " + strategy_of(settings).name;
  }
  text += ": " + std::to_string(settings.nodes.size()) + (settings.nodes.size() == 1 ? " node" : " nodes");
  std::string faults;
  for (const Fault fault : report.faults) faults += (faults.empty() ? ", " : " + ") + std::string(fault_name(fault));
  return text + faults + ", seed " + std::to_string(settings.seed);
}

std::vector<Reason> reason_list(const TestReport& report) {
  std::vector<Reason> reasons;
  constexpr std::size_t longest = 600;
  for (const auto& [name, part] : report.results.items()) {
    if (!part.is_object() || part.value("valid?", ordered_json(true)) == ordered_json(true)) continue;
    std::string why;
    for (const auto& [key, value] : part.items()) {
      const bool is_empty = value.is_null() || ((value.is_array() || value.is_object()) && value.empty());
      const bool tells = key == "error" || key == "errors" || key == "lost" || key == "duplicated" ||
                         key == "interrupted" || key == "ok-fraction" || key == "anomaly-types" ||
                         key == "bad-error-types";
      if (tells && !is_empty)
        why += (why.empty() ? "" : "; ") + key + " " + (value.is_string() ? value.get<std::string>() : value.dump());
    }
    if (why.size() > longest) why = std::string(whole_characters(why, longest)) + "…";
    reasons.push_back(
        {.part = name,
         .text = !why.empty()                  ? why
                 : part["valid?"] == "unknown" ? "could not be judged"
                                               : "not valid",
         .explanation = part.value("explanation", ordered_json::array()).get<std::vector<std::string>>()});
  }
  return reasons;
}

std::vector<std::string> symptom_list(const TestReport& report) {
  return report.results.value("symptoms", ordered_json::array()).get<std::vector<std::string>>();
}

std::string reasons(const TestReport& report) {
  std::string text;
  for (const std::string& each : symptom_list(report)) text += line("seen", each);
  for (const Reason& reason : reason_list(report)) {
    text += line(reason.part, reason.text);
    for (const std::string& each : reason.explanation) text += "    " + each + "\n";
  }
  return text;
}

std::string limit_lines(const ordered_json& limits, std::size_t indent) {
  std::vector<Cells> rows;
  for (const ordered_json& limit : limits) {
    const bool is_measured = limit["value"].is_number();
    const std::string asked = limit["limit"].get<std::string>();
    const bool is_fraction = asked.ends_with('%');
    rows.push_back({limit["figure"].get<std::string>(),
                    !is_measured  ? "-"
                    : is_fraction ? percent(limit["value"].get<double>())
                                  : figure(limit["value"].get<double>()),
                    asked, limit["share"].is_number() ? whole_percent(limit["share"].get<double>()) : "-",
                    limit["met?"].get<bool>() ? "" : coloured("missed", Colour::red)});
  }
  return text_table({{"limit"}, {"measured", true}, {"asked", true}, {"share", true}, {""}}, rows,
                    std::string(indent, ' '));
}

std::string summary(const TestSettings& settings, const TestReport& report) {
  std::string text = title(settings, report) + "\n";
  text += line("verdict", coloured_verdict(report.valid));
  text += reasons(report);
  if (!settings.bin && strategy_of(settings).guarantees.promises_nothing()) {
    text += line("claims", "nothing: the strategy declares no guarantees");
  }
  text += line("operations", operations(report.results.at("stats")));
  if (ok_fraction(report)) text += line("ok", success(report));
  if (const std::string done = bench(report.results.at("bench")); !done.empty()) text += line("bench", done);
  if (report.results.contains("time")) text += line("time", time_of(report.results["time"]));
  const ordered_json& servers = report.results.at("net").at("servers");
  if (servers.contains("msgs-per-op")) {
    text += line("messages", number(servers["msgs-per-op"].get<double>()) + " between servers an operation (" +
                                 number(servers["bytes-per-op"].get<double>()) + " bytes)");
  }
  const ordered_json& workload = report.results.at("workload");
  if (workload.contains("stable-latencies") && workload["stable-latencies"].is_object()) {
    text += line("stable after", quantiles(workload["stable-latencies"]));
  }
  if (workload.contains("strongest-models")) {
    std::string models;
    for (const auto& model : workload["strongest-models"])
      models += (models.empty() ? "" : ", ") + model.get<std::string>();
    text += line("satisfied", models.empty() ? "no consistency model" : models);
  }
  const ordered_json by_f = report.results.at("perf").value("latencies", ordered_json::object());
  for (const auto& [f, latencies] : by_f.items()) {
    text += line(f, "answered after " + quantiles(latencies));
  }
  if (report.results.contains("expect")) text += limit_lines(report.results["expect"]["limits"], 2);
  return text;
}

}  // namespace mznode::app
