#include "mznode/check/linearizable.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "linearizability/counterexample.hpp"
#include "linearizability/registers.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;
using Outcome = Linearization::Outcome;

/// How many registers are explained: whoever has read these few will look for the fault first.
constexpr std::size_t max_explained = 4;

class Judge {
 public:
  Judge(const History& history, Keyed keyed, const CheckOptions& options)
      : history_(history),
        limits_(options.limits),
        max_explained_(options.explain ? max_explained : 0),
        registers_(read_registers(history, keyed,
                                  options.strict_null_reads ? NullRead::finds_no_value : NullRead::tells_nothing,
                                  options.initial_value.value_or(Json()))) {}

  const std::vector<RegisterHistory>& registers() const { return registers_; }

  Verdict judge(const RegisterHistory& judged) {
    const Linearization search = linearize(judged.operations, limits_);
    Verdict verdict(Valid::yes);
    RegisterFinding finding;
    finding.op_count = judged.invoked;
    if (search.outcome == Outcome::gave_up) {
      verdict = Verdict::unknown("gave up after " + std::to_string(search.steps) + " steps with " +
                                 std::to_string(search.bytes >> 20) + " MiB (--search-steps and --search-memory)");
    } else if (search.outcome == Outcome::none) {
      verdict.valid = Valid::no;
      const std::size_t stuck = judged.operations[search.stuck].completion;
      finding.op = history_[stuck];
      finding.previous_ok = previous_ok(judged, stuck);
      explain_failure(judged, search, finding, verdict.explanation);
    }
    verdict.add(std::move(finding));
    return verdict;
  }

 private:
  void explain_failure(const RegisterHistory& judged, const Linearization& search, RegisterFinding& finding,
                       std::vector<std::string>& explanation) {
    if (explained_ == max_explained_) return;
    ++explained_;
    const auto example = find_counterexample(judged, search);
    if (!example) return;
    finding.contradiction = contradiction(*example, judged, history_);
    explanation = explain(*example, judged, history_);
  }

  std::optional<Operation> previous_ok(const RegisterHistory& judged, std::size_t stuck) const {
    std::size_t last = RegisterOperation::never;
    for (const RegisterOperation& operation : judged.operations) {
      const bool is_later = last == RegisterOperation::never || operation.completion > last;
      if (operation.completion < stuck && is_later) last = operation.completion;
    }
    return last == RegisterOperation::never ? std::nullopt : std::optional(history_[last]);
  }

  const History& history_;
  const SearchLimits limits_;
  const std::size_t max_explained_;
  const std::vector<RegisterHistory> registers_;
  std::size_t explained_ = 0;
};

ordered_json details_of(const Contradiction& contradiction) {
  ordered_json details = {{"operations", ordered_json::array()}, {"linearization", ordered_json::array()}};
  for (const Contradiction::Member& member : contradiction.operations) {
    details["operations"].push_back({{"operation", member.operation},
                                     {"completion", member.completion ? ordered_json(*member.completion) : nullptr},
                                     {"process", member.process},
                                     {"text", member.text},
                                     {"required", member.is_required}});
  }
  for (const Contradiction::Step& step : contradiction.linearization) {
    details["linearization"].push_back({{"operation", step.operation}, {"value", to_details(step.value)}});
  }
  details["value"] = to_details(contradiction.value);
  details["stuck"] = contradiction.stuck;
  for (const Contradiction::Blocked& blocked : contradiction.blocked) {
    details["blocked"].push_back({{"operation", blocked.operation}, {"reason", blocked.reason}});
  }
  return details;
}

/// The keys of the registers of which this is the verdict.
ordered_json keys_of(const std::vector<RegistersFinding::Register>& registers, Valid valid) {
  ordered_json keys = ordered_json::array();
  for (const RegistersFinding::Register& each : registers) {
    if (each.verdict.valid == valid) keys.push_back(to_details(each.key));
  }
  return keys;
}

}  // namespace

void RegisterFinding::write_to(ordered_json& details) const {
  details["op-count"] = op_count;
  if (!op) return;
  details["op"] = to_details(*op);
  details["previous-ok"] = previous_ok ? to_details(*previous_ok) : ordered_json();
  if (contradiction) details["counterexample"] = details_of(*contradiction);
}

void RegistersFinding::write_to(ordered_json& details) const {
  details["failures"] = keys_of(registers, Valid::no);
  details["results"] = ordered_json::object();
  for (const Register& each : registers) {
    Verdict verdict = each.verdict;
    verdict.explanation.clear();  // all of them stand beside the results
    details["results"][details_key(each.key)] = to_details(verdict);
  }
}

Verdict check_cas_register(const History& history, const CheckOptions& options) {
  Judge judge(history, Keyed::no, options);
  return judge.registers().empty() ? Verdict(Valid::yes) : judge.judge(judge.registers().front());
}

Verdict check_lin_kv(const History& history, const CheckOptions& options) {
  Judge judge(history, Keyed::yes, options);
  Verdict verdict(Valid::yes);
  RegistersFinding finding;
  for (const RegisterHistory& each : judge.registers()) {
    const Verdict judged = judge.judge(each);
    verdict.valid = worst(verdict.valid, judged.valid);
    verdict.explanation.insert(verdict.explanation.end(), judged.explanation.begin(), judged.explanation.end());
    finding.registers.push_back({*each.key, judged});
  }
  const ordered_json unknown = keys_of(finding.registers, Valid::unknown);
  if (!unknown.empty()) verdict.error = "gave up on the keys " + unknown.dump();
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
