// The loop of a node: requests and replies go into acceptors and proposers, what must be durable is saved, and what
// they say is sent.

#include "caspaxos/store.hpp"

#include <algorithm>
#include <utility>

#include "caspaxos/wire.hpp"
#include "timeouts.hpp"

namespace mznode::caspaxos {
namespace {

/// Records behind the last complete one, beside two for each register, that make it time for the next.
constexpr std::size_t records_before_compaction = 1'000;

template <class Message>
void send(Node& node, const std::string& dest, const Json& key, const Message& message) {
  std::visit([&]<class T>(const T& each) { node.send(dest, type_of<T>, Keyed<T>{key, each}); }, message);
}

}  // namespace

Register& Store::find(const Json& key) {
  return registers_.try_emplace(key, *peers_).first->second;
}

Task<Value> Store::change(Json key, Change change) {
  const ChangeId id = ++last_change_;
  auto promise = std::shared_ptr<mznode::Promise<Answer>>(new mznode::Promise<Answer>(node_.promise<Answer>()));
  waiting_.emplace(id, promise);
  find(key).submit(node_.now(), id, std::move(change));
  busy_.insert(key);
  wake();
  const TimerId timer = node_.after(request_timeout(node_), [this, key, id] { give_up(key, id); });
  auto answer = co_await promise->wait();
  node_.cancel_timer(timer);
  waiting_.erase(id);
  if (answer.found) co_return std::move(*answer.found);
  if (answer.may_take_effect) throw Error(ErrorCode::timeout, "the outcome is not known in time");
  throw Error(ErrorCode::temporarily_unavailable, "no majority answered in time");
}

void Store::give_up(const Json& key, ChangeId id) {
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) return;
  const bool is_certain = find(key).withdraw(id);
  waiting->second->set({.found = std::nullopt, .may_take_effect = !is_certain});
  busy_.insert(key);  // it may be one to forget
  wake();
}

void Store::answer(const Json& key, Member from, const Request& request) {
  if (!is_acceptor_) return;
  if (const auto* query = std::get_if<Query>(&request); query != nullptr && !registers_.contains(key)) {
    replies_.push_back({from, key, Report{query->life, query->number, {}}});
    return;
  }
  replies_.push_back({from, key, find(key).answer(node_.now(), request)});
  unsaved_.insert(key);
}

void Store::receive(const Json& key, Member from, const Reply& reply) {
  const auto found = registers_.find(key);
  if (found == registers_.end()) {
    peers_->note_heard(from);  // that is all it tells: nobody waits for it any more
    return;
  }
  found->second.receive(node_.now(), from, reply);
  busy_.insert(key);
  wake();
}

/// Sees to it that flush() runs when all that has arrived is handled: then one sync will do for all of it.
void Store::wake() {
  if (is_woken_) return;
  is_woken_ = true;
  node_.after(Duration::zero(), [this] {
    is_woken_ = false;
    flush();
  });
}

void Store::flush() {
  for (const Json& key : busy_) propose(key);
  std::erase_if(busy_, [this](const Json& key) {
    const auto found = registers_.find(key);
    if (found->second.next_tick() != Time::max()) return false;
    if (found->second.is_blank()) registers_.erase(found);
    return true;
  });
  set_timer();
  if (is_syncing_ || replies_.empty()) return;
  auto replies = std::exchange(replies_, {});
  if (!save()) {
    release(replies);
    return;
  }
  // Until it is done all further replies wait: what they tell is not durable either.
  is_syncing_ = true;
  node_.sync([this, replies = std::move(replies)] {
    is_syncing_ = false;
    release(replies);
    wake();
  });
}

void Store::propose(const Json& key) {
  const Register::Effects effects = find(key).take_effects();
  for (const auto& [id, found] : effects.done) {
    // Who has just given up does not wait any more.
    if (const auto waiting = waiting_.find(id); waiting != waiting_.end()) waiting->second->set({.found = found});
  }
  for (const auto& [to, request] : effects.requests) {
    if (to == peers_->self()) {
      answer(key, to, request);
    } else {
      send(node_, node_.node_ids()[to], key, request);
    }
  }
}

void Store::release(const std::vector<OutgoingReply>& replies) {
  for (const auto& [to, key, reply] : replies) {
    if (to == peers_->self()) {
      receive(key, to, reply);
    } else {
      send(node_, node_.node_ids()[to], key, reply);
    }
  }
}

/// Gives the storage what is new. False when nothing is.
bool Store::save() {
  Record record;
  for (const Json& key : std::exchange(unsaved_, {})) {
    const auto found = registers_.find(key);
    if (found == registers_.end()) continue;
    if (auto saved = found->second.acceptor().take_unsaved()) record.registers.emplace_back(key, std::move(*saved));
  }
  if (record.registers.empty()) return false;
  append(record);
  if (records_ > records_before_compaction + 2 * registers_.size()) compact();
  return true;
}

void Store::append(const Record& record) {
  node_.storage().append(to_json(record).text());
  ++records_;
}

void Store::compact() {
  Record record{.enrolment = enrolment_.saved(), .is_acceptor = is_acceptor_};
  for (const auto& [key, each] : registers_) record.registers.emplace_back(key, each.acceptor().saved());
  node_.storage().replace(to_json(record).text());
  records_ = 0;
}

void Store::tick() {
  for (const Json& key : busy_) find(key).tick(node_.now());
  wake();  // and that sets the next timer
}

/// A timer that is early does no harm, so it is set anew only when it would be late.
void Store::set_timer() {
  Time next = Time::max();
  for (const Json& key : busy_) next = std::min(next, find(key).next_tick());
  if (timer_ && timer_at_ <= next) return;
  if (timer_) node_.cancel_timer(*timer_);
  timer_.reset();
  if (next == Time::max()) return;
  timer_at_ = next;
  timer_ = node_.after(std::max(next - node_.now(), Duration::zero()), [this] {
    timer_.reset();
    tick();
  });
}

}  // namespace mznode::caspaxos
