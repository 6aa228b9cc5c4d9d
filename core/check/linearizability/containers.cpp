#include "linearizability/containers.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "history/integers.hpp"
#include "history/value_order.hpp"
#include "invariants/violations.hpp"
#include "linearizability/monitors.hpp"
#include "linearizability/timed_calls.hpp"
#include "linearizability/value_numbers.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/sequential.hpp"

namespace mznode::check {
namespace {

/// A container, and what its operations are called.
struct ContainerKind {
  std::string_view name;
  TakeOrder order;
  std::string_view put;
  std::string_view take;
};
constexpr ContainerKind fifo_queue{"queue", TakeOrder::first_in_first_out, "enqueue", "dequeue"};
constexpr ContainerKind unordered_queue{"queue", TakeOrder::any, "enqueue", "dequeue"};
constexpr ContainerKind priority_queue{"priority-queue", TakeOrder::least_first, "enqueue", "dequeue"};
constexpr ContainerKind stack{"stack", TakeOrder::last_in_first_out, "push", "pop"};

/// The state of a container, of the numbers of elements.
struct Container {
  TakeOrder order = TakeOrder::any;
  std::string_view put;
  /// From the one that is taken first to the one that is taken last; where that is open, in the order of the numbers.
  std::vector<std::uint32_t> elements = {};
  std::shared_ptr<const std::vector<Json>> values = nullptr;

  std::optional<Container> step(const Call& call) const {
    Container next = *this;
    if (call.f == put) {
      const auto element = static_cast<std::uint32_t>(*call.argument.as_int());
      auto place = next.elements.end();
      if (order == TakeOrder::any) place = std::lower_bound(next.elements.begin(), place, element);
      if (order == TakeOrder::least_first) {
        place = std::lower_bound(next.elements.begin(), place, element,
                                 [this](std::uint32_t a, std::uint32_t b) { return (*values)[a] < (*values)[b]; });
      }
      next.elements.insert(place, element);
      return next;
    }
    const bool finds_nothing = call.result && call.result->is_null();
    if (finds_nothing || elements.empty()) {
      return elements.empty() && (finds_nothing || !call.result) ? std::optional(next) : std::nullopt;
    }
    auto place = order == TakeOrder::last_in_first_out ? next.elements.end() - 1 : next.elements.begin();
    if (call.result) {
      const auto element = static_cast<std::uint32_t>(*call.result->as_int());
      if (order == TakeOrder::any) place = std::lower_bound(place, next.elements.end(), element);
      if (place == next.elements.end() || *place != element) return std::nullopt;
    }
    // Which of several an unanswered call has taken out matters only where the container is then found empty, so that
    // it may as well have been any.
    next.elements.erase(place);
    return next;
  }
  std::uint64_t hash() const {
    std::uint64_t hash = elements.size();
    for (const std::uint32_t each : elements) hash = (hash ^ each) * 0x100000001b3;
    return hash ^ (hash >> 29);
  }
  std::string text() const {
    std::vector<Json> shown;
    for (const std::uint32_t each : elements) shown.push_back((*values)[each]);
    return few_of(shown);
  }
  std::size_t bytes() const { return elements.size() * sizeof(std::uint32_t); }
  bool operator==(const Container& other) const { return elements == other.elements; }
};

class ContainerJudge {
 public:
  ContainerJudge(const History& history, const CheckOptions& options, const ContainerKind& kind)
      : history_(history), options_(options), kind_(kind), told_(timed_calls(history)) {}

  Verdict run() {
    for (std::size_t i = 0; i < told_.size(); ++i) read(i);
    find_impossible();
    if (!violations_.empty() || (is_distinct_ && monitor())) return verdict();
    const Container empty{.order = kind_.order, .put = kind_.put, .elements = {}, .values = numbers_.values()};
    return judge_calls(history_, told_, calls_, std::make_shared<detail::StateOf<Container>>(empty), options_.limits);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// What was done with a value: the last calls of either sort, and how many there were.
  struct Uses {
    std::size_t put = none;
    std::size_t take = none;
    std::size_t puts = 0;
    std::size_t takes = 0;
  };

  void read(std::size_t i) {
    const TimedCall& told = told_[i];
    TimedCall call = told;
    const bool is_answered = told.call.result.has_value();
    if (told.call.f == kind_.put) {
      const bool is_echo = !is_answered || told.call.result->is_null() || *told.call.result == told.call.argument;
      if (told.call.argument.is_null()) refuse(history_[told.invocation], "an element that is null is none");
      if (kind_.order == TakeOrder::least_first && told.call.argument.kind() != Json::Kind::number) {
        refuse(history_[told.invocation], "expected a number, of which the least is taken out first");
      }
      if (!is_echo) refuse(history_[told.completion], "expected the element that was put in, or null");
      const std::uint32_t element = number_of(told.call.argument);
      uses_[element].put = i;
      if (++uses_[element].puts > 1) is_distinct_ = false;
      call.call.argument = Json(element);
    } else if (told.call.f == kind_.take) {
      if (!is_answered) {
        open_takes_.push_back(i);
      } else if (told.call.result->is_null()) {
        empties_.push_back(i);
      } else {
        const std::uint32_t element = number_of(*told.call.result);
        uses_[element].take = i;
        ++uses_[element].takes;
        if (uses_[element].takes > uses_[element].puts) suspects_.push_back(i);
        call.call.result = Json(element);
      }
      call.call.argument = Json();
    } else {
      refuse(history_[told.invocation], "a " + std::string(kind_.name) + " knows " + std::string(kind_.put) + " and " +
                                            std::string(kind_.take) + ", and not " + told.call.f);
    }
    calls_.push_back(std::move(call));
  }

  std::uint32_t number_of(const Json& value) {
    const std::uint32_t number = numbers_.of(value);
    if (number >= uses_.size()) uses_.resize(number + 1);
    return number;
  }

  /// Elements that were taken out more often than anybody tried to put them in.
  void find_impossible() {
    for (const std::size_t i : suspects_) {
      Uses& uses = uses_[numbers_.of(*told_[i].call.result)];
      if (uses.takes <= uses.puts) continue;
      const bool is_unexpected = uses.puts == 0;
      if (!is_unexpected) --uses.takes;
      violations_.add(
          is_unexpected ? "unexpected" : "duplicated", {history_[told_[i].completion]},
          named(history_[told_[i].completion]) + " gave " + shown(told_[i].call.result->text()) +
              (is_unexpected ? ", which nobody had put in" : ", which had been taken out as often as it was put in"));
    }
  }

  /// Whether the verdict is known.
  bool monitor() {
    ContainerHistory seen;
    std::vector<std::uint32_t> elements;
    std::vector<std::uint32_t> all(uses_.size());
    std::iota(all.begin(), all.end(), 0U);
    if (kind_.order == TakeOrder::least_first) {
      std::sort(all.begin(), all.end(), [this](std::uint32_t a, std::uint32_t b) {
        return OrderedValue(numbers_[a]) < OrderedValue(numbers_[b]);
      });
    }
    const auto end_of = [&](std::size_t i) {
      return told_[i].completion == TimedCall::never ? forever : static_cast<Moment>(told_[i].completion);
    };
    for (const std::uint32_t element : all) {
      const Uses& uses = uses_[element];
      // What was perhaps put in, and never seen, need not have been.
      if (uses.puts == 0 || (uses.takes == 0 && end_of(uses.put) == forever)) continue;
      Lifetime lifetime{.put_begin = told_[uses.put].invocation, .put_end = end_of(uses.put)};
      if (uses.takes > 0) {
        lifetime.take_begin = told_[uses.take].invocation;
        lifetime.take_end = end_of(uses.take);
      }
      seen.elements.push_back(lifetime);
      elements.push_back(element);
    }
    for (const std::size_t i : empties_) seen.empties.push_back({told_[i].invocation, end_of(i)});
    for (const std::size_t i : open_takes_) seen.open_takes.push_back(told_[i].invocation);
    const auto violation = find_violation(seen, kind_.order);
    if (!violation) return true;
    const bool is_decided = violation->kind == ContainerViolation::Kind::early || decides_open_takes(seen, kind_.order);
    if (is_decided) tell(*violation, elements);
    return is_decided;
  }

  std::string words_of(const Uses& uses) const {
    const auto span = [this](std::size_t i) {
      const Operation& begin = history_[told_[i].invocation];
      return " by process " + std::to_string(begin.process) + " (operation " + std::to_string(begin.index) +
             (told_[i].completion == TimedCall::never
                  ? ", unanswered)"
                  : ", until " + std::to_string(history_[told_[i].completion].index) + ")");
    };
    return std::string(kind_.put) + span(uses.put) +
           (uses.take == none ? ", never taken out" : ", " + std::string(kind_.take) + span(uses.take));
  }

  void tell(const ContainerViolation& violation, const std::vector<std::uint32_t>& elements) {
    using Is = ContainerViolation::Kind;
    std::vector<Operation> operations;
    std::string text;
    const auto element_words = [&](std::size_t place) {
      const std::uint32_t element = elements[violation.elements[place]];
      return shown(numbers_[element].text()) + " (" + words_of(uses_[element]) + ")";
    };
    if (violation.kind == Is::occupied) {
      const std::size_t empty = empties_[violation.empty];
      operations.push_back(history_[told_[empty].completion]);
      text = named(operations.back()) + " found nothing, although all the time something was there: ";
    }
    if (violation.kind == Is::outranked) {
      const std::size_t take = uses_[elements[violation.elements.front()]].take;
      operations.push_back(history_[told_[take].completion]);
      text = named(operations.back()) + " gave what was not the least: ";
    }
    if (violation.kind == Is::entangled) text = "no order explains these: ";
    constexpr std::size_t most_told = 12;
    for (std::size_t i = 0; i < std::min(most_told, violation.elements.size()); ++i) {
      const Uses& uses = uses_[elements[violation.elements[i]]];
      operations.push_back(history_[told_[uses.put].invocation]);
      if (uses.take != none) operations.push_back(history_[told_[uses.take].invocation]);
      text += (i == 0 ? "" : violation.kind == Is::overtaken ? " had been put in before " : ", ") + element_words(i);
    }
    if (violation.elements.size() > most_told) {
      text += ", and " + std::to_string(violation.elements.size() - most_told) + " more";
    }
    if (violation.kind == Is::early) text += " was taken out before anybody began to put it in";
    if (violation.kind == Is::overtaken) text += ", and was still there when that was taken out";
    static constexpr std::string_view names[] = {"early", "overtaken", "entangled", "occupied", "outranked"};
    violations_.add(names[static_cast<std::size_t>(violation.kind)], std::move(operations), std::move(text));
  }

  Verdict verdict() {
    violations_.count("op-count", told_.size());
    return std::move(violations_).verdict("");
  }

  const History& history_;
  const CheckOptions& options_;
  const ContainerKind& kind_;
  /// As they stand in the history, and in the numbers of elements.
  const std::vector<TimedCall> told_;
  std::vector<TimedCall> calls_;
  ValueNumbers numbers_;
  std::vector<Uses> uses_;
  std::vector<std::size_t> empties_;
  std::vector<std::size_t> open_takes_;
  /// Calls that took out what had not been put in as often by then.
  std::vector<std::size_t> suspects_;
  bool is_distinct_ = true;
  Violations violations_;
};

}  // namespace

Verdict check_fifo_queue(const History& history, const CheckOptions& options) {
  return ContainerJudge(history, options, fifo_queue).run();
}

Verdict check_unordered_queue(const History& history, const CheckOptions& options) {
  return ContainerJudge(history, options, unordered_queue).run();
}

Verdict check_priority_queue(const History& history, const CheckOptions& options) {
  return ContainerJudge(history, options, priority_queue).run();
}

Verdict check_stack(const History& history, const CheckOptions& options) {
  return ContainerJudge(history, options, stack).run();
}

}  // namespace mznode::check
