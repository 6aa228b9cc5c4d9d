#include "linearizability/growing.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"
#include "linearizability/timed_calls.hpp"
#include "linearizability/value_numbers.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/sequential.hpp"

namespace mznode::check {
namespace {

using ElementNumbers = std::vector<std::uint32_t>;

std::string list_text(const ElementNumbers& elements) {
  std::string text;
  for (const std::uint32_t each : elements) text += (text.empty() ? "" : ",") + std::to_string(each);
  return "[" + text + "]";
}

/// The state of a set, whose numbers are in order, or of a log.
struct GrowingState {
  bool is_set = false;
  ElementNumbers elements = {};
  std::shared_ptr<const std::vector<Json>> values = nullptr;

  std::optional<GrowingState> step(const Call& call) const {
    if (call.f == "read") {
      const bool fits = !call.result || call.result->text() == list_text(elements);
      return fits ? std::optional(*this) : std::nullopt;
    }
    const auto element = static_cast<std::uint32_t>(*call.argument.as_int());
    GrowingState next = *this;
    if (!is_set) {
      next.elements.push_back(element);
      return next;
    }
    const auto place = std::lower_bound(next.elements.begin(), next.elements.end(), element);
    const bool is_there = place != next.elements.end() && *place == element;
    // What it says about the element: that it was there before a remove or contains, and was not before an add.
    const std::optional<Json> says = call.result && !call.result->is_null() ? call.result : std::nullopt;
    if (says && *says != Json(call.f == "add" ? !is_there : is_there)) return std::nullopt;
    if (call.f == "add" && !is_there) next.elements.insert(place, element);
    if (call.f == "remove" && is_there) next.elements.erase(place);
    return next;
  }
  std::uint64_t hash() const { return detail::fingerprint_of(list_text(elements)).hash; }
  std::string text() const {
    std::vector<Json> shown;
    for (const std::uint32_t each : elements) shown.push_back((*values)[each]);
    return few_of(shown);
  }
  std::size_t bytes() const { return elements.size() * sizeof(std::uint32_t); }
  bool operator==(const GrowingState& other) const { return elements == other.elements; }
};

class GrowthJudge {
 public:
  GrowthJudge(const History& history, const CheckOptions& options, bool is_set)
      : history_(history), options_(options), is_set_(is_set), told_(timed_calls(history)) {}

  Verdict run() {
    for (std::size_t i = 0; i < told_.size(); ++i) read(i);
    find_impossible();
    const bool grows = !has_other_ && is_distinct_;
    if (violations_.empty() && grows) judge_growth();
    if (!violations_.empty() || grows) return verdict();
    if (reads_.empty()) return judge_each();
    return search(told_, calls_);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  struct Read {
    std::size_t call = 0;
    /// Of a set, in order.
    ElementNumbers elements;
  };
  /// An operation in the order that the reads tell, of which several may have the same place.
  struct Placed {
    std::size_t call = 0;
    std::size_t place = 0;
  };

  void read(std::size_t i) {
    const TimedCall& told = told_[i];
    TimedCall call = told;
    if (told.call.f == "read") {
      call.call.argument = Json();
      if (told.call.result) read_all(i, call);
    } else if (told.call.f == (is_set_ ? "add" : "append")) {
      read_element(i, call);
      const std::uint32_t element = number_of(told.call.argument);
      if (adds_[element] != none) is_distinct_ = false;
      adds_[element] = i;
      if (call.call.result && !call.call.result->is_null()) has_other_ = true;
    } else if (is_set_ && (told.call.f == "remove" || told.call.f == "contains")) {
      has_other_ = true;
      read_element(i, call);
    } else {
      refuse(history_[told.invocation],
             std::string(is_set_ ? "a set knows add, remove, contains and read" : "a log knows append and read") +
                 ", and not " + told.call.f);
    }
    calls_.push_back(std::move(call));
  }

  void read_all(std::size_t i, TimedCall& call) {
    const Json& result = *told_[i].call.result;
    const auto list = result.is_null() ? std::vector<std::string_view>() : elements_of(result.text());
    if (!list) refuse(history_[told_[i].completion], "expected a list as the value of a read");
    Read read{.call = i, .elements = {}};
    for (const std::string_view each : *list) read.elements.push_back(number_of(json_of(each)));
    ElementNumbers sorted = read.elements;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) doubled_.emplace_back(i, *twice);
    if (is_set_) read.elements = std::move(sorted);
    call.call.result = Json::from_valid(list_text(read.elements));
    reads_.push_back(std::move(read));
  }

  /// An operation on one element, and what it says about it.
  void read_element(std::size_t i, TimedCall& call) {
    const Call& told = told_[i].call;
    call.call.argument = Json(number_of(told.argument));
    if (!told.result) return;
    Json result = *told.result;
    const auto pair = pair_of(result.text());
    const bool has_element = pair && json_of(pair->first) == told.argument && result != told.argument;
    if (has_element) result = json_of(pair->second);
    if (result == told.argument && told.f != "contains") result = Json();
    const bool is_answer = result.is_null() || (is_set_ && result.kind() == Json::Kind::boolean);
    if (!is_answer) {
      refuse(history_[told_[i].completion], is_set_ ? "expected true or false, or [element, true or false]"
                                                    : "expected the element that was appended, or null");
    }
    call.call.result = std::move(result);
  }

  std::uint32_t number_of(const Json& value) {
    const std::uint32_t number = numbers_.of(value);
    if (number >= adds_.size()) adds_.resize(number + 1, none);
    return number;
  }

  /// Elements that are shown, and that nobody tried to add, or that are there twice and cannot be.
  void find_impossible() {
    for (const auto& [call, element] : doubled_) {
      if (!is_set_ && !is_distinct_) break;
      const Operation& shows = history_[told_[call].completion];
      violations_.add("duplicates", {shows}, named(shows) + " shows " + shown(numbers_[element].text()) + " twice");
    }
    for (const Read& read : reads_) {
      const auto unknown = std::find_if(read.elements.begin(), read.elements.end(),
                                        [this](std::uint32_t element) { return adds_[element] == none; });
      if (unknown == read.elements.end()) continue;
      const Operation& shows = history_[told_[read.call].completion];
      violations_.add("unexpected", {shows},
                      named(shows) + " shows " + shown(numbers_[*unknown].text()) + ", which nobody had put in");
    }
  }

  bool shows_all_of(const Read& larger, const Read& smaller) const {
    if (is_set_) {
      return std::includes(larger.elements.begin(), larger.elements.end(), smaller.elements.begin(),
                           smaller.elements.end());
    }
    return std::equal(smaller.elements.begin(), smaller.elements.end(), larger.elements.begin());
  }

  void judge_growth() {
    std::stable_sort(reads_.begin(), reads_.end(),
                     [](const Read& a, const Read& b) { return a.elements.size() < b.elements.size(); });
    for (std::size_t i = 1; i < reads_.size(); ++i) {
      if (shows_all_of(reads_[i], reads_[i - 1])) continue;
      const Operation& a = history_[told_[reads_[i - 1].call].completion];
      const Operation& b = history_[told_[reads_[i].call].completion];
      violations_.add("forked", {a, b},
                      named(a) + " and " + named(b) + " show states of which neither can have become the other: " +
                          shown(a.value.text()) + " and " + shown(b.value.text()));
      return;
    }
    judge_order(placed());
  }

  /// All operations that took effect, at the places that the reads put them.
  std::vector<Placed> placed() const {
    std::vector<Placed> all;
    std::vector<bool> is_placed(adds_.size(), false);
    std::size_t place = 0;
    for (std::size_t i = 0; i < reads_.size(); ++i) {
      const ElementNumbers& elements = reads_[i].elements;
      const std::size_t known = i == 0 ? 0 : reads_[i - 1].elements.size();
      if (i == 0 || elements.size() > known) {
        ++place;
        for (std::size_t at = is_set_ ? 0 : known; at < elements.size(); ++at) {
          if (is_placed[elements[at]]) continue;
          is_placed[elements[at]] = true;
          all.push_back({adds_[elements[at]], is_set_ ? place : ++place});
        }
        ++place;
      }
      all.push_back({reads_[i].call, place});
    }
    for (std::uint32_t element = 0; element < adds_.size(); ++element) {
      const bool stays_open =
          adds_[element] == none || is_placed[element] || told_[adds_[element]].completion == TimedCall::never;
      if (!stays_open) all.push_back({adds_[element], place + 1});
    }
    return all;
  }

  /// An operation that ended before another one began has no later place.
  void judge_order(std::vector<Placed> by_begin) {
    std::sort(by_begin.begin(), by_begin.end(), [](const Placed& a, const Placed& b) { return a.call < b.call; });
    std::vector<Placed> by_end = by_begin;
    std::erase_if(by_end, [this](const Placed& each) { return told_[each.call].completion == TimedCall::never; });
    std::sort(by_end.begin(), by_end.end(),
              [this](const Placed& a, const Placed& b) { return told_[a.call].completion < told_[b.call].completion; });
    std::size_t ended = 0;
    std::optional<Placed> last;
    for (const Placed& each : by_begin) {
      while (ended < by_end.size() && told_[by_end[ended].call].completion < told_[each.call].invocation) {
        if (!last || by_end[ended].place > last->place) last = by_end[ended];
        ++ended;
      }
      if (last && last->place > each.place) return tell_order(last->call, each.call);
    }
  }

  void tell_order(std::size_t earlier, std::size_t later) {
    const auto words = [this](std::size_t call) {
      const std::size_t end = told_[call].completion;
      const Operation& operation = history_[end == TimedCall::never ? told_[call].invocation : end];
      return named(operation) + " " + shown(operation.value.text());
    };
    violations_.add(
        "out-of-time", {history_[told_[earlier].invocation], history_[told_[later].invocation]},
        words(earlier) + " had ended before " + words(later) + " began, and what reads show puts it behind");
  }

  /// Each element by itself.
  Verdict judge_each() {
    std::map<std::uint32_t, std::vector<std::size_t>> by_element;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i].call.f == "read") continue;  // without an answer it tells nothing
      by_element[static_cast<std::uint32_t>(*calls_[i].call.argument.as_int())].push_back(i);
    }
    Verdict all = verdict();
    for (const auto& [element, places] : by_element) {
      std::vector<TimedCall> told;
      std::vector<TimedCall> calls;
      for (const std::size_t i : places) {
        told.push_back(told_[i]);
        calls.push_back(calls_[i]);
      }
      Verdict each = search(told, calls);
      if (each.valid == Valid::no) return each;
      if (each.valid == Valid::unknown) all = std::move(each);
    }
    return all;
  }

  Verdict search(const std::vector<TimedCall>& told, const std::vector<TimedCall>& calls) const {
    const GrowingState empty{.is_set = is_set_, .elements = {}, .values = numbers_.values()};
    return judge_calls(history_, told, calls, std::make_shared<detail::StateOf<GrowingState>>(empty), options_.limits);
  }

  Verdict verdict() {
    violations_.count("op-count", told_.size());
    return std::move(violations_).verdict("");
  }

  const History& history_;
  const CheckOptions& options_;
  const bool is_set_;
  /// As they stand in the history, and in the numbers of elements.
  const std::vector<TimedCall> told_;
  std::vector<TimedCall> calls_;
  ValueNumbers numbers_;
  /// The last call that added an element.
  std::vector<std::size_t> adds_;
  std::vector<Read> reads_;
  /// Reads that show an element twice.
  std::vector<std::pair<std::size_t, std::uint32_t>> doubled_;
  bool has_other_ = false;
  bool is_distinct_ = true;
  Violations violations_;
};

}  // namespace

Verdict check_set_object(const History& history, const CheckOptions& options) {
  return GrowthJudge(history, options, true).run();
}

Verdict check_log(const History& history, const CheckOptions& options) {
  return GrowthJudge(history, options, false).run();
}

}  // namespace mznode::check
