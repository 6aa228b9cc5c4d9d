#include "enrolment/enrolment.hpp"

namespace mznode {
namespace {

/// Peers may not exist yet in the moment in which this node gets its `init`.
constexpr Duration announce_delay = 100ms;
constexpr Duration announce_again_after = 200ms;

}  // namespace

Enrolment::Enrolment(Node& node, relay::Relays& relays, std::function<void(const Saved&)> save,
                     std::function<void()> admit)
    : node_(node), relays_(relays), save_(std::move(save)), admit_(std::move(admit)) {
  relays_.on_peer<Hello>("hello", [this](const Hello& hello, const std::string& src) { on_hello(hello, src); });
  relays_.on_peer<Welcome>("welcome",
                           [this](const Welcome& welcome, const std::string& src) { on_welcome(welcome, src); });
}

void Enrolment::restore(const Saved& saved) {
  if (saved.identity) {
    if (saved.identity->members != members()) {
      throw Error(ErrorCode::not_supported,
                  "the data directory belongs to a node of another cluster; give a fresh one for every run");
    }
    if (!admission_) admission_.emplace(members().size(), saved.identity->life, false, node_.now());
  }
  if (!saved.met.empty() && !admission_) {
    throw Error(ErrorCode::not_supported, "the data directory does not begin with whose it is; give a fresh one");
  }
  for (const auto& [other, memory] : saved.met) admission_->remember(other, memory);
}

void Enrolment::begin() {
  if (admission_) return;
  admission_.emplace(members().size(), MemoryId(node_.incarnation()), true, node_.now());
  save_(saved());
}

Enrolment::Saved Enrolment::saved() const {
  return {.identity = MemoryOwner{memory(), members()}, .met = {admission_->met().begin(), admission_->met().end()}};
}

void Enrolment::introduce(bool is_admitted) {
  is_admitted_ = is_admitted;
  take_verdict();  // the only node of a cluster has nobody to ask
  // What is not durable must not be introduced to anybody.
  node_.sync([this] { node_.after(announce_delay, [this] { announce(); }); });
}

void Enrolment::announce() {
  if (admission_->is_known_to_all() || admission_->verdict() == Admission::Verdict::non_voter) return;
  // Once admitted, it is only short of being known to nodes that cannot be reached now. Before, one that has answered
  // may have found out since that it is no witness.
  for (const auto& peer : node_.peers()) {
    if (!is_admitted_ || !admission_->is_known_to(member(peer))) relays_.send(peer, "hello", Hello{memory()});
  }
  node_.after(is_admitted_ ? 5 * announce_again_after : announce_again_after, [this] { announce(); });
}

void Enrolment::on_hello(const Hello& hello, const std::string& src) {
  const bool is_new = !admission_->met().contains(member(src));
  const Welcome welcome = admission_->answer(node_.now(), member(src), hello);
  if (!is_new) {
    relays_.send(src, "welcome", welcome);
    return;
  }
  save_({.identity = std::nullopt, .met = {{member(src), hello.life}}});
  node_.sync([this, src, welcome] { relays_.send(src, "welcome", welcome); });
}

void Enrolment::on_welcome(const Welcome& welcome, const std::string& src) {
  admission_->receive(member(src), welcome);
  take_verdict();
}

void Enrolment::take_verdict() {
  if (is_admitted_ || admission_->verdict() != Admission::Verdict::voter) return;
  is_admitted_ = true;
  admit_();
}

}  // namespace mznode
