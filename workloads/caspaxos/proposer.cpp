#include "workloads/caspaxos/proposer.hpp"

#include <algorithm>
#include <utility>

namespace mznode::caspaxos {
namespace {

/// Doublings of the pause between repetitions, and of the one after a failure.
constexpr unsigned most_doublings = 2;

}  // namespace

void Proposer::submit(Time now, ChangeId id, Change change) {
  waiting_.emplace(id, std::move(change));
  if (phase_ == Phase::idle) begin_round(now);
}

bool Proposer::withdraw(ChangeId id) {
  if (waiting_.erase(id) == 0) return false;  // it is done
  const bool may_take_effect =
      std::any_of(attempts_.begin(), attempts_.end(), [&](const auto& attempt) { return attempt.second.contains(id); });
  if (waiting_.empty()) {
    phase_ = Phase::idle;
    attempts_.clear();
    failures_ = 0;
    repetitions_ = 0;
  }
  return !may_take_effect;
}

void Proposer::observe(const Ballot& promised, const Accepted& accepted) {
  counter_ = std::max(counter_, promised.counter);
  if (accepted.ballot > known_.ballot) known_ = accepted;
  if (prepared_ && promised > prepared_->ballot) prepared_.reset();
}

void Proposer::receive(Time now, Member from, const Reply& reply) {
  peers_.note_heard(from);
  std::visit([&](const auto& each) { on(now, from, each); }, reply);
}

void Proposer::tick(Time now) {
  if (phase_ == Phase::idle || now < due_) return;
  if (phase_ == Phase::backing_off) return begin_round(now);
  if (!refused_.empty()) return back_off(now);
  if (phase_ == Phase::querying && shown_.size() >= peers_.quorum()) return prepare(now);
  note_silent();
  // A new question costs no more than the old one, and covers what has come since.
  phase_ == Phase::querying ? begin_round(now) : ask_again(now);
}

// ---- Rounds

void Proposer::begin_round(Time now) {
  phase_ = Phase::idle;
  if (waiting_.empty()) return;
  last_covered_ = last_waiting();
  const State& guess = (prepared_ ? prepared_->latest : known_).state;
  if (!apply(guess, {}, last_covered_).is_changed) {
    query(now);
  } else if (prepared_) {
    accept(now);
  } else {
    prepare(now);
  }
}

void Proposer::query(Time now) {
  ballot_ = new_ballot();
  ask(now, Phase::querying, Query{ballot_}, peers_.nearest_quorum());
}

void Proposer::prepare(Time now) {
  prepared_.reset();
  last_covered_ = last_waiting();
  ballot_ = new_ballot();
  ask(now, Phase::preparing, Prepare{ballot_}, peers_.nearest_quorum());
}

/// Proposes what the changes make of the latest state, or that state itself.
void Proposer::accept(Time now) {
  const Prepared prepared = std::move(*prepared_);
  prepared_.reset();  // a ballot is good for one state
  ballot_ = prepared.ballot;
  next_ = new_ballot();
  outcome_ = apply(prepared.latest.state, ballot_, last_waiting());
  if (outcome_.is_changed) attempts_[ballot_] = outcome_.found;
  std::vector<Member> all;
  for (std::size_t i = 0; i < peers_.size(); ++i) all.push_back((peers_.self() + i) % peers_.size());
  ask(now, Phase::accepting, Accept{ballot_, outcome_.state, next_}, all);
}

/// Applies the changes up to `last` that the state's history does not hold already.
Proposer::Outcome Proposer::apply(const State& state, const Ballot& ballot, ChangeId last) const {
  Outcome outcome{.state = state, .is_changed = false, .found = {}};
  const auto mine = std::find_if(outcome.state.changes.begin(), outcome.state.changes.end(),
                                 [this](const Ballot& change) { return change.proposer == peers_.self(); });
  if (mine != outcome.state.changes.end()) {
    const auto attempt = attempts_.find(*mine);
    if (attempt != attempts_.end()) outcome.found = attempt->second;
  }
  Value& value = outcome.state.value;
  for (const auto& [id, change] : waiting_) {
    if (id > last) break;
    if (!outcome.found.emplace(id, value).second) continue;
    value = change(value);
  }
  outcome.is_changed = value != state.value;
  if (!outcome.is_changed) return outcome;
  if (mine != outcome.state.changes.end()) {
    *mine = ballot;
  } else {
    outcome.state.changes.push_back(ballot);
  }
  return outcome;
}

// ---- Replies

void Proposer::on(Time now, Member from, const Report& report) {
  if (report.accepted.ballot > known_.ballot) known_ = report.accepted;
  if (phase_ != Phase::querying || report.ballot != ballot_) return;
  shown_[from] = report.accepted;
  if (is_agreed(report.accepted.ballot)) {
    note_round_trip(now);
    if (finish_unchanged(report.accepted)) return begin_round(now);
    if (prepared_ && prepared_->latest.ballot == report.accepted.ballot) return accept(now);
    prepare(now);
  } else if (shown_.size() == peers_.size()) {
    prepare(now);
  } else if (shown_.size() >= asked_.size()) {
    ask_rest(now);
  }
}

void Proposer::on(Time now, Member from, const Promise& promise) {
  if (phase_ != Phase::preparing || promise.ballot != ballot_) return;
  shown_[from] = promise.accepted;
  if (shown_.size() < peers_.quorum()) return;
  note_round_trip(now);
  repetitions_ = 0;
  const auto latest = std::max_element(shown_.begin(), shown_.end(),
                                       [](const auto& a, const auto& b) { return a.second.ballot < b.second.ballot; });
  prepared_ = Prepared{ballot_, latest->second};
  known_ = latest->second;
  if (is_agreed(known_.ballot) && finish_unchanged(known_)) return begin_round(now);
  accept(now);
}

void Proposer::on(Time now, Member from, const Confirmation& confirmation) {
  if (phase_ != Phase::accepting || confirmation.ballot != ballot_) return;
  confirmed_.insert(from);
  if (confirmed_.size() < peers_.quorum()) return;
  note_round_trip(now);
  known_ = {ballot_, outcome_.state};
  prepared_ = Prepared{next_, known_};
  finish(outcome_.found);
  begin_round(now);
}

void Proposer::on(Time now, Member from, const Conflict& conflict) {
  counter_ = std::max(counter_, conflict.promised.counter);
  if (conflict.ballot != ballot_ || (phase_ != Phase::preparing && phase_ != Phase::accepting)) return;
  refused_.insert(from);
  // What others accept may still be a quorum.
  if (phase_ == Phase::preparing || peers_.size() - refused_.size() < peers_.quorum()) back_off(now);
}

/// True when a quorum has shown that it accepted this very ballot.
bool Proposer::is_agreed(const Ballot& ballot) const {
  const auto count =
      std::count_if(shown_.begin(), shown_.end(), [&](const auto& each) { return each.second.ballot == ballot; });
  return static_cast<std::size_t>(count) >= peers_.quorum();
}

/// Finishes the changes that the round covers, if they leave a chosen state as it is.
bool Proposer::finish_unchanged(const Accepted& chosen) {
  const Outcome outcome = apply(chosen.state, {}, last_covered_);
  if (outcome.is_changed) return false;
  finish(outcome.found);
  return true;
}

/// All attempts before were of these changes, too.
void Proposer::finish(const std::map<ChangeId, Value>& found) {
  for (const auto& [id, value] : found) {
    if (waiting_.erase(id) > 0) effects_.done.push_back({id, value});
  }
  attempts_.clear();
  failures_ = 0;
  repetitions_ = 0;
}

/// Leaves the register to the competitor for about as long as a round takes, at random and longer with every failure,
/// lest they meet again.
void Proposer::back_off(Time now) {
  phase_ = Phase::backing_off;
  const Duration window = std::max<Duration>(peers_.round_trip(), 1ms) * (1U << std::min(failures_, most_doublings));
  ++failures_;
  due_ = now + Duration(static_cast<std::int64_t>(config_.random() % static_cast<std::uint64_t>(window.count())));
}

// ---- Asking

void Proposer::ask(Time now, Phase phase, Request request, const std::vector<Member>& members) {
  phase_ = phase;
  request_ = std::move(request);
  asked_.clear();
  shown_.clear();
  confirmed_.clear();
  refused_.clear();
  asked_at_ = now;
  for (const Member member : members) {
    asked_.insert(member);
    effects_.requests.push_back({member, request_});
  }
  set_due(now);
}

void Proposer::ask_rest(Time now) {
  for (Member member = 0; member < peers_.size(); ++member) {
    if (asked_.insert(member).second) effects_.requests.push_back({member, request_});
  }
  set_due(now);
}

/// Asks all who have not answered, asked before or not.
void Proposer::ask_again(Time now) {
  for (Member member = 0; member < peers_.size(); ++member) {
    if (shown_.contains(member) || confirmed_.contains(member)) continue;
    asked_.insert(member);
    effects_.requests.push_back({member, request_});
  }
  set_due(now);
}

void Proposer::note_silent() {
  ++repetitions_;
  for (const Member member : asked_) {
    if (!shown_.contains(member) && !confirmed_.contains(member)) peers_.note_silent(member);
  }
}

/// What was asked too often says more about losses than about the way.
void Proposer::note_round_trip(Time now) {
  if (repetitions_ <= 1) peers_.note_round_trip(now - asked_at_);
}

void Proposer::set_due(Time now) {
  const Duration first = std::max(config_.patience, 2 * peers_.round_trip());
  const Duration longest = std::max(first, config_.patience * (1U << most_doublings));
  due_ = now + std::min(first * (1U << std::min(repetitions_, most_doublings)), longest);
}

}  // namespace mznode::caspaxos
