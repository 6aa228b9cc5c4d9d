#include "caspaxos/acceptor.hpp"

#include "mznode/node/invariant.hpp"

namespace mznode::caspaxos {

Reply Acceptor::receive(const Request& request) {
  const Ballot promised = promised_;
  const Ballot accepted = accepted_.ballot;
  Reply reply = std::visit([this](const auto& each) { return on(each); }, request);
  invariant(promised_ >= promised, "no promise is taken back", {promised_.counter, promised.counter});
  invariant(accepted_.ballot >= accepted, "nothing is accepted in the place of something later",
            {accepted_.ballot.counter, accepted.counter});
  invariant(promised_ > accepted_.ballot || is_blank(), "with what is accepted the next ballot is promised",
            {promised_.counter, accepted_.ballot.counter});
  return reply;
}

Reply Acceptor::on(const Prepare& prepare) {
  if (prepare.ballot < promised_) return Conflict{prepare.ballot, promised_};
  promised_ = prepare.ballot;
  return Promise{prepare.ballot, accepted_};
}

Reply Acceptor::on(const Accept& accept) {
  // Asked again, it has promised more already, but the answer is still the same.
  if (accept.ballot == accepted_.ballot) return Confirmation{accept.ballot};
  if (accept.ballot < promised_) return Conflict{accept.ballot, promised_};
  accepted_ = {accept.ballot, accept.state};
  promised_ = accept.next;
  return Confirmation{accept.ballot};
}

Reply Acceptor::on(const Query& query) const {
  return Report{query.life, query.number, accepted_};
}

std::optional<Acceptor::Saved> Acceptor::take_unsaved() {
  if (saved_promise_ == promised_) return std::nullopt;  // every change promises more
  Saved unsaved{.promised = promised_, .accepted = std::nullopt};
  if (saved_accepted_ != accepted_.ballot) unsaved.accepted = accepted_;
  saved_promise_ = promised_;
  saved_accepted_ = accepted_.ballot;
  return unsaved;
}

void Acceptor::restore(const Saved& saved) {
  demand(saved.promised >= promised_ && (!saved.accepted || saved.accepted->ballot >= accepted_.ballot),
         "ballots only grow from record to record");
  saved_promise_ = promised_ = saved.promised;
  if (saved.accepted) accepted_ = *saved.accepted;
  saved_accepted_ = accepted_.ballot;
}

}  // namespace mznode::caspaxos
