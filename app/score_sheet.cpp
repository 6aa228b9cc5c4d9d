#include "score_sheet.hpp"

#include <algorithm>

#include "summary.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

using nlohmann::ordered_json;

void keep_larger(std::optional<double>& kept, const std::optional<double>& other) {
  if (other && (!kept || *other > *kept)) kept = other;
}

/// Of each limit the measurement that uses more of it; one that could not be measured is the worst.
void keep_worse_limits(std::vector<LimitsFinding::Measured>& kept, const std::vector<LimitsFinding::Measured>& others) {
  if (kept.empty()) kept = others;
  for (std::size_t i = 0; i < std::min(kept.size(), others.size()); ++i) {
    const auto share = others[i].share();
    const bool is_worse = !share || (kept[i].share() && *share > *kept[i].share());
    if (is_worse) kept[i] = others[i];
  }
}

/// The largest share of a limit, as "85 %"; "-" when there are no limits.
std::string narrowest(const std::vector<LimitsFinding::Measured>& limits) {
  std::optional<double> most;
  for (const LimitsFinding::Measured& limit : limits) keep_larger(most, limit.share());
  return most ? whole_percent(*most) : "-";
}

std::string or_dash(const std::optional<double>& value) {
  return value ? figure(*value) : "-";
}

}  // namespace

check::Valid Score::passed() const {
  if (worst.valid == check::Valid::no) return check::Valid::no;
  return is_complete() ? worst.valid : check::Valid::unknown;
}

void add(Score& score, Attempt attempt) {
  if (attempt.interrupted) return;  // what it has is not all that it would have had
  Attempt& worst = score.worst;
  ++score.finished;
  const bool is_worse = check::worst(worst.valid, attempt.valid) != worst.valid;
  worst.valid = check::worst(worst.valid, attempt.valid);
  keep_worse_limits(worst.limits, attempt.limits);
  if (attempt.ok_fraction && (!worst.ok_fraction || *attempt.ok_fraction < *worst.ok_fraction)) {
    worst.ok_fraction = attempt.ok_fraction;
  }
  worst.messages_per_op = std::max(worst.messages_per_op, attempt.messages_per_op);
  keep_larger(worst.stable_p50_ms, attempt.stable_p50_ms);
  keep_larger(worst.stable_max_ms, attempt.stable_max_ms);
  if (worst.why_real.empty()) worst.why_real = attempt.why_real;
  worst.summary += attempt.summary;
  if (!is_worse) return;
  worst.reasons = std::move(attempt.reasons);
  worst.replay = std::move(attempt.replay);
  worst.stored = std::move(attempt.stored);
}

std::string passed_word(check::Valid passed) {
  switch (passed) {
    case check::Valid::yes: return coloured("passed", Colour::green);
    case check::Valid::no: return coloured("NOT PASSED", Colour::red);
    case check::Valid::unknown: return coloured("unknown", Colour::yellow);
  }
  return "?";
}

std::string score_sheet(const std::vector<Score>& scores) {
  const std::vector<Column> columns = {{"challenge"}, {"verdict"},      {"msgs/op", true},  {"p50", true},
                                       {"max", true}, {"limits", true}, {"elsewhere", true}};
  std::vector<Cells> rows;
  std::string failures;
  std::string why_real;
  std::size_t passed = 0;
  for (const Score& score : scores) {
    const Challenge& challenge = *score.challenge;
    const Attempt& worst = score.worst;
    const bool is_measured = score.finished > 0;
    rows.push_back({std::string(challenge.name.size() < 2 ? 1 : 0, ' ') + challenge.name + " " + challenge.task,
                    passed_word(score.passed()), is_measured ? figure(worst.messages_per_op) : "-",
                    or_dash(worst.stable_p50_ms), or_dash(worst.stable_max_ms), narrowest(worst.limits),
                    or_dash(challenge.elsewhere)});
    passed += score.passed() == check::Valid::yes ? 1 : 0;
    if (!worst.why_real.empty()) why_real = worst.why_real;
    if (worst.valid == check::Valid::yes) continue;
    failures += "\n" + challenge.name + " " + challenge.task + ":\n" + worst.reasons;
    if (!worst.stored.empty()) failures += "  stored in    " + worst.stored + "\n";
    failures += "  replay with  " + worst.replay + "\n";
  }
  std::string text =
      text_table(columns, rows) + "\n" + std::to_string(passed) + " of " + std::to_string(scores.size()) + " passed.\n";
  text +=
      "msgs/op: messages between servers an operation; elsewhere: the fewest reported\n"
      "p50, max: ms from an element's acknowledgement until every read shows it\n"
      "limits: how much of the narrowest of the challenge's limits is used\n";
  if (scores.front().seeds.size() > 1) {
    text += "every figure is that of the worst of " + std::to_string(scores.front().seeds.size()) + " seeds\n";
  }
  if (!why_real.empty()) text += "in real time, because " + why_real + "\n";
  return text + failures;
}

ordered_json score_json(const Score& score) {
  const Attempt& worst = score.worst;
  ordered_json line = {{"challenge", score.challenge->name}, {"task", score.challenge->task}};
  line["passed?"] = check::to_details(score.passed());
  line["commands"] = score.commands;
  line["seeds"] = {{"first", score.seeds.front()}, {"last", score.seeds.back()}, {"count", score.seeds.size()}};
  line["valid?"] = check::to_details(worst.valid);
  line["limits"] = to_details(worst.limits);
  line["ok-fraction"] = worst.ok_fraction ? ordered_json(*worst.ok_fraction) : ordered_json();
  line["msgs-per-op"] = worst.messages_per_op;
  if (worst.stable_max_ms) line["stable-latencies"] = {{"0.5", *worst.stable_p50_ms}, {"1", *worst.stable_max_ms}};
  line["elsewhere"] =
      score.challenge->elsewhere ? ordered_json{{"msgs-per-op", *score.challenge->elsewhere}} : ordered_json();
  if (!worst.reasons.empty()) line["reason"] = worst.reasons;
  if (!worst.replay.empty()) line["replay"] = worst.replay;
  if (!worst.stored.empty()) line["stored"] = worst.stored;
  return line;
}

}  // namespace mznode::app
