// What becomes of a client's change, and of what proposers and acceptors want done.

#include "caspaxos/keyspace.hpp"

#include <utility>

#include "caspaxos/wire.hpp"
#include "timeouts.hpp"

namespace mznode::caspaxos {
namespace {

/// Records behind the last complete one, beside two for each register, that make it time for the next.
constexpr std::size_t records_before_compaction = 1'000;

template <class Message>
void send(relay::Relays& relays, const std::string& dest, const Json& key, const Message& message) {
  std::visit([&]<class T>(const T& each) { relays.send(dest, type_of<T>, KeyedMessage<T>{key, each}); }, message);
}

}  // namespace

Task<Value> Keyspace::change(Json key, Change change) {
  const ChangeId id = ++last_change_;
  auto promise = std::shared_ptr<mznode::Promise<Answer>>(new mznode::Promise<Answer>(node_.promise<Answer>()));
  waiting_.emplace(id, promise);
  shares_->submit(node_.now(), key, id, std::move(change));
  driver_->wake();
  const TimerId timer = node_.after(request_timeout(node_), [this, key, id] { give_up(key, id); });
  auto answer = co_await promise->wait();
  node_.cancel_timer(timer);
  waiting_.erase(id);
  if (answer.found) co_return std::move(*answer.found);
  if (answer.may_take_effect) throw Error(ErrorCode::timeout, "the outcome is not known in time");
  throw Error(ErrorCode::temporarily_unavailable, "no majority answered in time");
}

void Keyspace::give_up(const Json& key, ChangeId id) {
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) return;
  const bool is_certain = shares_->withdraw(key, id);
  waiting->second->set({.found = std::nullopt, .may_take_effect = !is_certain});
  driver_->wake();
}

void Keyspace::carry_out(const Shares::Urgent& urgent) {
  for (const auto& [id, found] : urgent.done) {
    // Who has just given up does not wait any more.
    if (const auto waiting = waiting_.find(id); waiting != waiting_.end()) waiting->second->set({.found = found});
  }
  for (const auto& [to, key, request] : urgent.requests) send(relays_, node_.node_ids()[to], key, request);
}

void Keyspace::carry_out(const Shares::Effects& effects) {
  for (const auto& [to, key, reply] : effects.replies) {
    if (to != shares_->peers().self()) {
      send(relays_, node_.node_ids()[to], key, reply);
    } else if (shares_->receive(node_.now(), key, to, reply)) {
      driver_->wake();
    }
  }
}

/// Gives the storage what is new. False when nothing is.
bool Keyspace::save(const Shares::Effects& effects) {
  if (effects.unsaved.empty()) return false;
  append({.registers = effects.unsaved});
  if (records_ > records_before_compaction + 2 * shares_->size()) compact();
  return true;
}

void Keyspace::append(const Record& record) {
  node_.storage().append(to_json(record).text());
  ++records_;
}

void Keyspace::compact() {
  const Record record{
      .enrolment = enrolment_.saved(), .is_acceptor = shares_->is_acceptor(), .registers = shares_->saved()};
  node_.storage().replace(to_json(record).text());
  records_ = 0;
}

}  // namespace mznode::caspaxos
