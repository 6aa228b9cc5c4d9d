#include "dissemination/replicator.hpp"

#include <algorithm>

namespace mznode::dissemination {

Replicator::Replicator(Node& node, Disseminator::Config config, std::function<std::vector<std::string>()> targets,
                       Hooks hooks)
    : node_(node), config_(config), hooks_(std::move(hooks)) {
  if (!hooks_.read) {
    hooks_.read = [this](Peer from, const Delta& delta) -> std::function<void()> {
      return [this, from, &delta] { take(from, delta); };
    };
  }
  node_.on_init([this, targets = std::move(targets)] {
    disseminator_.emplace(config_, Incarnation(node_.incarnation()), node_.peers().size());
    // It knows itself how long to wait for more.
    driver_.emplace(node_, *disseminator_, Driver<Disseminator>::Pace::at_once,
                    Driver<Disseminator>::Actions{
                        .carry_out = [this](std::vector<Disseminator::Outgoing> due) { send(std::move(due)); }});
    if (targets) set_targets(targets());
  });
  node_.on_peer("gossip", [this](Message message, Request request) { receive(std::move(message), request.src); });
}

Peer Replicator::peer_of(const std::string& name) const {
  const auto& peers = node_.peers();
  return static_cast<Peer>(std::find(peers.begin(), peers.end(), name) - peers.begin());
}

void Replicator::set_targets(const std::vector<std::string>& names) {
  std::vector<Peer> targets;
  for (const auto& name : names) targets.push_back(peer_of(name));
  disseminator_->set_targets(node_.now(), targets);
  driver_->wake();
}

void Replicator::contact_one() {
  const std::vector<Peer> lacking = disseminator_->lacking(node_.now());
  if (lacking.empty()) return;
  disseminator_->contact(node_.now(), lacking[node_.random_below(lacking.size())]);
  driver_->wake();
}

bool Replicator::stays_away(const std::string& target, Duration patience) const {
  const auto since = disseminator_->owes_since(peer_of(target));
  return since && node_.now() - *since > patience;
}

void Replicator::add(const Json& element) {
  if (elements_.insert(element)) spread(element);
}

void Replicator::spread(Json element) {
  disseminator_->add(node_.now(), std::move(element));
  driver_->wake();
}

void Replicator::take(Peer from, const Delta& delta) {
  for (const Json& element : delta.elements) {
    if (elements_.insert(element)) disseminator_->learn(node_.now(), from, element);
  }
}

void Replicator::receive(Message message, const std::string& src) {
  const Peer peer = peer_of(src);
  std::optional<Duration> slack;
  if (message.slack_ns) slack = Duration(*message.slack_ns);
  const Delta delta{.stream = {message.stream.first, message.stream.second},
                    .from = message.from,
                    .to = message.to,
                    .elements = std::move(message.elements),
                    .ack_stream = {message.ack_stream.first, message.ack_stream.second},
                    .ack = message.ack,
                    .gap = message.gap,
                    .chosen = message.chosen,
                    .slack = slack};
  const std::function<void()> take_elements = hooks_.read(peer, delta);
  disseminator_->receive(node_.now(), peer, delta);
  take_elements();
  driver_->wake();
}

void Replicator::send(std::vector<Disseminator::Outgoing> due) {
  for (auto& [to, delta] : due) {
    if (hooks_.pack) hooks_.pack(delta.elements);
    std::optional<std::int64_t> slack_ns;
    if (delta.slack) slack_ns = delta.slack->count();
    const Message message{.stream = {delta.stream.incarnation, delta.stream.number},
                          .from = delta.from,
                          .to = delta.to,
                          .elements = std::move(delta.elements),
                          .ack_stream = {delta.ack_stream.incarnation, delta.ack_stream.number},
                          .ack = delta.ack,
                          .gap = delta.gap,
                          .chosen = delta.chosen,
                          .slack_ns = slack_ns};
    node_.send(node_.peers()[to], "gossip", message);
  }
}

}  // namespace mznode::dissemination
