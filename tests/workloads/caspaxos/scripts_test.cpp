#include <sstream>
#include <stdexcept>

#include "tests/script.hpp"
#include "tests/workloads/caspaxos/cluster.hpp"
#include "tests/workloads/script_members.hpp"

// The scripts in tests/workloads/caspaxos/scripts.
namespace mznode::caspaxos {
namespace {

const std::filesystem::path directory = std::filesystem::path(MZNODE_SOURCE_DIR) / "tests/workloads/caspaxos/scripts";

std::string describe(const List& list) {
  std::string text;
  for (const std::int64_t id : list) text += (text.empty() ? "" : " ") + std::to_string(id);
  return "[" + text + "]";
}

/// "2/n1" is the second ballot, n1's.
std::string describe(const Ballot& ballot) {
  return std::to_string(ballot.counter) + "/" + name(ballot.proposer);
}

std::string describe(const Accepted& accepted) {
  if (accepted.ballot == Ballot()) return "nothing";
  return describe(list_of(accepted.state.value)) + " by " + describe(accepted.ballot);
}

struct Describe {
  std::string operator()(const Prepare& message) const { return "prepare " + describe(message.ballot); }
  std::string operator()(const Accept& message) const {
    return "accept " + describe({message.ballot, message.state}) + ", and prepare " + describe(message.next);
  }
  std::string operator()(const Query&) const { return "what have you accepted?"; }
  std::string operator()(const Promise& message) const {
    return "promised " + describe(message.ballot) + ", accepted so far: " + describe(message.accepted);
  }
  std::string operator()(const Confirmation& message) const { return "accepted by " + describe(message.ballot); }
  std::string operator()(const Conflict& message) const {
    return "refused " + describe(message.ballot) + ", promised " + describe(message.promised);
  }
  std::string operator()(const Report& message) const { return "accepted so far: " + describe(message.accepted); }
};

std::string describe(const Cluster::Packet& packet) {
  const std::string what = std::visit([](const auto& side) { return std::visit(Describe(), side); }, packet.message);
  return name(packet.from) + " -> " + name(packet.to) + ": " + what;
}

bool is_on(const std::string& link, const Cluster::Packet& packet) {
  const auto arrow = link.find("->");
  if (arrow == std::string::npos) throw std::invalid_argument("a link is written n0->n1, and not " + link);
  const auto fits = [](const std::string& end, Member member) { return end == "*" || member_named(end) == member; };
  return fits(link.substr(0, arrow), packet.from) && fits(link.substr(arrow + 2), packet.to);
}

/// Nodes with one register, a list, that do what the commands of a script say, and tell what happens. The commands:
///
///   cluster 3                     nodes n0, n1 … of which nobody has written the register
///   append n0 5                   n0 is asked to append 5
///   look n0 1                     n0 is asked for the list; 1 names that look
///   give-up n0 5                  the client of that append (or look) waits no longer
///   deliver                       all messages on the way arrive, and those that they cause
///   deliver n0->n1 n0->*          only those on the way on these links, and not what they cause
///   lose n0->n1                   those on the way on these links never arrive
///   isolate n0, heal              a partition of these from all others, and its end
///   crash n0, restart n0          n0 dies; it starts again with what it has made durable
///   forget n0                     n0 starts again without: it only proposes
///   wait 300ms                    time passes
///   state                         what each acceptor holds
///
/// A message is told when it arrives, or is lost; below it, indented, what a client hears of it.
class ScriptedCluster {
 public:
  std::string run(const std::string& command) {
    out_.str("");
    std::vector<std::string> words = script::words_of(command);
    const std::string verb = words.at(0);
    words.erase(words.begin());
    if (verb == "cluster") {
      start(std::stoul(words.at(0)));
    } else {
      carry_out(verb, words);
    }
    if (cluster_->history.violation) out_ << "VIOLATION: " << *cluster_->history.violation << '\n';
    return out_.str();
  }

 private:
  using Words = std::vector<std::string>;

  void start(std::size_t size) {
    cluster_ = std::make_unique<Cluster>(size);
    cluster_->on_delivery = [this](const Cluster::Packet& packet) { out_ << describe(packet) << '\n'; };
    cluster_->on_loss = [this](const Cluster::Packet& packet) { out_ << describe(packet) << " -- LOST\n"; };
    cluster_->on_done = [this](Member member, std::int64_t id, const List& found) {
      out_ << "  " << name(member) << ": "
           << (id > 0 ? "append " + std::to_string(id) + " found " : "look " + std::to_string(-id) + " sees ")
           << describe(found) << '\n';
    };
  }

  void carry_out(const std::string& verb, const Words& words) {
    if (!cluster_) throw std::invalid_argument("a script begins with a cluster");
    const auto member = [&] { return member_named(words.at(0)); };
    const auto id = [&] { return std::stoll(words.at(1)); };
    if (verb == "append") {
      cluster_->append(member(), id());
    } else if (verb == "look") {
      cluster_->look(member(), -id());
    } else if (verb == "give-up") {
      give_up(member(), id());
    } else if (verb == "deliver" || verb == "lose") {
      move(words, verb == "lose");
    } else if (verb == "isolate") {
      std::set<Member> members;
      for (const std::string& each : words) members.insert(member_named(each));
      cluster_->isolate(members);
    } else if (verb == "heal") {
      cluster_->heal();
    } else if (verb == "crash") {
      cluster_->crash(member());
    } else if (verb == "restart") {
      cluster_->restart(member());
    } else if (verb == "forget") {
      cluster_->restart_without_memory(member());
    } else if (verb == "wait") {
      cluster_->run(std::chrono::milliseconds(std::stoul(words.at(0))));
    } else if (verb == "state") {
      tell_state();
    } else {
      throw std::invalid_argument("there is no command " + verb);
    }
  }

  void give_up(Member member, std::int64_t id) {
    const bool is_certain = cluster_->withdraw(member, id);
    out_ << "  " << name(member) << ": append " << id << (is_certain ? " never takes effect" : " may take effect")
         << '\n';
  }

  void move(const Words& links, bool are_lost) {
    if (links.empty()) return cluster_->settle();
    std::vector<Cluster::Packet> chosen;
    std::erase_if(cluster_->network(), [&](const auto& each) {
      const bool is_chosen =
          std::any_of(links.begin(), links.end(), [&](const auto& link) { return is_on(link, each.second); });
      if (is_chosen) chosen.push_back(each.second);
      return is_chosen;
    });
    for (const Cluster::Packet& packet : chosen) are_lost ? cluster_->on_loss(packet) : cluster_->deliver(packet);
  }

  void tell_state() {
    for (Member member = 0; member < cluster_->size(); ++member) {
      out_ << name(member);
      if (!cluster_->is_up(member)) {
        out_ << " is down\n";
        continue;
      }
      const Acceptor& acceptor = cluster_->acceptor(member);
      out_ << (cluster_->accepts(member) ? "" : " only proposes; it") << " accepted " << describe(acceptor.accepted());
      if (acceptor.promised() != Ballot()) out_ << ", promised " << describe(acceptor.promised());
      out_ << '\n';
    }
  }

  std::unique_ptr<Cluster> cluster_;
  std::ostringstream out_;
};

MZNODE_SCRIPTS(CasPaxosScript, directory, ScriptedCluster);

}  // namespace
}  // namespace mznode::caspaxos
