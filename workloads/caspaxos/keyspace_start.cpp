// How a node comes to life: what its storage holds, and whether it may accept.

#include "caspaxos/keyspace.hpp"
#include "caspaxos/wire.hpp"

namespace mznode::caspaxos {

Keyspace::Keyspace(Node& node, Options options)
    : node_(node),
      relays_(node),
      options_(options),
      enrolment_(
          node, relays_, [this](const Enrolment::Saved& saved) { append({.enrolment = saved}); },
          [this] { become_acceptor(); }) {
  node_.on_init([this] { start(); });
  install_handlers();
}

void Keyspace::start() {
  shares_.emplace(Peers::Config{.members = node_.node_ids().size(),
                                .self = enrolment_.member(node_.id()),
                                .incarnation = Incarnation(node_.incarnation()),
                                .patience = options_.patience,
                                .random = [this] { return node_.random(); }});
  driver_.emplace(
      node_, *shares_, Driver<Shares>::Pace::together,
      Driver<Shares>::Actions{.save = [this](const Shares::Effects& effects) { return save(effects); },
                              .carry_out = [this](const Shares::Effects& effects) { carry_out(effects); },
                              .carry_out_urgent = [this](const Shares::Urgent& urgent) { carry_out(urgent); }});
  load(node_.storage().read());
  enrolment_.introduce(shares_->is_acceptor());
}

/// Takes in what an earlier process of this node has saved, or begins a new life.
void Keyspace::load(const std::vector<std::string>& records) {
  for (const std::string& text : records) {
    const auto record = from_json<Record>(Json::parse(text));
    if (record.enrolment) enrolment_.restore(*record.enrolment);
    if (record.is_acceptor.value_or(false)) shares_->become_acceptor();
    for (const auto& [key, saved] : record.registers) shares_->restore(node_.now(), key, saved);
  }
  enrolment_.begin();
}

/// What it will say as an acceptor is durable only when this is.
void Keyspace::become_acceptor() {
  shares_->become_acceptor();
  append({.is_acceptor = true});
}

template <class T>
void Keyspace::install_request() {
  relays_.on_peer<KeyedMessage<T>>(type_of<T>, [this](const KeyedMessage<T>& body, const std::string& src) {
    const Member from = enrolment_.member(src);
    demand_possible(body.key, from, body.message);
    shares_->answer(node_.now(), body.key, from, body.message);
    driver_->wake();
  });
}

template <class T>
void Keyspace::install_reply() {
  relays_.on_peer<KeyedMessage<T>>(type_of<T>, [this](const KeyedMessage<T>& body, const std::string& src) {
    demand_possible(body.key, body.message);
    const Member from = enrolment_.member(src);
    if (shares_->receive(node_.now(), body.key, from, body.message)) driver_->wake();
  });
}

void Keyspace::install_handlers() {
  install_request<Prepare>();
  install_request<Accept>();
  install_request<Query>();
  install_reply<Promise>();
  install_reply<Confirmation>();
  install_reply<Conflict>();
  install_reply<Report>();
}

}  // namespace mznode::caspaxos
