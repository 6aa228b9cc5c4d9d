// How a node comes to life: what its storage holds, and whether it may accept.

#include "caspaxos/store.hpp"
#include "caspaxos/wire.hpp"

namespace mznode::caspaxos {

Store::Store(Node& node, Options options)
    : node_(node),
      options_(options),
      enrolment_(
          node, [this](const raft::Enrolment::Saved& saved) { append({.enrolment = saved}); },
          [this] { become_acceptor(); }) {
  node_.on_init([this] { start(); });
  install_handlers();
}

void Store::start() {
  peers_.emplace(Peers::Config{.members = node_.node_ids().size(),
                               .self = enrolment_.member(node_.id()),
                               .life = node_.incarnation(),
                               .patience = options_.patience,
                               .random = [this] { return node_.random(); }});
  load(node_.storage().read());
  enrolment_.introduce(is_acceptor_);
}

/// Takes in what an earlier process of this node has saved, or begins a new life.
void Store::load(const std::vector<std::string>& records) {
  for (const std::string& text : records) {
    const auto record = from_json<Record>(Json::parse(text));
    if (record.enrolment) enrolment_.restore(*record.enrolment);
    if (record.is_acceptor) is_acceptor_ = *record.is_acceptor;
    for (const auto& [key, saved] : record.registers) find(key).restore(node_.now(), saved);
  }
  enrolment_.begin();
}

/// What it will say as an acceptor is durable only when this is.
void Store::become_acceptor() {
  is_acceptor_ = true;
  append({.is_acceptor = true});
}

template <class T>
void Store::install_request() {
  node_.on_peer(type_of<T>, [this](Keyed<T> body, mznode::Request request) {
    demand_possible(body.key, enrolment_.member(request.src), body.message);
    answer(body.key, enrolment_.member(request.src), body.message);
    wake();
  });
}

template <class T>
void Store::install_reply() {
  node_.on_peer(type_of<T>, [this](Keyed<T> body, mznode::Request request) {
    demand_possible(body.key, body.message);
    receive(body.key, enrolment_.member(request.src), body.message);
  });
}

void Store::install_handlers() {
  install_request<Prepare>();
  install_request<Accept>();
  install_request<Query>();
  install_reply<Promise>();
  install_reply<Confirmation>();
  install_reply<Conflict>();
  install_reply<Report>();
}

}  // namespace mznode::caspaxos
