#include "raft/invariants.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace mznode::raft {
namespace {

std::string name(Member member) {
  return "server " + std::to_string(member);
}

}  // namespace

std::optional<std::string> check_log_matching(const Log& a, const Log& b) {
  const Index base = std::max(a.base_index(), b.base_index());
  Index index = std::min(a.last_index(), b.last_index());
  while (index > base && a.at(index).term != b.at(index).term) --index;
  for (; index > base; --index) {
    if (a.at(index) != b.at(index))
      return "logs differ before an entry that they share, at index " + std::to_string(index);
  }
  return std::nullopt;
}

std::optional<std::string> Invariants::check(const std::vector<const Raft*>& servers) {
  std::vector<bool> has_changed(servers.size());
  for (Member member = 0; member < servers.size(); ++member) {
    if (servers[member] == nullptr) {
      before_.erase(member);
      continue;
    }
    const Raft& server = *servers[member];
    const auto before = before_.find(member);
    has_changed[member] = before == before_.end() || before->second != state_of(server);
    for (const auto& check :
         {&Invariants::check_step, &Invariants::check_election_safety, &Invariants::check_state_machine_safety}) {
      if (auto violation = (this->*check)(member, server)) return violation;
    }
    for (Member other = 0; other < member; ++other) {
      if (servers[other] == nullptr || (!has_changed[other] && !has_changed[member])) continue;
      if (auto violation = check_log_matching(server.log(), servers[other]->log())) {
        return name(other) + " and " + name(member) + ": " + *violation;
      }
    }
  }
  // After all were seen, since what one has committed another may have to have.
  for (Member member = 0; member < servers.size(); ++member) {
    if (servers[member] == nullptr) continue;
    if (auto violation = check_leader_completeness(member, *servers[member])) return violation;
  }
  return std::nullopt;
}

Invariants::Before Invariants::state_of(const Raft& server) {
  return {.role = server.role(),
          .term = server.term(),
          .commit = server.commit(),
          .last_index = server.log().last_index(),
          .last_term = server.log().last_term()};
}

std::optional<std::string> Invariants::check_step(Member member, const Raft& server) {
  const Before now = state_of(server);
  const auto [known, is_new] = before_.emplace(member, now);
  const Before before = std::exchange(known->second, now);
  if (server.commit() > server.log().last_index()) return name(member) + " has committed what it has not";
  if (server.commit() < server.log().snapshot().index) return name(member) + " has a snapshot of what is not committed";
  if (is_new) return std::nullopt;
  if (server.term() < before.term) return name(member) + " went back in term";
  if (server.commit() < before.commit) return name(member) + " took a commit back";
  const bool led_on = server.term() == before.term && before.role == Role::leader && server.role() == Role::leader;
  if (led_on && server.log().last_index() < before.last_index) return name(member) + " shortened its log as a leader";
  return std::nullopt;
}

std::optional<std::string> Invariants::check_vote(Member from, Member to, const Message& message) {
  std::optional<Member> candidate;
  Term term = 0;
  if (const auto* request = std::get_if<RequestVote>(&message); request != nullptr && !request->is_pre_vote) {
    candidate = from;  // who asks for votes has its own
    term = request->term;
  } else if (const auto* vote = std::get_if<Vote>(&message); vote != nullptr && vote->granted && !vote->is_pre_vote) {
    candidate = to;
    term = vote->term;
  }
  if (!candidate || votes_.emplace(std::pair(from, term), *candidate).first->second == *candidate) return std::nullopt;
  return name(from) + " voted twice in term " + std::to_string(term);
}

std::optional<std::string> Invariants::check_election_safety(Member member, const Raft& server) {
  if (server.role() != Role::leader) return std::nullopt;
  const Member first = leaders_.emplace(server.term(), member).first->second;
  if (first == member) return std::nullopt;
  return name(first) + " and " + name(member) + " were both leaders of term " + std::to_string(server.term());
}

std::optional<std::string> Invariants::check_state_machine_safety(Member member, const Raft& server) {
  const Log& log = server.log();
  for (Index index = server.commit(); index > log.base_index(); --index) {
    const auto [known, is_new] =
        committed_.emplace(index, Committed{.entry = log.at(index), .known_in = server.term()});
    if (known->second.entry != log.at(index)) {
      return name(member) + " has committed another entry at index " + std::to_string(index) +
             " than was committed before";
    }
    // What is before it was seen when it was.
    if (!is_new && known->second.known_in <= server.term()) break;
    known->second.known_in = std::min(known->second.known_in, server.term());
  }
  return std::nullopt;
}

std::optional<std::string> Invariants::check_leader_completeness(Member member, const Raft& server) const {
  if (server.role() != Role::leader) return std::nullopt;
  for (auto committed = committed_.rbegin(); committed != committed_.rend(); ++committed) {
    const auto& [index, known] = *committed;
    if (index <= server.log().base_index()) break;
    if (known.known_in > server.term()) continue;
    if (server.log().term_at(index) != known.entry.term) {
      return name(member) + " leads in term " + std::to_string(server.term()) + " without the committed entry " +
             std::to_string(index);
    }
  }
  return std::nullopt;
}

}  // namespace mznode::raft
