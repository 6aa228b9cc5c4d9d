#include "mznode/check/sequential.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "mznode/check/linearizable.hpp"

namespace mznode::check {
namespace {

/// How much of the order before a contradiction is told.
constexpr std::size_t told_calls = 8;
/// 2^64 / phi: numbers that differ little get hashes that differ much.
constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;

std::string words_of(const TimedCall& timed) {
  std::string text = "process " + std::to_string(timed.process) + ": " + timed.call.f;
  const bool has_argument = !timed.call.argument.is_null();
  if (has_argument) text += " " + timed.call.argument.text();
  if (!timed.call.result) return text + ", of which no answer is known";
  const bool repeats_argument = has_argument && *timed.call.result == timed.call.argument;
  return repeats_argument ? text : text + " gave " + timed.call.result->text();
}

std::vector<std::string> explain(std::span<const TimedCall> calls, const ModelSearch& search) {
  std::vector<std::string> lines = {"no order of the operations explains: " + words_of(calls[search.stuck])};
  if (search.order.empty()) return lines;
  lines.push_back(search.order.size() > told_calls ? "all that ended before it can be explained; the last steps of it:"
                                                   : "all that ended before it can be explained:");
  const std::size_t first = search.order.size() - std::min(told_calls, search.order.size());
  for (std::size_t i = first; i < search.order.size(); ++i) {
    const std::string& state = search.states[i];
    lines.push_back("  " + words_of(calls[search.order[i]]) + (state.empty() ? "" : "; then it is " + state));
  }
  return lines;
}

std::optional<Operation> previous_ok(const History& history, std::span<const TimedCall> calls, std::size_t before) {
  std::size_t last = TimedCall::never;
  for (const TimedCall& each : calls) {
    if (each.completion < before && (last == TimedCall::never || each.completion > last)) last = each.completion;
  }
  return last == TimedCall::never ? std::nullopt : std::optional(history[last]);
}

}  // namespace

namespace detail {

CallList::CallList(std::span<const TimedCall> calls)
    : calls_(calls.size()), next_(2 * calls_ + 1, end), previous_(2 * calls_ + 1, end), has_completion_(calls_) {
  std::vector<std::pair<std::size_t, std::size_t>> events;  // the position of each, and what it is
  for (std::size_t i = 0; i < calls_; ++i) {
    events.emplace_back(calls[i].invocation, i);
    has_completion_[i] = calls[i].completion != TimedCall::never;
    if (has_completion_[i]) events.emplace_back(calls[i].completion, calls_ + i);
    completions_ += has_completion_[i];
  }
  std::sort(events.begin(), events.end());
  std::size_t before = 2 * calls_;
  for (const auto& [position, event] : events) {
    next_[before] = event;
    previous_[event] = before;
    before = event;
  }
}

std::vector<std::size_t> CallList::open_calls() const {
  std::vector<std::size_t> calls;
  for (std::size_t event = next_.back(); event < calls_; event = next_[event]) calls.push_back(event);
  return calls;
}

std::size_t CallList::next_to_complete() const {
  std::size_t event = next_.back();
  while (event < calls_) event = next_[event];
  return event - calls_;
}

void CallList::unlink(std::size_t event) {
  next_[previous_[event]] = next_[event];
  if (next_[event] != end) previous_[next_[event]] = previous_[event];
}

void CallList::link(std::size_t event) {
  next_[previous_[event]] = event;
  if (next_[event] != end) previous_[next_[event]] = event;
}

void CallList::take_out(std::size_t call) {
  unlink(call);
  if (!has_completion_[call]) return;
  unlink(call + calls_);
  --completions_;
}

void CallList::put_back(std::size_t call) {
  if (has_completion_[call]) {
    link(call + calls_);
    ++completions_;
  }
  link(call);
}

std::vector<std::size_t> twins_of(std::span<const TimedCall> calls) {
  std::vector<std::size_t> twins(calls.size(), TimedCall::never);
  std::map<std::pair<std::string, std::string>, std::size_t> latest;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].completion != TimedCall::never) continue;
    const auto [known, is_first] = latest.emplace(std::pair(calls[i].call.f, calls[i].call.argument.canonical()), i);
    if (!is_first) twins[i] = std::exchange(known->second, i);
  }
  return twins;
}

void CallSet::toggle(std::size_t call) {
  words_[call / 64] ^= std::uint64_t{1} << (call % 64);
  std::uint64_t own = (call + 1) * spread;
  own = (own ^ (own >> 32)) * spread;
  hash_ ^= own ^ (own >> 29);
}

}  // namespace detail

std::vector<TimedCall> calls_of(const History& history) {
  const Pairing pairing(history);
  std::vector<TimedCall> calls;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& invocation = history[i];
    if (!invocation.is_client() || invocation.type != Type::invoke) continue;
    const std::size_t end = pairing.completion(i);
    const Type type = end == Pairing::none ? Type::info : history[end].type;
    if (type == Type::fail) continue;
    TimedCall timed{.call = {invocation.f, invocation.value, std::nullopt},
                    .process = invocation.process,
                    .invocation = i,
                    .completion = TimedCall::never};
    if (type == Type::ok) {
      timed.call.result = history[end].value;
      timed.completion = end;
    }
    calls.push_back(std::move(timed));
  }
  return calls;
}

Verdict judge_search(const History& history, std::span<const TimedCall> calls, const ModelSearch& search) {
  if (search.outcome == ModelSearch::Outcome::gave_up) {
    return Verdict::unknown("gave up after " + std::to_string(search.steps) +
                            " steps (--search-steps and --search-memory)");
  }
  const bool is_judged = std::any_of(calls.begin(), calls.end(),
                                     [](const TimedCall& each) { return each.completion != TimedCall::never; });
  if (!is_judged) return Verdict::unknown("no operation was answered");
  Verdict verdict(search.outcome == ModelSearch::Outcome::found ? Valid::yes : Valid::no);
  RegisterFinding finding;
  finding.op_count = calls.size();
  if (verdict.valid == Valid::no) {
    const std::size_t stuck = calls[search.stuck].completion;
    finding.op = history[stuck];
    finding.previous_ok = previous_ok(history, calls, stuck);
    verdict.explanation = explain(calls, search);
  }
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
