#include "caspaxos/reader.hpp"

#include <algorithm>

#include "mznode/node/invariant.hpp"

namespace mznode::caspaxos {

void Reader::ask(Time now, ChangeId id) {
  waiting_.insert(id);
  if (is_open_) {
    questions_.rbegin()->second.last = id;
  } else {
    put(now);
  }
  check_step();
}

/// What holds after each step, whatever came.
void Reader::check_step() const {
  invariant(waiting_.empty() == questions_.empty() && (!is_open_ || !questions_.empty()),
            "there is a question as long as somebody waits", {waiting_.size(), questions_.size()});
  if (waiting_.empty()) return;
  const Question& newest = questions_.rbegin()->second;
  invariant(newest.last >= *waiting_.rbegin(), "the newest question is for all who wait",
            {newest.last, *waiting_.rbegin()});
  invariant(newest.asked.size() <= peers_.size() && newest.shown.size() <= newest.asked.size(),
            "who was asked answers, once", {newest.shown.size(), newest.asked.size(), peers_.size()});
}

std::vector<Outgoing> Reader::take_requests() {
  is_open_ = false;
  return std::exchange(requests_, {});
}

void Reader::forget(ChangeId id) {
  waiting_.erase(id);
  if (waiting_.empty()) return rest();
  std::erase_if(questions_, [first = *waiting_.begin()](const auto& each) { return each.second.last < first; });
  check_step();
}

void Reader::receive(Time now, Member from, const Report& report) {
  const auto found = questions_.find(report.number);
  if (report.life != peers_.incarnation() || found == questions_.end()) return;
  Question& question = found->second;
  if (!question.asked.contains(from)) return;
  question.shown[from] = report.accepted;
  if (is_agreed(question, report.accepted.ballot)) {
    if (repetitions_ <= 1) peers_.note_round_trip(now - question.asked_at);
    repetitions_ = 0;
    answer(question.last, report.accepted);
  } else if (question.shown.size() == peers_.size()) {
    answer(question.last, std::nullopt);
  } else if (question.shown.size() >= question.asked.size()) {
    for (Member member = 0; member < peers_.size(); ++member) put_to(found->first, member);
    question.due = now + peers_.pause(0);
  }
  check_step();
}

void Reader::tick(Time now) {
  const auto due =
      std::find_if(questions_.begin(), questions_.end(), [now](const auto& each) { return each.second.due <= now; });
  if (due == questions_.end()) return;
  const Question& question = due->second;
  if (question.shown.size() >= peers_.quorum()) return answer(question.last, std::nullopt);
  for (const Member member : question.asked) {
    if (!question.shown.contains(member)) peers_.note_silent(member);
  }
  ++repetitions_;
  // One question for all who wait; answers to the others are welcome still.
  for (auto& [number, each] : questions_) each.due = Time::max();
  put(now);
  check_step();
}

Time Reader::next_tick() const {
  Time next = Time::max();
  for (const auto& [number, question] : questions_) next = std::min(next, question.due);
  return next;
}

void Reader::put(Time now) {
  const Number number = peers_.next_question();
  Question& question = questions_[number];
  question = {
      .last = *waiting_.rbegin(), .asked_at = now, .due = now + peers_.pause(repetitions_), .asked = {}, .shown = {}};
  for (const Member member : peers_.nearest_quorum()) put_to(number, member);
  is_open_ = true;
}

void Reader::put_to(Number number, Member member) {
  if (!questions_.at(number).asked.insert(member).second) return;
  requests_.push_back({member, Query{peers_.incarnation(), number}});
}

bool Reader::is_agreed(const Question& question, const Ballot& ballot) const {
  const auto count = std::count_if(question.shown.begin(), question.shown.end(),
                                   [&](const auto& each) { return each.second.ballot == ballot; });
  return static_cast<std::size_t>(count) >= peers_.quorum();
}

/// Tells all up to `last`, and forgets the questions that nobody waits for any more.
void Reader::answer(ChangeId last, const std::optional<Accepted>& chosen) {
  const auto end = waiting_.upper_bound(last);
  for (auto each = waiting_.begin(); each != end; ++each) found_.push_back({*each, chosen});
  waiting_.erase(waiting_.begin(), end);
  std::erase_if(questions_, [last](const auto& each) { return each.second.last <= last; });
  if (waiting_.empty()) rest();
}

void Reader::rest() {
  questions_.clear();
  is_open_ = false;
  repetitions_ = 0;
}

}  // namespace mznode::caspaxos
