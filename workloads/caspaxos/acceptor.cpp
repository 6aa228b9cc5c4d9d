#include "caspaxos/acceptor.hpp"

namespace mznode::caspaxos {

Reply Acceptor::receive(const Request& request) {
  return std::visit([this](const auto& each) { return on(each); }, request);
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
  saved_promise_ = promised_ = saved.promised;
  if (saved.accepted) accepted_ = *saved.accepted;
  saved_accepted_ = accepted_.ballot;
}

}  // namespace mznode::caspaxos
