#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "caspaxos/register.hpp"
#include "caspaxos/wire.hpp"
#include "lin_kv/lin_kv.hpp"
#include "mznode/node/node.hpp"
#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

using namespace mznode::linearizable_kv;
using caspaxos::KeyedMessage;

/// Registers by CASPaxos that live in memory alone, without asking whether they had another life. Correct as long as no
/// process dies; each mutant breaks one thing more.
class Replica {
 public:
  explicit Replica(Node& node) : node_(node) {
    node.on_init([this] {
      peers_.emplace(caspaxos::Peers::Config{.members = node_.node_ids().size(),
                                             .self = member(node_.id()),
                                             .incarnation = Incarnation(node_.incarnation()),
                                             .random = [this] { return node_.random(); }});
    });
    node.every(5ms, [this] { tick(); });
    node.on("read", this, &Replica::read);
    node.on("write", this, &Replica::write);
    node.on("cas", this, &Replica::cas);
    on_request<caspaxos::Prepare>();
    on_request<caspaxos::Accept>();
    on_request<caspaxos::Query>();
    on_reply<caspaxos::Promise>();
    on_reply<caspaxos::Confirmation>();
    on_reply<caspaxos::Conflict>();
    on_reply<caspaxos::Report>();
  }
  virtual ~Replica() = default;

 protected:
  using Register = caspaxos::Register;

  /// What a mutant takes a reply for.
  virtual void tamper(const Register&, caspaxos::Reply&) {}

 private:
  template <class T>
  void on_request() {
    node_.on(caspaxos::type_of<T>, [this](KeyedMessage<T> body, Request request) {
      const auto reply = find(body.key).answer(node_.now(), body.message);
      std::visit([&](const auto& each) { send(request.src, body.key, each); }, reply);
    });
  }
  template <class T>
  void on_reply() {
    node_.on(caspaxos::type_of<T>, [this](KeyedMessage<T> body, Request request) {
      take(body.key, member(request.src), std::move(body.message));
      pump(body.key);
    });
  }
  template <class T>
  void send(const std::string& dest, const Json& key, const T& message) {
    node_.send(dest, caspaxos::type_of<T>, KeyedMessage<T>{key, message});
  }
  Member member(const std::string& name) const { return member_of(node_.node_ids(), name); }
  Register& find(const Json& key) { return registers_.try_emplace(key, *peers_).first->second; }

  void take(const Json& key, Member from, caspaxos::Reply reply) {
    Register& each = find(key);
    tamper(each, reply);
    each.receive(node_.now(), from, reply);
  }
  void tick() {
    for (auto& [key, each] : registers_) {
      each.tick(node_.now());
      pump(key);
    }
  }
  void pump(const Json& key) {
    Register& each = find(key);
    for (auto effects = each.take_effects(); !effects.requests.empty() || !effects.done.empty();
         effects = each.take_effects()) {
      for (const auto& [id, found] : effects.done) waiting_.at(id)->set(found);
      for (const auto& [to, request] : effects.requests) {
        if (to == peers_->self()) {
          take(key, to, each.answer(node_.now(), request));
        } else {
          const std::string& dest = node_.node_ids()[to];
          std::visit([&](const auto& message) { send(dest, key, message); }, request);
        }
      }
    }
  }

  Task<Json> change(Json key, caspaxos::Change change) {
    const auto id = ++last_change_;
    auto promise = std::shared_ptr<Promise<Json>>(new Promise<Json>(node_.promise<Json>()));
    waiting_[id] = promise;
    find(key).submit(node_.now(), id, std::move(change));
    pump(key);
    co_return co_await promise->wait();
  }
  Task<ReadOk> read(Read request) {
    caspaxos::Change same = [](const Json& found) { return found; };
    auto found = co_await change(request.key, std::move(same));
    if (found.is_null()) throw Error(ErrorCode::key_does_not_exist, "there is no such key");
    co_return ReadOk{found};
  }
  Task<> write(Write request) {
    caspaxos::Change set = [to = request.value](const Json&) { return to; };
    co_await change(request.key, std::move(set));
  }
  Task<> cas(Cas request) {
    const Json from = request.from;
    caspaxos::Change swap = [from, to = request.to](const Json& found) { return found == from ? to : found; };
    auto found = co_await change(request.key, std::move(swap));
    if (found.is_null()) throw Error(ErrorCode::key_does_not_exist, "there is no such key");
    if (found != from) throw Error(ErrorCode::precondition_failed, "another value");
  }

  Node& node_;
  std::optional<caspaxos::Peers> peers_;
  std::map<Json, Register> registers_;
  caspaxos::ChangeId last_change_ = 0;
  std::map<caspaxos::ChangeId, std::shared_ptr<Promise<Json>>> waiting_;
};

class SkipsTheReadPhase final : public Replica {
 public:
  using Replica::Replica;

 private:
  void tamper(const Register& each, caspaxos::Reply& reply) override {
    if (auto* promise = std::get_if<caspaxos::Promise>(&reply)) promise->accepted = each.acceptor().accepted();
  }
};

class ShowsWhatMayNotBeChosen final : public Replica {
 public:
  using Replica::Replica;

 private:
  void tamper(const Register& each, caspaxos::Reply& reply) override {
    auto* report = std::get_if<caspaxos::Report>(&reply);
    const auto& own = each.acceptor().accepted();
    if (report != nullptr && own.ballot > report->accepted.ballot) report->accepted = own;
  }
};

class RepeatsWhatMayHaveTakenEffect final : public Replica {
 public:
  using Replica::Replica;

 private:
  void tamper(const Register&, caspaxos::Reply& reply) override {
    if (auto* promise = std::get_if<caspaxos::Promise>(&reply)) promise->accepted.state.changes.clear();
  }
};

}  // namespace

Installed caspaxos_replica(Node& node) {
  return std::make_shared<Replica>(node);
}
Installed caspaxos_skips_the_read_phase(Node& node) {
  return std::make_shared<SkipsTheReadPhase>(node);
}
Installed caspaxos_shows_what_may_not_be_chosen(Node& node) {
  return std::make_shared<ShowsWhatMayNotBeChosen>(node);
}
Installed caspaxos_repeats_what_may_have_taken_effect(Node& node) {
  return std::make_shared<RepeatsWhatMayHaveTakenEffect>(node);
}

}  // namespace mznode::mutants
