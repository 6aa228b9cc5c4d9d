#include "tests/workloads/raft/cluster.hpp"

#include <algorithm>
#include <utility>

#include "mznode/json/codec.hpp"

namespace mznode::raft {

Cluster::Cluster(std::size_t size, std::uint64_t seed, std::function<void(Config&)> tweak)
    : random_state_(seed), tweak_(std::move(tweak)), servers_(size) {
  for (Member member = 0; member < size; ++member) {
    servers_[member].disk.hard_state.is_voter = true;
    servers_[member].memory = ++last_memory_;
    start(member);
  }
}

Cluster::Cluster(std::vector<Saved> saved, std::function<void(Config&)> tweak)
    : random_state_(1), tweak_(std::move(tweak)), servers_(saved.size()) {
  for (Member member = 0; member < saved.size(); ++member) {
    servers_[member].disk = std::move(saved[member]);
    servers_[member].disk.hard_state.is_voter = true;
    servers_[member].memory = ++last_memory_;
    start(member);
  }
  now += 1s;  // the last words of the leaders before are forgotten
}

std::uint64_t Cluster::random(std::uint64_t bound) {
  random_state_ = random_state_ * 6364136223846793005u + 1442695040888963407u;
  return (random_state_ >> 33) % bound;
}

void Cluster::start(Member member) {
  Config config;
  config.members = servers_.size();
  config.self = member;
  config.memory = servers_[member].memory;
  config.random = [this] { return random(UINT64_C(1) << 40); };
  if (tweak_) tweak_(config);
  servers_[member].applied.clear();
  servers_[member].applied_index = 0;
  servers_[member].raft = std::make_unique<Raft>(config, servers_[member].disk, now);
  pump(member);
}

void Cluster::crash(Member member) {
  servers_[member].raft.reset();
  check();
}

void Cluster::restart(Member member) {
  if (on_restart) on_restart(servers_[member].disk);
  start(member);
}

void Cluster::restart_without_memory(Member member) {
  servers_[member].disk = {};
  servers_[member].memory = ++last_memory_;
  start(member);
}

std::optional<Member> Cluster::leader() const {
  std::optional<Member> found;
  for (Member member = 0; member < servers_.size(); ++member) {
    const Raft* raft = servers_[member].raft.get();
    if (raft == nullptr || raft->role() != Role::leader) continue;
    if (!found || raft->term() > servers_[*found].raft->term()) found = member;
  }
  return found;
}

std::string Cluster::terms(Member member) const {
  const Log& log = servers_[member].raft->log();
  std::string text;
  for (Index index = log.base_index() + 1; index <= log.last_index(); ++index) {
    text += (text.empty() ? "" : " ") + std::to_string(log.at(index).term);
  }
  return text;
}

void Cluster::check() {
  if (violation) return;
  std::vector<const Raft*> running;
  for (const Server& server : servers_) running.push_back(server.raft.get());
  violation = invariants_.check(running);
}

void Cluster::pump(Member member) {
  Server& server = servers_[member];
  const Effects effects = server.raft->take_effects(now);
  check();
  if (on_effects) on_effects(member, effects);
  if (!effects.unsaved.empty() && random(100) < faults.crash_before_sync_percent) {
    crash(member);
    return;
  }
  server.disk.add(effects.unsaved);
  for (const auto& outgoing : effects.messages) send(member, outgoing);
  apply(server, effects);
}

void Cluster::apply(Server& server, const Effects& effects) {
  if (effects.restore) {
    server.applied = from_json<std::vector<std::string>>(effects.restore->state);
    server.applied_index = effects.restore->index;
  }
  for (const auto& [index, entry] : effects.committed) {
    if (index != server.applied_index + 1 && !violation) violation = "an entry was left out or applied twice";
    server.applied_index = index;
    if (!entry.command.is_null()) server.applied.push_back(*entry.command.as_string());
  }
  for (const auto& [id, confirmed] : effects.reads) {
    reads_[id] = confirmed;
    if (confirmed && server.applied_index < committed_before_[id] && !violation) violation = "a stale read";
  }
}

void Cluster::send(Member from, const Effects::Outgoing& outgoing) {
  ++messages_;
  if (!violation) violation = invariants_.check_vote(from, outgoing.to, outgoing.message);
  const unsigned copies =
      (random(100) < faults.loss_percent ? 0 : 1) + (random(100) < faults.duplicate_percent ? 1 : 0);
  for (unsigned copy = 0; copy < copies; ++copy) {
    const Duration delay(
        static_cast<std::int64_t>(random(static_cast<std::uint64_t>(faults.longest_delay.count()) + 1)));
    network_.emplace(now + delay, Packet{from, outgoing.to, outgoing.message});
  }
}

void Cluster::deliver(Packet packet) {
  if (is_cut(packet.from, packet.to) || !is_up(packet.to) || paused_ == packet.to) {
    if (on_loss) on_loss(packet);
    return;
  }
  if (on_delivery) on_delivery(packet);
  try {
    servers_[packet.to].raft->step(now, packet.from, packet.message);
  } catch (const Error& error) {
    // Each has reason to believe the others; a refusal says that one of the two is wrong.
    if (!violation) violation = std::string("a message was refused: ") + error.what();
  }
  pump(packet.to);
}

void Cluster::settle() {
  settle_until([] { return false; });
}

bool Cluster::settle_until(const std::function<bool()>& is_so) {
  while (!is_so()) {
    // Servers that have broken a rule may well talk for ever.
    if (violation || network_.empty() || network_.begin()->first > now) return false;
    const Packet packet = std::move(network_.begin()->second);
    network_.erase(network_.begin());
    deliver(packet);
  }
  return true;
}

std::optional<Time> Cluster::next_event() const {
  std::optional<Time> next;
  if (!network_.empty()) next = network_.begin()->first;
  for (Member member = 0; member < servers_.size(); ++member) {
    const Server& server = servers_[member];
    if (server.raft && paused_ != member && (!next || server.raft->next_tick() < *next))
      next = server.raft->next_tick();
  }
  return next;
}

void Cluster::run(Duration duration) {
  const Time end = now + duration;
  for (auto next = next_event(); next && *next <= end && !violation; next = next_event()) {
    now = std::max(now, *next);
    settle();
    for (Member member = 0; member < servers_.size(); ++member) {
      if (!is_up(member) || paused_ == member || servers_[member].raft->next_tick() > now) continue;
      servers_[member].raft->tick(now);
      pump(member);
    }
  }
  now = end;
}

void Cluster::elect(Member member) {
  // The others have heard nobody for as long.
  now = std::max(now, (*this)[member].next_tick());
  (*this)[member].tick(now);
  pump(member);
  settle();
}

bool Cluster::propose(Member member, const std::string& command) {
  const bool proposed = (*this)[member].propose(now, Json(command)).has_value();
  pump(member);
  return proposed;
}

bool Cluster::read(Member member, ReadId id, std::optional<ReadingVoter> voter) {
  for (const Server& server : servers_) committed_before_[id] = std::max(committed_before_[id], server.applied_index);
  const bool asked = (*this)[member].read(now, id, voter);
  pump(member);
  return asked;
}

void Cluster::compact(Member member) {
  Server& server = servers_[member];
  if (server.applied_index <= server.raft->log().snapshot().index) return;
  server.raft->compact(server.applied_index, to_json(server.applied));
  pump(member);
}

Saved saved_log(Term term, const std::vector<Term>& entry_terms) {
  Saved saved;
  saved.hard_state.term = term;
  for (const Term each : entry_terms) {
    saved.entries.push_back({.term = each, .command = Json(std::to_string(saved.entries.size() + 1))});
  }
  return saved;
}

}  // namespace mznode::raft
