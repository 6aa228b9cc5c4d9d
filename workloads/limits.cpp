#include "mznode/workloads/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/json/trimmed.hpp"

namespace mznode {
namespace {

using Relation = Limit::Relation;
using nlohmann::ordered_json;

// The longer signs first, because the shorter ones begin them.
constexpr std::array signs = {std::pair{Relation::at_most, "<="}, std::pair{Relation::at_least, ">="},
                              std::pair{Relation::below, "<"}, std::pair{Relation::above, ">"}};

std::string_view sign_of(Relation relation) {
  for (const auto& [each, sign] : signs) {
    if (each == relation) return sign;
  }
  return "?";
}

[[noreturn]] void refuse_limit(std::string_view part) {
  throw std::invalid_argument(
      "--expect takes limits such as msgs-per-op<30,ok>=99.9%, each a figure, one of < <= > >=, "
      "and a number, not " +
      (part.empty() ? std::string("an empty one") : printable(part)));
}

/// As the table of `mznode compare` heads its columns, msgs/op is msgs-per-op, too.
std::string figure_name(std::string_view text) {
  std::string name(text);
  if (const std::size_t slash = name.find('/'); slash != std::string::npos) name.replace(slash, 1, "-per-");
  return name;
}

Figure find_figure(const std::string& name, const WorkloadInfo& workload) {
  const std::vector<Figure> figures = figures_of(workload);
  std::vector<std::string_view> known;
  for (const Figure& figure : figures) {
    if (figure.name == name) return figure;
    known.push_back(figure.name);
  }
  throw std::invalid_argument(unknown_word("figure of " + workload.name, printable(name), known));
}

/// The number with its unit, if it has one, in the figure's own.
double limit_value(std::string_view text, std::string_view part, Unit unit) {
  constexpr double ms_per_s = 1000;
  double factor = 1;
  const auto take = [&text](std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text = trimmed(text.substr(0, text.size() - suffix.size()));
    return true;
  };
  const bool is_percent = unit == Unit::fraction && take("%");
  if (unit == Unit::milliseconds && !take("ms") && take("s")) factor = ms_per_s;
  double value = 0;
  const bool is_decimal = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
  // Not divided by a hundred, which would make more than 0.999 of 99.9 %.
  const std::string number = std::string(text) + (is_percent ? "e-2" : "");
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (!is_decimal || error != std::errc() || end != number.data() + number.size()) refuse_limit(part);
  if (unit == Unit::fraction && value > 1) {
    throw std::invalid_argument("--expect takes shares from 0 to 1, or in percent, such as ok>=0.99 or ok>=99%, not " +
                                printable(part));
  }
  return value * factor;
}

Limit parse_limit(std::string_view part, const WorkloadInfo& workload) {
  const std::size_t at = part.find_first_of("<>");
  if (at == std::string_view::npos || at == 0) refuse_limit(part);
  const std::string_view rest = part.substr(at);
  for (const auto& [relation, sign] : signs) {
    if (!rest.starts_with(sign)) continue;
    Limit limit{.figure = find_figure(figure_name(trimmed(part.substr(0, at))), workload), .relation = relation};
    limit.value = limit_value(trimmed(rest.substr(std::string_view(sign).size())), part, limit.figure.unit);
    return limit;
  }
  refuse_limit(part);
}

using Digits = std::array<char, 64>;

std::string text_of(const Digits& digits, const std::to_chars_result& result, double value) {
  return result.ec == std::errc() ? std::string(digits.data(), static_cast<std::size_t>(result.ptr - digits.data()))
                                  : std::to_string(value);
}

/// The shortest text that reads back as the same number.
std::string exact(double value) {
  Digits digits;
  return text_of(digits, std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed), value);
}

/// Three digits that count, and no decimals from 100 on.
std::string rounded(double value) {
  const int decimals = value == std::floor(value) ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  Digits digits;
  return text_of(digits, std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, decimals), value);
}

/// Without the last digits, which a fraction times a hundred may have.
std::string in_percent(double fraction) {
  constexpr int precision = 6;
  Digits digits;
  const double value = fraction * 100;
  return text_of(digits, std::to_chars(digits.begin(), digits.end(), value, std::chars_format::general, precision),
                 value);
}

/// Whether the bench, in real time, was late by so much that the nodes may have kept the limit.
bool may_be_the_benchs(const Limit& limit, double value, const sim::RunResult& run) {
  if (limit.figure.unit != Unit::milliseconds || !run.lag) return false;
  return std::chrono::duration<double, std::milli>(run.lag->longest).count() >= value - limit.value;
}

}  // namespace

bool Limit::is_met_by(double measured) const {
  switch (relation) {
    case Relation::below: return measured < value;
    case Relation::at_most: return measured <= value;
    case Relation::above: return measured > value;
    case Relation::at_least: return measured >= value;
  }
  return false;
}

std::string Limit::text() const {
  const bool is_fraction = figure.unit == Unit::fraction;
  return std::string(sign_of(relation)) + " " + (is_fraction ? in_percent(value) + " %" : exact(value));
}

std::string Limit::number(double measured) const {
  constexpr double percent = 100;
  const double scale = figure.unit == Unit::fraction ? percent : 1;
  std::string text = rounded(measured * scale);
  // What misses the limit by little must not look as if it kept it.
  double shown = 0;
  std::from_chars(text.data(), text.data() + text.size(), shown);
  if (is_met_by(shown / scale) != is_met_by(measured)) text = exact(measured * scale);
  return text + (figure.unit == Unit::fraction ? " %" : "");
}

std::vector<Limit> parse_limits(std::string_view text, const WorkloadInfo& workload) {
  std::vector<Limit> limits;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    limits.push_back(parse_limit(trimmed(text.substr(at, comma - at)), workload));
    at = comma + 1;
  }
  return limits;
}

std::string limits_text(const std::vector<Limit>& limits) {
  std::string text;
  for (const Limit& limit : limits) {
    text.append(text.empty() ? "" : ",")
        .append(limit.figure.name)
        .append(sign_of(limit.relation))
        .append(exact(limit.value));
  }
  return text;
}

std::optional<double> LimitsFinding::Measured::share() const {
  if (!value || limit.value == 0) return std::nullopt;
  return limit.share_of(*value);
}

ordered_json to_details(const std::vector<LimitsFinding::Measured>& limits) {
  ordered_json list = ordered_json::array();
  const auto number = [](const std::optional<double>& value) { return value ? ordered_json(*value) : ordered_json(); };
  for (const LimitsFinding::Measured& each : limits) {
    list.push_back({{"figure", each.limit.figure.name},
                    {"limit", each.limit.text()},
                    {"value", number(each.value)},
                    {"share", number(each.share())},
                    {"met?", each.is_met()}});
  }
  return list;
}

void LimitsFinding::write_to(ordered_json& details) const {
  details["limits"] = to_details(limits);
}

check::Verdict judge_limits(const std::vector<Limit>& limits, const TestVerdict& test, const sim::RunResult& run,
                            Duration time_limit) {
  check::Verdict verdict(check::Valid::yes);
  LimitsFinding finding;
  const auto add = [&](check::Valid judged, const std::string& words) {
    verdict.valid = check::worst(verdict.valid, judged);
    verdict.error += (verdict.error.empty() ? "" : "; ") + words;
  };
  for (const Limit& limit : limits) {
    const std::optional<double> value = measured(limit.figure.name, test, run.history, time_limit);
    finding.limits.push_back({.limit = limit, .value = value});
    if (finding.limits.back().is_met()) continue;
    if (!value) {
      add(check::Valid::unknown, "there was no " + limit.figure.name + " to measure");
    } else if (may_be_the_benchs(limit, *value, run)) {
      add(check::Valid::unknown, limit.figure.name + " is " + limit.number(*value) + ", not " + limit.text() +
                                     ", which may be the machine's doing: the bench itself was late");
    } else {
      add(check::Valid::no, limit.figure.name + " is " + limit.number(*value) + ", not " + limit.text());
    }
  }
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode
