#include "tests/workloads/raft/script.hpp"

#include <stdexcept>

#include "tests/workloads/script_members.hpp"

namespace mznode::raft {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// "2/1" is the entry at index 2, of term 1.
std::string place(Index index, Term term) {
  return std::to_string(index) + "/" + std::to_string(term);
}

std::string describe(Index index, const Entry& entry) {
  return place(index, entry.term) + " " + entry.command.as_string().value_or("-");
}

std::string describe(Index first, const std::vector<Entry>& entries) {
  std::string text;
  for (const Entry& entry : entries) {
    text += (text.empty() ? "" : ", ") + describe(first, entry);
    ++first;
  }
  return text;
}

struct Describe {
  std::string operator()(const RequestVote& message) const {
    return std::string("asks for a ") + (message.is_pre_vote ? "pre-vote" : "vote") + " in term " +
           std::to_string(message.term) + ", its log ends at " + place(message.last_index, message.last_term);
  }
  std::string operator()(const Vote& message) const {
    return std::string(message.granted ? "grants" : "refuses") + " its " + (message.is_pre_vote ? "pre-vote" : "vote") +
           " in term " + std::to_string(message.term);
  }
  std::string operator()(const AppendEntries& message) const {
    std::string text =
        message.entries.empty() ? "heartbeat" : "append " + describe(message.prev_index + 1, message.entries);
    return text + " after " + place(message.prev_index, message.prev_term) + ", commit " +
           std::to_string(message.commit) + suffix(message.term, message.round);
  }
  std::string operator()(const InstallSnapshot& message) const {
    return "snapshot up to " + place(message.snapshot.index, message.snapshot.term) +
           suffix(message.term, message.round);
  }
  std::string operator()(const Appended& message) const {
    std::string text = message.success
                           ? "agrees up to " + std::to_string(message.index)
                           : "refuses, agrees up to " + place(message.index, message.conflict_term) + " at most";
    if (!message.is_voter) text += ", does not vote";
    return text + suffix(message.term, message.round);
  }
  static std::string suffix(Term term, Round round) {
    return " (term " + std::to_string(term) + ", round " + std::to_string(round) + ")";
  }
};

std::string describe(const Cluster::Packet& packet) {
  return name(packet.from) + " -> " + name(packet.to) + ": " + std::visit(Describe(), packet.message);
}

std::string describe(const Unsaved& unsaved) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  const auto& hard_state = unsaved.rewrite ? std::optional(unsaved.rewrite->hard_state) : unsaved.hard_state;
  if (hard_state) add("term " + std::to_string(hard_state->term));
  if (hard_state && hard_state->vote) add("vote for " + name(*hard_state->vote));
  if (unsaved.rewrite) {
    const Snapshot& snapshot = unsaved.rewrite->snapshot;
    add("snapshot up to " + place(snapshot.index, snapshot.term));
    if (!unsaved.rewrite->entries.empty()) add(describe(snapshot.index + 1, unsaved.rewrite->entries));
  }
  if (unsaved.append) add(describe(unsaved.append->first, unsaved.append->entries));
  return text;
}

const char* word_for(Role role) {
  constexpr const char* words[] = {"follower", "pre-candidate", "candidate", "leader"};
  return words[static_cast<std::size_t>(role)];
}

const char* word_for(Progress::State state) {
  constexpr const char* words[] = {"probe", "replicate", "snapshot"};
  return words[static_cast<std::size_t>(state)];
}

bool is_on(const std::string& link, const Cluster::Packet& packet) {
  const auto arrow = link.find("->");
  if (arrow == std::string::npos) throw std::invalid_argument("a link is written n0->n1, and not " + link);
  const std::string from = link.substr(0, arrow);
  const std::string to = link.substr(arrow + 2);
  return (from == "*" || member_named(from) == packet.from) && (to == "*" || member_named(to) == packet.to);
}

}  // namespace

std::string ScriptedCluster::run(const std::string& command) {
  out_.str("");
  std::istringstream lines(command);
  std::string line;
  std::getline(lines, line);
  Words words = words_of(line);
  if (words.empty()) throw std::invalid_argument("there is no command");
  const std::string verb = words.front();
  words.erase(words.begin());
  if (verb == "cluster") {
    std::vector<Words> servers;
    while (std::getline(lines, line)) servers.push_back(words_of(line));
    start(words, servers);
    return out_.str();
  }
  if (!cluster_) throw std::invalid_argument("a script begins with a cluster");
  Cluster& cluster = *cluster_;
  const auto member = [&] { return member_named(words.at(0)); };
  if (verb == "campaign" || verb == "heartbeat") {
    cluster.now = std::max(cluster.now, cluster[member()].next_tick());
    cluster[member()].tick(cluster.now);
    cluster.pump(member());
  } else if (verb == "propose") {
    if (!cluster.propose(member(), words.at(1))) out_ << "  " << name(member()) << " does not lead\n";
  } else if (verb == "read") {
    if (!cluster.read(member(), ReadId(std::stoul(words.at(1))))) out_ << "  " << name(member()) << " does not lead\n";
  } else if (verb == "compact") {
    cluster.compact(member());
  } else if (verb == "deliver" || verb == "lose") {
    deliver(words, verb == "lose");
  } else if (verb == "isolate") {
    std::set<Member> members;
    for (const std::string& each : words) members.insert(member_named(each));
    cluster.isolate(members);
  } else if (verb == "heal") {
    cluster.heal();
  } else if (verb == "crash") {
    cluster.crash(member());
  } else if (verb == "restart") {
    roles_[member()].clear();
    cluster.restart(member());
  } else if (verb == "wait") {
    wait(words);
  } else if (verb == "pass") {
    cluster.now += std::chrono::milliseconds(std::stoul(words.at(0)));
  } else if (verb == "state") {
    tell_state();
  } else {
    throw std::invalid_argument("there is no command " + verb);
  }
  if (cluster.violation) out_ << "VIOLATION: " << *cluster.violation << '\n';
  return out_.str();
}

void ScriptedCluster::start(const Words& words, const std::vector<Words>& servers) {
  std::size_t size = servers.size();
  std::size_t max_batch = 0;
  bool lease_reads = false;
  for (const std::string& word : words) {
    if (word.starts_with("max-batch=")) {
      max_batch = std::stoul(word.substr(word.find('=') + 1));
    } else if (word == "lease-reads") {
      lease_reads = true;
    } else {
      size = std::stoul(word);
    }
  }
  std::vector<Saved> saved(size);
  for (const Words& server : servers) {
    std::vector<Term> terms;
    for (std::size_t i = 4; i < server.size(); ++i) terms.emplace_back(std::stoul(server[i]));
    saved.at(member_named(server.at(0))) = saved_log(Term(std::stoul(server.at(2))), terms);
  }
  roles_.assign(size, "");
  cluster_ = std::make_unique<Cluster>(std::move(saved), [=](Config& config) {
    if (max_batch > 0) config.max_batch = max_batch;
    config.lease_reads = lease_reads;
  });
  watch();
}

void ScriptedCluster::watch() {
  for (Member member = 0; member < cluster_->size(); ++member) tell_role(member);
  out_.str("");  // nobody leads yet
  cluster_->on_delivery = [this](const Cluster::Packet& packet) {
    if (!is_quiet_) out_ << describe(packet) << '\n';
  };
  cluster_->on_loss = [this](const Cluster::Packet& packet) {
    if (!is_quiet_) out_ << describe(packet) << " -- LOST\n";
  };
  cluster_->on_effects = [this](Member member, const Effects& effects) { tell_effects(member, effects); };
}

void ScriptedCluster::deliver(const Words& links, bool lost) {
  if (links.empty() || links[0] == "quietly") {
    is_quiet_ = !links.empty();
    cluster_->settle();
    is_quiet_ = false;
    return;
  }
  std::vector<Cluster::Packet> chosen;
  std::erase_if(cluster_->network(), [&](const auto& each) {
    const bool is_chosen =
        std::any_of(links.begin(), links.end(), [&](const std::string& link) { return is_on(link, each.second); });
    if (is_chosen) chosen.push_back(each.second);
    return is_chosen;
  });
  for (const Cluster::Packet& packet : chosen) lost ? cluster_->on_loss(packet) : cluster_->deliver(packet);
}

void ScriptedCluster::wait(const Words& words) {
  is_quiet_ = words.size() > 1 && words[1] == "quietly";
  cluster_->run(std::chrono::milliseconds(std::stoul(words.at(0))));
  is_quiet_ = false;
}

void ScriptedCluster::tell(const std::string& what, Member member) {
  if (!is_quiet_) out_ << "  " << name(member) << " " << what << '\n';
}

void ScriptedCluster::tell_effects(Member member, const Effects& effects) {
  tell_role(member);
  if (!effects.unsaved.empty()) tell("saves " + describe(effects.unsaved), member);
  if (effects.restore)
    tell("goes on from the snapshot up to " + place(effects.restore->index, effects.restore->term), member);
  for (const auto& [index, entry] : effects.committed) tell("applies " + describe(index, entry), member);
  for (const auto& [id, confirmed] : effects.reads) {
    out_ << "  " << name(member) << " read " << id << (confirmed ? " may take place\n" : " fails\n");
  }
}

void ScriptedCluster::tell_role(Member member) {
  const Raft& raft = (*cluster_)[member];
  std::string role;
  switch (raft.role()) {
    case Role::follower: role = "follows " + (raft.leader() ? name(*raft.leader()) : "nobody"); break;
    case Role::pre_candidate: role = "is a pre-candidate"; break;
    case Role::candidate: role = "is a candidate"; break;
    case Role::leader: role = "leads"; break;
  }
  role += " in term " + std::to_string(raft.term());
  if (std::exchange(roles_[member], role) != role) out_ << "  " << name(member) << " " << role << '\n';
}

void ScriptedCluster::tell_state() {
  for (Member member = 0; member < cluster_->size(); ++member) {
    if (!cluster_->is_up(member)) {
      out_ << name(member) << " is down\n";
      continue;
    }
    const Raft& raft = (*cluster_)[member];
    const Log& log = raft.log();
    out_ << name(member) << " " << word_for(raft.role()) << ", term " << raft.term() << ", commit " << raft.commit();
    if (log.base_index() > 0) out_ << ", nothing up to " << place(log.base_index(), *log.term_at(log.base_index()));
    const auto entries = log.slice(log.base_index() + 1, log.last_index());
    out_ << ", log: " << (entries.empty() ? "empty" : describe(log.base_index() + 1, entries)) << '\n';
    if (raft.role() != Role::leader) continue;
    for (const Member other : raft.tracker().others()) {
      const Progress& progress = raft.tracker()[other];
      out_ << "  " << name(other) << " " << word_for(progress.state()) << ", match " << progress.match() << ", next "
           << progress.next() << '\n';
    }
  }
}

}  // namespace mznode::raft
