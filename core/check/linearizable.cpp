#include "linearizable.hpp"

#include <string>
#include <utility>

#include "counterexample.hpp"
#include "registers.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;
using Outcome = Linearization::Outcome;

/// How many registers are explained: whoever has read these few will look for the fault first.
constexpr std::size_t max_explained = 4;

struct Judged {
  Verdict verdict;
  std::vector<std::string> explanation;
};

class Judge {
 public:
  Judge(const History& history, Keyed keyed, const CheckOptions& options)
      : history_(history),
        limits_(options.limits),
        max_explained_(options.explain ? max_explained : 0),
        registers_(read_registers(history, keyed,
                                  options.strict_null_reads ? NullRead::finds_no_value : NullRead::tells_nothing,
                                  options.initial_value.value_or(Json()))) {}

  const std::vector<Register>& registers() const { return registers_; }

  Judged judge(const Register& judged) {
    const Linearization search = linearize(judged.operations, limits_);
    switch (search.outcome) {
      case Outcome::found: return {counted(Verdict(Valid::yes), judged), {}};
      case Outcome::gave_up:
        return {
            counted(Verdict::unknown("gave up after " + std::to_string(search.steps) + " steps with " +
                                     std::to_string(search.bytes >> 20) + " MiB (--search-steps and --search-memory)"),
                    judged),
            {}};
      case Outcome::none: break;
    }
    Judged result{counted(Verdict(Valid::no), judged), {}};
    const std::size_t stuck = judged.operations[search.stuck].completion;
    result.verdict.details["op"] = to_details(history_[stuck]);
    result.verdict.details["previous-ok"] = previous_ok(judged, stuck);
    if (explained_ < max_explained_) {
      ++explained_;
      if (const auto example = find_counterexample(judged, search)) {
        result.verdict.details["counterexample"] = to_details(*example, judged, history_);
        result.explanation = explain(*example, judged, history_);
      }
    }
    return result;
  }

 private:
  static Verdict counted(Verdict verdict, const Register& judged) {
    verdict.details["op-count"] = judged.invoked;
    return verdict;
  }

  ordered_json previous_ok(const Register& judged, std::size_t stuck) const {
    std::size_t last = RegisterOperation::never;
    for (const RegisterOperation& operation : judged.operations) {
      const bool is_later = last == RegisterOperation::never || operation.completion > last;
      if (operation.completion < stuck && is_later) last = operation.completion;
    }
    return last == RegisterOperation::never ? ordered_json() : to_details(history_[last]);
  }

  const History& history_;
  const SearchLimits limits_;
  const std::size_t max_explained_;
  const std::vector<Register> registers_;
  std::size_t explained_ = 0;
};

}  // namespace

Verdict check_cas_register(const History& history, const CheckOptions& options) {
  Judge judge(history, Keyed::no, options);
  if (judge.registers().empty()) return Verdict(Valid::yes);
  Judged judged = judge.judge(judge.registers().front());
  if (!judged.explanation.empty()) judged.verdict.details["explanation"] = std::move(judged.explanation);
  return std::move(judged.verdict);
}

Verdict check_lin_kv(const History& history, const CheckOptions& options) {
  Judge judge(history, Keyed::yes, options);
  Valid valid = Valid::yes;
  ordered_json results = ordered_json::object();
  ordered_json failures = ordered_json::array();
  ordered_json unknown = ordered_json::array();
  ordered_json explanation = ordered_json::array();
  for (const Register& each : judge.registers()) {
    Judged judged = judge.judge(each);
    valid = worst(valid, judged.verdict.valid);
    if (judged.verdict.valid == Valid::no) failures.push_back(to_details(*each.key));
    if (judged.verdict.valid == Valid::unknown) unknown.push_back(to_details(*each.key));
    for (std::string& line : judged.explanation) explanation.push_back(std::move(line));
    results[details_key(*each.key)] = std::move(judged.verdict.details);
  }
  Verdict verdict(valid);
  if (!unknown.empty()) verdict.details["error"] = "gave up on the keys " + unknown.dump();
  verdict.details["failures"] = std::move(failures);
  if (!explanation.empty()) verdict.details["explanation"] = std::move(explanation);
  verdict.details["results"] = std::move(results);
  return verdict;
}

}  // namespace mznode::check
