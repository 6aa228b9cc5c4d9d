#include "tests/workloads/caspaxos/cluster.hpp"

#include <algorithm>
#include <utility>

namespace mznode::caspaxos {

Cluster::Cluster(std::size_t size, std::uint64_t seed) : history(size), random_state_(seed), nodes_(size) {
  for (Member member = 0; member < size; ++member) start(member);
}

std::uint64_t Cluster::random(std::uint64_t bound) {
  random_state_ = random_state_ * 6364136223846793005u + 1442695040888963407u;
  return (random_state_ >> 33) % bound;
}

void Cluster::start(Member member) {
  Node& node = nodes_[member];
  if (!reuses_ballots || node.incarnation == 0) node.incarnation = ++last_incarnation_;
  node.peers = std::make_unique<Peers>(
      Peers::Config{.members = size(), .self = member, .incarnation = node.incarnation, .random = [this] {
                      return random(UINT64_C(1) << 31);
                    }});
  node.share = std::make_unique<Register>(*node.peers);
  node.waiting.clear();
  for (const auto& saved : node.disk) node.share->restore(now, saved);
}

void Cluster::crash(Member member) {
  nodes_[member].share.reset();
}

void Cluster::restart(Member member) {
  if (on_restart) on_restart(nodes_[member].disk);
  start(member);
}

void Cluster::restart_without_memory(Member member) {
  nodes_[member].disk.clear();
  nodes_[member].has_forgotten = true;
  start(member);
}

void Cluster::submit(Member member, std::int64_t id, Change change) {
  history.note_submitted(id);
  nodes_[member].waiting[++last_change_] = id;
  nodes_[member].share->submit(now, last_change_, std::move(change));
  pump(member);
}

bool Cluster::withdraw(Member member, std::int64_t id) {
  Node& node = nodes_[member];
  const auto found =
      std::find_if(node.waiting.begin(), node.waiting.end(), [&](const auto& each) { return each.second == id; });
  if (found == node.waiting.end()) return false;
  const bool is_certain = node.share->withdraw(found->first);
  if (is_certain) history.note_denied(id);
  node.waiting.erase(found);
  return is_certain;
}

void Cluster::pump(Member member) {
  const Register::Effects effects = nodes_[member].share->take_effects();
  for (const auto& [change, found] : effects.done) {
    const auto waiting = nodes_[member].waiting.extract(change);
    if (waiting.empty()) continue;
    done_[waiting.mapped()] = list_of(found);
    if (on_done) on_done(member, waiting.mapped(), list_of(found));
    history.note_done(waiting.mapped(), list_of(found));
  }
  for (const auto& [to, request] : effects.requests) {
    if (const auto* accept = std::get_if<Accept>(&request)) history.note_proposed(*accept);
    send({member, to, request});
  }
}

void Cluster::answer(Member member, Member from, const Request& request) {
  Node& node = nodes_[member];
  if (!accepts(member)) return node.share->overhear(now, request);
  const Reply reply = node.share->answer(now, request);
  if (const auto unsaved = node.share->acceptor().take_unsaved()) {
    if (random(100) < faults.crash_before_sync_percent) {
      crash(member);
      return;
    }
    node.disk.push_back(*unsaved);
  }
  if (const auto* confirmation = std::get_if<Confirmation>(&reply)) history.note_accepted(member, confirmation->ballot);
  send({member, from, reply});
}

void Cluster::send(Packet packet) {
  if (packet.from == packet.to) {
    network_.emplace(now, std::move(packet));
    return;
  }
  ++messages_;
  unsigned copies = random(100) < faults.loss_percent ? 0 : 1;
  if (random(100) < faults.duplicate_percent) ++copies;
  for (unsigned copy = 0; copy < copies; ++copy) {
    const auto longest = static_cast<std::uint64_t>(faults.longest_delay.count());
    network_.emplace(now + Duration(static_cast<std::int64_t>(random(longest + 1))), packet);
  }
}

void Cluster::deliver(Packet packet) {
  const Member to = packet.to;
  if (is_cut(packet.from, to) || !is_up(to)) {
    if (on_loss) on_loss(packet);
    return;
  }
  if (on_delivery) on_delivery(packet);
  if (const auto* request = std::get_if<Request>(&packet.message)) {
    answer(to, packet.from, *request);
  } else {
    nodes_[to].share->receive(now, packet.from, std::get<Reply>(packet.message));
    pump(to);
  }
}

void Cluster::settle() {
  // Nodes that have broken a rule may well talk for ever.
  while (!history.violation && !network_.empty() && network_.begin()->first <= now) {
    const Packet packet = std::move(network_.begin()->second);
    network_.erase(network_.begin());
    deliver(packet);
  }
}

std::optional<Time> Cluster::next_event() const {
  Time next = network_.empty() ? Time::max() : network_.begin()->first;
  for (const Node& node : nodes_) {
    if (node.share) next = std::min(next, node.share->next_tick());
  }
  return next == Time::max() ? std::nullopt : std::optional(next);
}

void Cluster::run(Duration duration) {
  const Time end = now + duration;
  for (auto next = next_event(); next && *next <= end && !history.violation; next = next_event()) {
    now = std::max(now, *next);
    settle();
    for (Member member = 0; member < size(); ++member) {
      if (!is_up(member) || nodes_[member].share->next_tick() > now) continue;
      nodes_[member].share->tick(now);
      pump(member);
    }
  }
  now = end;
}

}  // namespace mznode::caspaxos
