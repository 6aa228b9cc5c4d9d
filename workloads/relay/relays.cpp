#include "relay/relays.hpp"

namespace mznode::relay {
namespace {

/// The kind of parcels that hold the body of a request or reply.
constexpr const char* call_kind = "call";

}  // namespace

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

void Relays::carry_calls() {
  kinds_.emplace(call_kind, [this](const Json& body, const std::string& src) { deliver(body, src); });
  node_.set_carrier(*this);
}

void Relays::note_request(std::string_view dest, std::uint64_t number) {
  ask(dest, {Token::Kind::call, number, 0});
}

void Relays::note_arrival(std::string_view src, std::optional<std::uint64_t> number) {
  const Member from = hear(src);
  if (number) relay_->answer(node_.now(), from, {Token::Kind::call, *number, 0});
}

void Relays::carry(std::string_view dest, Json body) {
  send_around(dest, call_kind, std::move(body));
}

/// No peer puts a parcel into a parcel, which could be done to any depth.
void Relays::deliver(const Json& body, const std::string& src) {
  demand(!is_delivering_, "what is in a parcel is no parcel");
  is_delivering_ = true;
  try {
    node_.deliver(src, body);
  } catch (...) {
    is_delivering_ = false;
    throw;
  }
  is_delivering_ = false;
}

void Relays::ask(std::string_view dest, const Token& token) {
  relay_->ask(node_.now(), member(dest), token);
  wake();
}

Member Relays::hear(std::string_view src) {
  const Member from = member(src);
  relay_->hear(node_.now(), from);
  wake();
  return from;
}

/// While all is well, nothing is to be done, nor is there a timer that would do it.
void Relays::wake() {
  if (relay_->is_busy()) driver_->wake();
}

void Relays::send_around(std::string_view dest, const std::string& kind, Json fields) {
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
