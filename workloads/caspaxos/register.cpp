#include "caspaxos/register.hpp"

#include <type_traits>
#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode::caspaxos {

void Register::restore(Time now, const Acceptor::Saved& saved) {
  acceptor_.restore(saved);
  proposer_.observe(now, acceptor_.promised(), acceptor_.accepted());
}

void Register::submit(Time now, ChangeId id, Change change) {
  if (change(proposer_.guess()) != proposer_.guess()) {
    proposer_.submit(now, id, std::move(change));
    return;
  }
  asking_.emplace(id, std::move(change));
  reader_.ask(now, id);
}

bool Register::withdraw(ChangeId id) {
  if (asking_.erase(id) == 0) return proposer_.withdraw(id);
  reader_.forget(id);
  return true;
}

Reply Register::answer(Time now, const Request& request) {
  Reply reply = acceptor_.receive(request);
  proposer_.observe(now, acceptor_.promised(), acceptor_.accepted());
  invariant(counter() >= acceptor_.promised().counter, "a node counts on from what it has promised",
            {counter(), acceptor_.promised().counter});
  return reply;
}

void Register::overhear(Time now, const Request& request) {
  if (const auto* prepare = std::get_if<Prepare>(&request)) {
    proposer_.observe(now, prepare->ballot, {});
  } else if (const auto* accept = std::get_if<Accept>(&request)) {
    proposer_.observe(now, accept->next, {accept->ballot, accept->state});
  }
}

void Register::receive(Time now, Member from, const Reply& reply) {
  peers_.note_heard(from);
  std::visit(
      [&]<class T>(const T& each) {
        if constexpr (std::is_same_v<T, Report>) {
          reader_.receive(now, from, each);
        } else {
          proposer_.receive(now, from, each);
        }
      },
      reply);
  settle_questions(now);
}

void Register::tick(Time now) {
  proposer_.tick(now);
  reader_.tick(now);
  settle_questions(now);
}

/// A change that leaves the chosen value as it is, is done; all others have to be proposed.
void Register::settle_questions(Time now) {
  for (auto& [id, chosen] : reader_.take_found()) {
    auto asking = asking_.extract(id);
    if (asking.empty()) continue;
    if (chosen && asking.mapped()(chosen->state.value) == chosen->state.value) {
      done_.push_back({id, chosen->state.value});
    } else {
      proposer_.submit(now, id, std::move(asking.mapped()));
    }
  }
}

Register::Effects Register::take_effects() {
  Effects effects{.requests = proposer_.take_requests(), .done = proposer_.take_done()};
  for (auto& request : reader_.take_requests()) effects.requests.push_back(std::move(request));
  for (auto& done : std::exchange(done_, {})) effects.done.push_back(std::move(done));
  return effects;
}

}  // namespace mznode::caspaxos
