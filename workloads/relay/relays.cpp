#include "relay/relays.hpp"

namespace mznode::relay {

Relays::Relays(Node& node) : node_(node) {
  node_.on_init([this] { start(); });
  node_.on_peer("hearings", [this](Hearings hearings, Request request) {
    relay_->receive(node_.now(), hear(request.src), hearings);
    wake();
  });
  node_.on_peer("parcel", [this](Parcel parcel, Request request) {
    hear(request.src);
    on_parcel(std::move(parcel));
  });
}

void Relays::start() {
  relay_.emplace(Relay::Config{
      .members = node_.node_ids().size(), .self = member(node_.id()), .life = Incarnation(node_.incarnation())});
  driver_.emplace(node_, *relay_, Driver<Relay>::Pace::at_once,
                  Driver<Relay>::Actions{.carry_out = [this](RelayEffects effects) {
                    if (!effects.hearings) return;
                    for (const std::string& peer : node_.peers()) node_.send(peer, "hearings", *effects.hearings);
                  }});
}

void Relays::ask(const std::string& dest, const Token& token) {
  relay_->ask(node_.now(), member(dest), token);
  wake();
}

Member Relays::hear(const std::string& src) {
  const Member from = member(src);
  relay_->hear(node_.now(), from);
  wake();
  return from;
}

/// While all is well, nothing is to be done, nor is there a timer that would do it.
void Relays::wake() {
  if (relay_->is_busy()) driver_->wake();
}

void Relays::send_around(const std::string& dest, const std::string& kind, Json fields) {
  Parcel parcel{.from = member(node_.id()),
                .life = Incarnation(node_.incarnation()),
                .number = relay_->next_parcel(),
                .way = {},
                .kind = kind,
                .fields = std::move(fields)};
  for (auto& way : relay_->ways(node_.now(), member(dest))) {
    parcel.way = std::move(way);
    pass(parcel);
  }
}

void Relays::pass(const Parcel& parcel) {
  node_.send(node_.node_ids()[parcel.way.front()], "parcel", parcel);
}

void Relays::on_parcel(Parcel parcel) {
  const auto kind = kinds_.find(parcel.kind);
  demand(kind != kinds_.end(), "what is in a parcel is a message that nodes send each other");
  switch (relay_->receive(parcel)) {
    case Relay::Passage::arrives: kind->second(parcel.fields, node_.node_ids()[parcel.from]); break;
    case Relay::Passage::goes_on: pass(parcel); break;
    case Relay::Passage::is_known: break;
  }
}

}  // namespace mznode::relay
