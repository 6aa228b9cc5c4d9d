#include "caspaxos/proposer.hpp"

#include <algorithm>
#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode::caspaxos {
namespace {

// Back-off, in round trips: at random up to this after a round that failed, doubled with every further one.
constexpr unsigned first_backoff = 2;
constexpr unsigned most_backoff_doublings = 2;
// How far ahead of all that it has heard of a proposer puts its ballot, for each round that failed, from the second on.
constexpr unsigned failures_before_lead = 2;
constexpr std::uint64_t lead_each = 2;
constexpr unsigned most_lead_failures = 16;

}  // namespace

void Proposer::submit(Time now, ChangeId id, Change change) {
  waiting_.emplace(id, std::move(change));
  if (phase_ == Phase::idle) begin_round(now);
  check_step();
}

bool Proposer::withdraw(ChangeId id) {
  const auto withdrawn = waiting_.extract(id);
  if (withdrawn.empty()) return false;  // it is done
  const bool may_take_effect =
      is_relied_on(id, withdrawn.mapped()) ||
      std::any_of(attempts_.begin(), attempts_.end(), [&](const auto& attempt) { return attempt.second.contains(id); });
  if (waiting_.empty()) rest();
  check_step();
  return !may_take_effect;
}

/// Whether others of the round may be told that they found what this change has made. All of them together may leave
/// the state as it is, and then there is no attempt: none of them is to be found in it.
bool Proposer::is_relied_on(ChangeId id, const Change& change) const {
  if (phase_ != Phase::accepting) return false;
  const auto found = outcome_.found.find(id);
  return found != outcome_.found.end() && change(found->second) != found->second;
}

void Proposer::observe(Time now, const Ballot& promised, const Accepted& accepted) {
  counter_ = std::max(counter_, promised.counter);
  if (prepared_ && promised > prepared_->ballot) prepared_.reset();
  if (accepted.ballot > known_.ballot) {
    known_ = accepted;
    yield_until_ = {};  // the competitor is done
    if (phase_ == Phase::backing_off) due_ = std::min(due_, now + turn_after(accepted.ballot.proposer));
  } else if (promised > seen_promise_ && promised.proposer != peers_.self()) {
    yield_until_ = now + peers_.round_trip();
  }
  seen_promise_ = std::max(seen_promise_, promised);
  check_step();
}

void Proposer::tick(Time now) {
  if (phase_ == Phase::idle || now < due_) return;
  if (phase_ == Phase::backing_off) {
    begin_round(now);
  } else if (!refused_.empty()) {
    fail(now);
  } else {
    ask_again(now);
  }
  check_step();
}

/// What holds after each step, whatever came.
void Proposer::check_step() {
  invariant(counter_ >= checked_counter_ && ballot_ >= checked_ballot_, "ballots only grow",
            {counter_, checked_counter_, ballot_.counter, checked_ballot_.counter});
  checked_counter_ = counter_;
  checked_ballot_ = ballot_;
  invariant(ballot_.counter <= counter_, "a ballot is counted", {ballot_.counter, counter_});
  invariant((phase_ == Phase::idle) == waiting_.empty(), "there is a round as long as a change waits",
            {waiting_.size()});
  invariant(phase_ != Phase::accepting || next_ > ballot_, "the next ballot is greater",
            {next_.counter, ballot_.counter});
  if (!prepared_) return;
  const Ballot& prepared = prepared_->ballot;
  invariant(prepared.proposer == peers_.self() && prepared.life == peers_.incarnation() && prepared.counter <= counter_,
            "a proposer uses ballots of its own", {prepared.proposer, prepared.counter, counter_});
  invariant(prepared_->latest.ballot < prepared, "a ballot comes behind the state that was found with it",
            {prepared_->latest.ballot.counter, prepared.counter});
}

// ---- Rounds

void Proposer::begin_round(Time now) {
  if (waiting_.empty()) return rest();
  if (prepared_) return accept(now);
  if (now < yield_until_) return wait(yield_until_ + peers_.random_up_to(peers_.round_trip()));
  prepare(now);
}

void Proposer::prepare(Time now) {
  last_covered_ = last_waiting();
  counter_ += lead();
  ballot_ = new_ballot();
  ask(now, Phase::preparing, Prepare{ballot_}, peers_.nearest_quorum());
}

/// Of those who prepare at the same time, before they hear of each other, the one with the greatest ballot comes
/// through. That is to be the one that has failed most often, neither the last in the list of nodes nor one that has
/// just come.
std::uint64_t Proposer::lead() const {
  return failures_ < failures_before_lead ? 0 : lead_each * std::min(failures_, most_lead_failures);
}

/// Proposes what the changes make of the latest state, or that state itself.
void Proposer::accept(Time now) {
  const Prepared prepared = *std::exchange(prepared_, std::nullopt);  // a ballot is good for one state
  ballot_ = prepared.ballot;
  next_ = new_ballot();
  outcome_ = apply(prepared.latest.state, ballot_, last_waiting());
  if (outcome_.is_changed) attempts_[ballot_] = outcome_.found;
  std::vector<Member> all;
  for (std::size_t i = 0; i < peers_.size(); ++i) all.emplace_back((peers_.self() + i) % peers_.size());
  ask(now, Phase::accepting, Accept{ballot_, outcome_.state, next_}, all);
}

/// Applies the changes up to `last` that the state's history does not hold already.
Proposer::Outcome Proposer::apply(const State& state, const Ballot& ballot, ChangeId last) const {
  Outcome outcome{.state = state, .is_changed = false, .found = {}};
  auto& changes = outcome.state.changes;
  const auto mine = std::find_if(changes.begin(), changes.end(),
                                 [this](const Ballot& change) { return change.proposer == peers_.self(); });
  if (mine != changes.end()) {
    const auto attempt = attempts_.find(*mine);
    if (attempt != attempts_.end()) outcome.found = attempt->second;
  }
  Value& value = outcome.state.value;
  for (const auto& [id, change] : waiting_) {
    if (id > last) break;
    if (outcome.found.emplace(id, value).second) value = change(value);
  }
  outcome.is_changed = value != state.value;
  if (outcome.is_changed && mine != changes.end()) *mine = ballot;
  if (outcome.is_changed && mine == changes.end()) changes.push_back(ballot);
  return outcome;
}

// ---- Replies

void Proposer::receive(Time now, Member from, const Promise& promise) {
  if (!is_of(Phase::preparing, promise.ballot)) return;
  promised_[from] = promise.accepted;
  if (promised_.size() < peers_.quorum()) return;
  note_round_trip(now);
  const auto latest = std::max_element(promised_.begin(), promised_.end(),
                                       [](const auto& a, const auto& b) { return a.second.ballot < b.second.ballot; });
  prepared_ = Prepared{ballot_, latest->second};
  finish_unchanged() ? begin_round(now) : accept(now);
  check_step();
}

void Proposer::receive(Time now, Member from, const Confirmation& confirmation) {
  if (!is_of(Phase::accepting, confirmation.ballot)) return;
  confirmed_.insert(from);
  if (confirmed_.size() < peers_.quorum()) return;
  note_round_trip(now);
  known_ = {ballot_, outcome_.state};
  prepared_ = Prepared{next_, known_};
  finish(outcome_.found);
  begin_round(now);
  check_step();
}

void Proposer::receive(Time now, Member from, const Conflict& conflict) {
  counter_ = std::max(counter_, conflict.promised.counter);
  if (!is_of(Phase::preparing, conflict.ballot) && !is_of(Phase::accepting, conflict.ballot)) return;
  refused_.insert(from);
  // What others accept may still be a quorum.
  if (phase_ == Phase::preparing || peers_.size() - refused_.size() < peers_.quorum()) fail(now);
  check_step();
}

/// When it is this node's turn after a competitor: those behind it in the list of nodes come first, each half a round
/// trip before the next, which then hears of it and yields. Chance alone within such a short time lets them meet.
Duration Proposer::turn_after(Member competitor) const {
  const std::size_t place = (peers_.self() + peers_.size() - competitor - 1) % peers_.size();
  const Duration round_trip = peers_.round_trip();
  return static_cast<std::int64_t>(place) * round_trip / 2 + peers_.random_up_to(round_trip / 10);
}

/// Leaves the register to the competitor for as long as a few rounds take, at random and longer with every failure,
/// lest they meet again; its end is noticed before.
void Proposer::fail(Time now) {
  const Duration round_trip = std::max<Duration>(peers_.round_trip(), 1ms);
  wait(now + peers_.random_up_to(round_trip * (first_backoff << std::min(failures_, most_backoff_doublings))));
  ++failures_;
}

void Proposer::wait(Time until) {
  phase_ = Phase::backing_off;
  due_ = until;
}

/// Finishes the changes that waited when the round began, if they leave the latest state as it is and all promises show
/// that it is chosen.
bool Proposer::finish_unchanged() {
  const Accepted& latest = prepared_->latest;
  const bool is_chosen = std::all_of(promised_.begin(), promised_.end(),
                                     [&](const auto& each) { return each.second.ballot == latest.ballot; });
  if (!is_chosen) return false;
  const Outcome outcome = apply(latest.state, {}, last_covered_);
  if (outcome.is_changed) return false;
  finish(outcome.found);
  return true;
}

/// All attempts before were of these changes, too.
void Proposer::finish(const std::map<ChangeId, Value>& found) {
  for (const auto& [id, value] : found) {
    if (waiting_.erase(id) > 0) done_.push_back({id, value});
  }
  rest();
}

void Proposer::rest() {
  phase_ = Phase::idle;
  attempts_.clear();
  failures_ = 0;
  repetitions_ = 0;
}

// ---- Asking

void Proposer::ask(Time now, Phase phase, Request request, const std::vector<Member>& members) {
  phase_ = phase;
  request_ = std::move(request);
  asked_.clear();
  promised_.clear();
  confirmed_.clear();
  refused_.clear();
  asked_at_ = now;
  due_ = now + peers_.pause(repetitions_);
  for (const Member member : members) {
    asked_.insert(member);
    requests_.push_back({member, request_});
  }
}

/// Asks all who have not answered, asked before or not.
void Proposer::ask_again(Time now) {
  for (Member member = 0; member < peers_.size(); ++member) {
    if (has_answered(member)) continue;
    if (!asked_.insert(member).second) peers_.note_silent(member);
    requests_.push_back({member, request_});
  }
  due_ = now + peers_.pause(++repetitions_);
}

/// What was asked too often says more about losses than about the way.
void Proposer::note_round_trip(Time now) {
  if (repetitions_ <= 1) peers_.note_round_trip(now - asked_at_);
  repetitions_ = 0;
}

}  // namespace mznode::caspaxos
