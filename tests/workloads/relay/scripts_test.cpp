#include <iomanip>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "tests/script.hpp"
#include "tests/workloads/relay/cluster.hpp"
#include "tests/workloads/script_members.hpp"

// The scripts in tests/workloads/relay/scripts.
namespace mznode::relay {
namespace {

const std::filesystem::path directory = std::filesystem::path(MZNODE_SOURCE_DIR) / "tests/workloads/relay/scripts";

std::string names(Members members) {
  std::string text;
  for (Member member = 0; member < most_members; ++member) {
    if ((members & only(member)) != 0) text += " " + name(member);
  }
  return text.empty() ? " nobody" : text;
}

struct Describe {
  std::string operator()(const Cluster::Word& word) const { return describe(word.is_answer, word.token.first); }
  std::string operator()(const Parcel& parcel) const {
    const auto [is_answer, number] = from_json<std::pair<bool, std::uint64_t>>(parcel.fields);
    std::string text = "parcel " + std::to_string(parcel.number) + " of " + name(parcel.from);
    for (const Member place : parcel.way) text += (place == parcel.way.front() ? " to " : ", ") + name(place);
    return text + ": " + describe(is_answer, number);
  }
  std::string operator()(const Hearings& hearings) const {
    std::string text;
    for (const Hearing& each : hearings.all) {
      if (!text.empty()) text += "; ";
      text += name(each.member) + " hears" + names(each.heard);
      if (each.unheard != 0) text += ", not" + names(each.unheard);
      if (each.is_waiting) text += ", and waits";
    }
    return text;
  }
  static std::string describe(bool is_answer, std::uint64_t number) {
    return (is_answer ? "answer " : "question ") + std::to_string(number);
  }
};

/// Nodes that ask each other what the commands of a script say. Links take 10 ms, and each message is told when it
/// leaves, with the milliseconds since the beginning. The commands:
///
///   nodes 3            n0, n1 … of which everybody has asked everybody before, so that they know how long answers take
///   cut n0->n2         nothing that n0 sends comes to n2
///   ring               everybody hears the one before only
///   heal               all links work
///   ask n0 n2 60       n0 asks n2, every 60 ms until it is answered, for a second at most
///   wait 300           so many milliseconds pass
///   repeat             the last parcel that has come anywhere comes again
class ScriptedRelays {
 public:
  std::string run(const std::string& command) {
    out_.str("");
    const std::vector<std::string> words = script::words_of(command);
    const std::string& verb = words.at(0);
    if (verb == "nodes") {
      start(std::stoul(words.at(1)));
      return out_.str();
    }
    if (!cluster_) throw std::invalid_argument("a script begins with its nodes");
    if (verb == "cut") {
      const auto arrow = words.at(1).find("->");
      cluster_->cut(member_named(words[1].substr(0, arrow)), member_named(words[1].substr(arrow + 2)));
    } else if (verb == "ring") {
      cluster_->cut_to_ring();
    } else if (verb == "heal") {
      cluster_->heal();
    } else if (verb == "ask") {
      cluster_->ask(member_named(words.at(1)), member_named(words.at(2)),
                    std::chrono::milliseconds(std::stoul(words.at(3))));
    } else if (verb == "wait") {
      cluster_->run_for(std::chrono::milliseconds(std::stoul(words.at(1))));
    } else if (verb == "repeat") {
      const auto [from, to, parcel] = last_parcel_.value();
      cluster_->deliver(from, to, parcel);
    } else {
      throw std::invalid_argument("there is no command " + verb);
    }
    return out_.str();
  }

 private:
  struct Sent {
    Member from;
    Member to;
    Parcel parcel;
  };

  void start(std::size_t size) {
    cluster_ = std::make_unique<Cluster>(size);
    for (int round = 0; round < 5; ++round) {
      for (Member from = 0; from < size; ++from) {
        for (Member to = 0; to < size; ++to) {
          if (from != to) cluster_->ask(from, to);
        }
      }
      cluster_->run_for(100ms);
    }
    cluster_->run_for(10s);
    begin_ = cluster_->now;
    cluster_->on_send = [this](Time now, Member from, Member to, const Cluster::Message& message, bool is_lost) {
      tell(now, from) << " -> " << name(to) << ": " << std::visit(Describe(), message) << (is_lost ? "  (lost)" : "")
                      << '\n';
      if (const auto* parcel = std::get_if<Parcel>(&message); parcel != nullptr && !is_lost) {
        last_parcel_ = Sent{from, to, *parcel};
      }
    };
    cluster_->on_word = [this](Member from, Member to, const Cluster::Word& word) {
      tell(cluster_->now, to) << " has " << Describe()(word) << " of " << name(from) << '\n';
    };
  }

  std::ostream& tell(Time now, Member member) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_).count();
    return out_ << std::setw(6) << ms << " ms  " << name(member);
  }

  std::unique_ptr<Cluster> cluster_;
  Time begin_;
  std::optional<Sent> last_parcel_;
  std::ostringstream out_;
};

MZNODE_SCRIPTS(RelayScript, directory, ScriptedRelays);

}  // namespace
}  // namespace mznode::relay
