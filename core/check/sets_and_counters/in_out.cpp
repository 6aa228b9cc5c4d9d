#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "mznode/check/final_set.hpp"
#include "mznode/check/queue.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;
/// A multiset, in order.
using Multiset = std::vector<Json>;

void sort_elements(Multiset& elements) {
  std::sort(elements.begin(), elements.end());
}

void make_set(Multiset& elements) {
  sort_elements(elements);
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
}

Multiset minus(const Multiset& a, const Multiset& b) {
  Multiset rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

Multiset both(const Multiset& a, const Multiset& b) {
  Multiset common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

void append_list(const Operation& operation, Multiset& elements) {
  const auto list = elements_of(operation.value.text());
  if (!list) refuse(operation, "expected a list as the value of " + operation.f);
  for (const std::string_view each : *list) elements.push_back(json_of(each));
}

void add_kind(std::string& text, const char* kind, const std::vector<Json>& elements) {
  if (!elements.empty()) text += (text.empty() ? "" : "; ") + (kind + (" " + few_of(elements)));
}

/// Whether a dequeue says that there was nothing, as it does with null where nobody puts null in.
bool finds_nothing(const Operation& dequeue, bool puts_null) {
  return dequeue.value.is_null() && !puts_null;
}

/// Whether it may have had an effect, now or later, and nobody knows which.
bool is_open(const History& history, const Pairing& pairing, std::size_t invocation) {
  const std::size_t end = pairing.completion(invocation);
  return end == Pairing::none || history[end].type == Type::info;
}

/// Collects the operations that take elements out, and how often each element can have been put in before.
class Taken {
 public:
  Taken(const History& history, bool believes_all)
      : history_(history), pairing_(history), believes_all_(believes_all) {}

  Verdict run() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const Operation& operation = history_[i];
      if (!operation.is_client()) continue;
      if (operation.f == "enqueue" && operation.type == Type::invoke) put(i);
      if (operation.f == "enqueue" && operation.type == Type::ok) ++finding_.acknowledged_count;
      if (operation.f == "dequeue" && operation.type == Type::ok) take(operation);
    }
    const bool is_wrong = !finding_.unexpected.empty() || !finding_.duplicated.empty();
    Verdict verdict(is_wrong ? Valid::no : Valid::yes);
    verdict.explanation = std::move(explanation_);
    verdict.add(std::move(finding_));
    return verdict;
  }

  std::size_t taken() const { return taken_; }

 private:
  void put(std::size_t position) {
    ++finding_.attempt_count;
    if (!believes_all_ && has_failed(history_, pairing_, position)) return;
    auto& [left, ever] = pending_[history_[position].value];
    ++left;
    ++ever;
  }

  void take(const Operation& dequeue) {
    if (!believes_all_ && finds_nothing(dequeue, pending_.contains(Json()))) return;
    ++taken_;
    const auto known = pending_.find(dequeue.value);
    if (known != pending_.end() && known->second.first > 0) {
      --known->second.first;
      ++finding_.ok_count;
      return;
    }
    const bool is_duplicate = known != pending_.end();
    (is_duplicate ? finding_.duplicated : finding_.unexpected).push_back(dequeue.value);
    if (explanation_.size() == max_told) return;
    explanation_.push_back(named(dequeue) + " gave " + shown(dequeue.value.text()) +
                           (is_duplicate ? ", which had been dequeued as often as it was enqueued"
                                         : ", which nobody had begun to enqueue"));
  }

  static constexpr std::size_t max_told = 3;

  const History& history_;
  const Pairing pairing_;
  const bool believes_all_;
  std::unordered_map<Json, std::pair<std::size_t, std::size_t>> pending_;  // how many are left, and were put in
  std::size_t taken_ = 0;
  InOutFinding finding_;
  std::vector<std::string> explanation_;
};

}  // namespace

void InOutFinding::write_to(ordered_json& details) const {
  details["attempt-count"] = attempt_count;
  details["acknowledged-count"] = acknowledged_count;
  details["ok-count"] = ok_count;
  const std::pair<const char*, const std::vector<Json>*> lists[] = {
      {"lost", &lost}, {"unexpected", &unexpected}, {"duplicated", &duplicated}, {"recovered", &recovered}};
  for (const auto& [name, elements] : lists) {
    details[std::string(name) + "-count"] = elements->size();
    details[name] = to_details(*elements);
  }
}

std::string InOutFinding::reason() const {
  std::string text;
  add_kind(text, "lost", lost);
  add_kind(text, "unexpected", unexpected);
  add_kind(text, "duplicated", duplicated);
  return text;
}

Verdict check_set(const History& history, const CheckOptions& options) {
  const bool believes_all = Upstream(options).ignores_impossible_elements();
  const Pairing pairing(history);
  Multiset attempts;
  // Those that may have put something in; what was begun after the read, or failed, cannot have been shown.
  Multiset possible;
  std::size_t possible_before_read = 0;
  Multiset acknowledged;
  const Operation* read = nullptr;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    if (!operation.is_client()) continue;
    if (operation.f == "add" && operation.type == Type::invoke) {
      attempts.push_back(operation.value);
      if (believes_all || !has_failed(history, pairing, i)) possible.push_back(operation.value);
    }
    if (operation.f == "add" && operation.type == Type::ok) acknowledged.push_back(operation.value);
    if (operation.f == "read" && operation.type == Type::ok && !operation.value.is_null()) {
      read = &operation;
      possible_before_read = possible.size();
    }
  }
  if (read == nullptr) return Verdict::unknown("the set was never read");
  if (!believes_all) possible.resize(possible_before_read);
  Multiset listed;
  append_list(*read, listed);
  make_set(attempts);
  make_set(possible);
  make_set(acknowledged);
  sort_elements(listed);
  Multiset once = listed;
  make_set(once);
  const Multiset ok = both(once, possible);
  InOutFinding finding;
  finding.attempt_count = attempts.size();
  finding.acknowledged_count = acknowledged.size();
  finding.ok_count = ok.size();
  finding.lost = minus(acknowledged, once);
  finding.unexpected = minus(once, possible);
  finding.recovered = minus(ok, acknowledged);
  if (!believes_all) finding.duplicated = minus(listed, once);
  const bool is_wrong = !finding.lost.empty() || !finding.unexpected.empty() || !finding.duplicated.empty();
  const bool is_judged = !attempts.empty() || Upstream(options).accepts_nothing();
  Verdict verdict(is_wrong ? Valid::no : is_judged ? Valid::yes : Valid::unknown);
  if (is_wrong) {
    verdict.explanation.push_back(named(*read) + ", the last one, does not show what was added: " + finding.reason());
  } else if (!is_judged) {
    verdict.error = "nothing was added";
  }
  verdict.add(std::move(finding));
  return verdict;
}

Verdict check_queue(const History& history, const CheckOptions& options) {
  const Upstream upstream(options);
  Taken taken(history, upstream.ignores_impossible_elements());
  Verdict verdict = taken.run();
  if (taken.taken() > 0 || upstream.accepts_nothing()) return verdict;
  return Verdict::unknown("nothing was dequeued");
}

Verdict check_total_queue(const History& history, const CheckOptions& options) {
  const bool believes_all = Upstream(options).ignores_impossible_elements();
  const Pairing pairing(history);
  Multiset attempts;
  // Those that may have put something in, so far and in all.
  std::unordered_set<Json> begun;
  Multiset possible;
  Multiset acknowledged;
  Multiset dequeued;
  // Dequeues of which no answer is known, each of which may have taken an element out, and drains, which may any.
  std::size_t open_dequeues = 0;
  std::size_t open_drains = 0;
  InOutFinding finding;
  for (const Operation& each : history) {
    // To upstream, what is put in later may have been there.
    if (believes_all && each.is_client() && each.type == Type::invoke && each.f == "enqueue") begun.insert(each.value);
  }
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    if (!operation.is_client()) continue;
    const bool is_ok = operation.type == Type::ok;
    if (operation.f == "enqueue" && operation.type == Type::invoke) {
      attempts.push_back(operation.value);
      if (believes_all || !has_failed(history, pairing, i)) {
        possible.push_back(operation.value);
        begun.insert(operation.value);
      }
    }
    if (operation.type == Type::invoke && is_open(history, pairing, i)) {
      open_dequeues += operation.f == "dequeue";
      open_drains += operation.f == "drain";
    }
    const std::size_t known = dequeued.size();
    if (operation.f == "enqueue" && is_ok) acknowledged.push_back(operation.value);
    if (operation.f == "dequeue" && is_ok && (believes_all || !finds_nothing(operation, begun.contains(Json())))) {
      dequeued.push_back(operation.value);
    }
    if (operation.f == "drain" && operation.type == Type::info) {
      refuse(operation, "a drain that crashed may have taken out anything");
    }
    if (operation.f == "drain" && is_ok) append_list(operation, dequeued);
    for (std::size_t each = known; each < dequeued.size(); ++each) {
      if (!begun.contains(dequeued[each])) finding.unexpected.push_back(dequeued[each]);
    }
  }
  sort_elements(possible);
  sort_elements(acknowledged);
  sort_elements(dequeued);
  sort_elements(finding.unexpected);
  const Multiset ok = both(minus(dequeued, finding.unexpected), possible);
  finding.attempt_count = attempts.size();
  finding.acknowledged_count = acknowledged.size();
  finding.ok_count = ok.size();
  finding.duplicated = minus(minus(dequeued, finding.unexpected), possible);
  finding.lost = minus(acknowledged, dequeued);
  finding.recovered = minus(ok, acknowledged);
  const bool may_be_taken = !believes_all && (open_drains > 0 || finding.lost.size() <= open_dequeues);
  const bool is_lost = !finding.lost.empty() && !may_be_taken;
  const bool is_wrong = is_lost || !finding.unexpected.empty();
  const bool is_judged = !acknowledged.empty() || !dequeued.empty() || Upstream(options).accepts_nothing();
  Verdict verdict(is_wrong ? Valid::no : is_judged && finding.lost.empty() ? Valid::yes : Valid::unknown);
  if (is_lost) {
    verdict.explanation.push_back("enqueued, and never dequeued: " + few_of(finding.lost));
    verdict.may_lack_time = finding.unexpected.empty();
  }
  if (!finding.unexpected.empty()) {
    verdict.explanation.push_back("dequeued, and not enqueued before: " + few_of(finding.unexpected));
  }
  if (!is_judged) verdict.error = "nothing was enqueued";
  if (verdict.valid == Valid::unknown && !finding.lost.empty()) {
    verdict.error = "what was never dequeued may have been taken out by a dequeue or drain that was not answered";
  }
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
