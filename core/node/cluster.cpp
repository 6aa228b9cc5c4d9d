#include "mznode/node/cluster.hpp"

#include <stdexcept>
#include <utility>

namespace mznode {
namespace {

/// No conversation that ends is longer.
constexpr std::size_t most_deliveries = 1'000'000;

}  // namespace

Cluster::Cluster(std::vector<std::string> ids, Installer install, std::uint64_t seed)
    : ids_(std::move(ids)), install_(std::move(install)), chance_(seed) {
  for (const std::string& id : ids_) lives_[id].world = std::make_unique<FakeRuntime>(chance_.random());
  now_ = chance_.now();
  for (const std::string& id : ids_) start(id);
}

void Cluster::start(const std::string& node) {
  Life& life = lives_.at(node);
  if (life.node != nullptr) throw std::logic_error(node + " is alive already");
  life.node = std::make_unique<Node>(*life.world);
  life.installed = install_(*life.node);
  life.world->init(*life.node, node, ids_);
  collect(node);
}

void Cluster::kill(const std::string& node) {
  Life& life = lives_.at(node);
  life.world->detach();
  life.node.reset();  // its tasks use what was installed
  life.installed.reset();
}

void Cluster::request(std::string_view client, std::string_view node, std::string_view body) {
  const auto life = lives_.find(node);
  if (life == lives_.end()) throw std::logic_error("there is no node " + std::string(node));
  replies_[std::string(client)];
  if (life->second.node == nullptr) return;
  life->second.world->deliver(client, body);
  collect(life->first);
}

std::vector<SentMessage> Cluster::take_replies(std::string_view client) {
  const auto found = replies_.find(client);
  return found == replies_.end() ? std::vector<SentMessage>() : std::exchange(found->second, {});
}

void Cluster::collect(const std::string& node) {
  for (SentMessage& message : lives_.at(node).world->take_all()) {
    const auto client = replies_.find(message.dest);
    (client == replies_.end() ? in_flight_ : client->second).push_back(std::move(message));
  }
}

SentMessage Cluster::take(std::size_t place) {
  SentMessage message = at(place);
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(place));
  return message;
}

void Cluster::hand_over(const SentMessage& message) {
  const auto life = lives_.find(message.dest);
  if (life == lives_.end() || life->second.node == nullptr) return;
  life->second.world->deliver(message.src, message.body.text());
  collect(message.dest);
}

void Cluster::deliver(std::size_t place) {
  const SentMessage message = take(place);
  hand_over(message);
}

void Cluster::duplicate(std::size_t place) {
  const SentMessage message = at(place);
  hand_over(message);
}

void Cluster::drop(std::size_t place) {
  take(place);
}

bool Cluster::deliver_any() {
  if (in_flight_.empty()) return false;
  deliver(chance_.random() % in_flight_.size());
  return true;
}

void Cluster::deliver_all() {
  for (std::size_t i = 0; !in_flight_.empty(); ++i) {
    if (i == most_deliveries) throw std::logic_error("the nodes never stop talking to each other");
    deliver();
  }
}

void Cluster::drop_between(std::string_view a, std::string_view b) {
  std::erase_if(in_flight_, [&](const SentMessage& message) {
    return (message.src == a && message.dest == b) || (message.src == b && message.dest == a);
  });
}

void Cluster::answer(std::size_t place, std::string_view type, const Json& fields) {
  const SentMessage request = take(place);
  const auto life = lives_.find(request.src);
  if (life == lives_.end() || life->second.node == nullptr) return;
  life->second.world->reply(request, type, fields);
  collect(request.src);
}

void Cluster::advance(Duration duration) {
  const Time end = now_ + duration;
  for (;;) {
    Time next = end;
    for (const auto& [id, life] : lives_) {
      const auto due = life.node == nullptr ? std::nullopt : life.world->next_timer();
      if (due) next = std::min(next, std::max(*due, now_));
    }
    for (const std::string& id : ids_) {
      FakeRuntime& world = *lives_.at(id).world;
      world.advance(next - world.now());
      collect(id);
    }
    now_ = next;
    if (next == end) return;
  }
}

}  // namespace mznode
