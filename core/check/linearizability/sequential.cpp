#include "mznode/check/sequential.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "linearizability/timed_calls.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/verdict.hpp"
#include "mznode/json/fnv.hpp"

namespace mznode::check {
namespace {

/// How much of the order before a contradiction is told.
constexpr std::size_t told_calls = 8;
/// A step makes a whole state, and so much more work than one of a search that knows what it looks at.
constexpr std::uint64_t work_of_a_step = 50;

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
  lines.emplace_back(search.order.size() > told_calls
                         ? "all that ended before it can be explained; the last steps of it:"
                         : "all that ended before it can be explained:");
  const std::size_t first = search.order.size() - std::min(told_calls, search.order.size());
  for (std::size_t i = first; i < search.order.size(); ++i) {
    const std::string state = search.states[i]->text();
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

std::vector<TimedCall> timed_calls(const History& history) {
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

Verdict judge_calls(const History& history, std::span<const TimedCall> told, std::span<const TimedCall> calls,
                    std::shared_ptr<const detail::State> initial, const SearchLimits& limits) {
  const ModelSearch search =
      search_orders(calls, std::move(initial), {.steps = limits.steps / work_of_a_step, .bytes = limits.bytes});
  if (search.outcome == ModelSearch::Outcome::gave_up) {
    return Verdict::unknown("gave up after " + std::to_string(search.steps) +
                            " steps (--search-steps and --search-memory)");
  }
  Verdict verdict(search.outcome == ModelSearch::Outcome::found ? Valid::yes : Valid::no);
  RegisterFinding finding;
  finding.op_count = told.size();
  if (verdict.valid == Valid::no) {
    const std::size_t stuck = told[search.stuck].completion;
    finding.op = history[stuck];
    finding.previous_ok = previous_ok(history, told, stuck);
    verdict.explanation = explain(told, search);
  }
  verdict.add(std::move(finding));
  return verdict;
}

namespace detail {

Fingerprint fingerprint_of(std::string_view text) {
  return {.hash = Fnv::of(text), .bytes = text.size()};
}

CheckFunction linearizable_from(std::shared_ptr<const State> initial) {
  return [initial = std::move(initial)](const History& history, const CheckOptions& options) {
    const std::vector<TimedCall> calls = timed_calls(history);
    const bool is_judged = std::any_of(calls.begin(), calls.end(),
                                       [](const TimedCall& each) { return each.completion != TimedCall::never; });
    Verdict verdict = judge_calls(history, calls, calls, initial, options.limits);
    return is_judged || verdict.valid != Valid::yes ? verdict : Verdict::unknown("no operation was answered");
  };
}

}  // namespace detail
}  // namespace mznode::check
