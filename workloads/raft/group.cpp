// The loop of a server: events go into Raft, effects come out, are saved, sent and applied.

#include "raft/group.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace mznode::raft {
namespace {

struct SendTo {
  Node& node;
  const std::string& dest;
  void operator()(const RequestVote& message) const { node.send(dest, "request_vote", message); }
  void operator()(const Vote& message) const { node.send(dest, "vote", message); }
  void operator()(const AppendEntries& message) const { node.send(dest, "append_entries", message); }
  void operator()(const InstallSnapshot& message) const { node.send(dest, "install_snapshot", message); }
  void operator()(const Appended& message) const { node.send(dest, "appended", message); }
};

}  // namespace

void Group::step(const std::string& src, const Message& message) {
  raft_->step(node_.now(), enrolment_.member(src), message);
  wake();
}

/// Sees to it that flush() runs when all that has arrived is handled: then one sync, and one message to each peer, will
/// do for all of it.
void Group::wake() {
  if (is_woken_ || is_syncing_) return;
  is_woken_ = true;
  node_.after(Duration::zero(), [this] {
    is_woken_ = false;
    flush();
  });
}

void Group::flush() {
  invariant(!is_syncing_, "no effect overtakes those of an earlier batch");
  Effects effects = raft_->take_effects(node_.now());
  if (effects.unsaved.empty()) {
    release(effects);
    return;
  }
  write(effects.unsaved);
  // Until it is done Raft keeps its further effects to itself, so that none overtakes these.
  is_syncing_ = true;
  node_.sync([this, effects = std::move(effects)] {
    is_syncing_ = false;
    release(effects);
    wake();
  });
}

void Group::write(const Unsaved& unsaved) {
  if (!unsaved.rewrite) {
    append({.enrolment = std::nullopt, .unsaved = unsaved});
    return;
  }
  const Record record{.enrolment = enrolment_.saved(), .unsaved = unsaved};
  node_.storage().replace(to_json(record).text());
}

void Group::release(const Effects& effects) {
  for (const auto& [to, message] : effects.messages) std::visit(SendTo{node_, enrolment_.members()[to]}, message);
  if (effects.restore) {
    const auto state = from_json<SnapshotState>(effects.restore->state);
    machine_.restore_text(state.machine);
    sessions_.restore(state.sessions);
    applied_ = effects.restore->index;
  }
  for (const auto& [index, entry] : effects.committed) apply(index, entry);
  for (const auto& [id, confirmed] : effects.reads) {
    const auto read = reads_.extract(id);
    invariant(!read.empty(), "a read is answered once", {id});
    if (!confirmed) continue;  // whoever asked will hear of another leader
    const Question& question = read.mapped().question;
    answer(read.mapped().asker, question.life, question.number, {.result = machine_.query_text(question.question)});
  }
  invariant(applied_ <= raft_->commit(), "what is applied is committed", {applied_, raft_->commit()});
  tell_of_leader();
  // While this was being saved, a leader's snapshot may have come that is further on.
  if (applied_ >= raft_->log().snapshot().index + options_.snapshot_entries) take_snapshot();
  set_timer();
}

void Group::apply(Index index, const Entry& entry) {
  invariant(index == applied_ + 1, "entries are applied in their order", {index, applied_});
  applied_ = index;
  if (entry.command.is_null()) return;
  SessionCommand command;
  try {
    command = read_command(index, entry.command);
  } catch (const Error& error) {
    // It was taken in before anybody looked. Every server comes to this, so on all of them it has no effect.
    node_.log(LogLevel::error, "entry ", index, " of the log is no command, and has no effect: ", error.what());
    return;
  }
  const Outcome outcome =
      sessions_.apply(index, command, [&](const Json& operation) { return carry_out(index, operation); });
  proposed_.erase(command.id());
  // The one who asked will apply it, too, but hears of its being committed later.
  if (command.origin == node_.id() || is_leader()) {
    answer(command.origin, command.life, command.number, outcome);
  }
}

/// An operation that was checked cannot fail but for want of memory. To leave it out would be to go on from another
/// state than the other servers.
Json Group::carry_out(Index index, const Json& operation) {
  try {
    return machine_.apply_text(operation);
  } catch (const std::exception& error) {
    node_.log(LogLevel::error, "entry ", index, " of the log cannot be applied, so this node stops: ", error.what());
    std::terminate();
  }
}

void Group::take_snapshot() {
  raft_->compact(applied_, to_json(SnapshotState{machine_.save_text(), sessions_.save()}));
  wake();
}

/// A timer that is early does no harm, so it is set anew only when it would be late.
void Group::set_timer() {
  const Time next = raft_->next_tick();
  if (timer_ && timer_at_ <= next) return;
  if (timer_) node_.cancel_timer(*timer_);
  timer_.reset();
  if (next == Time::max()) return;
  timer_at_ = next;
  timer_ = node_.after(std::max(next - node_.now(), Duration::zero()), [this] {
    timer_.reset();
    raft_->tick(node_.now());
    wake();  // and what it leads to sets the next one
  });
}

}  // namespace mznode::raft
