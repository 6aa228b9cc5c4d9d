#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mznode/sim/network.hpp"

/// What clients of the kafka workload and nodes said to each other, and what in it breaks promises that Maelstrom's
/// checker has no eye for. All of this is judged by the times at which nodes answer: clients are beside them.
namespace mznode::kafka {

/// A request of a client, and its answer.
struct Conversation {
  std::string type;
  nlohmann::json request;
  nlohmann::json reply;
  /// Places in the order of all that was sent.
  std::size_t asked = 0;
  std::size_t answered = 0;
};

/// Those requests of a run that were answered without an error, in the order of the answers.
std::vector<Conversation> conversations(const std::vector<sim::Packet>& packets);

// Each returns what it finds, in words.

/// A list of committed offsets that shows less than was committed, or listed, before it was asked for; or more than
/// anybody committed.
std::vector<std::string> commits_that_go_back(const std::vector<sim::Packet>& packets);
/// A poll whose messages do not follow each other, from the offset it asked for.
std::vector<std::string> polls_with_gaps(const std::vector<sim::Packet>& packets);
/// A poll without any message of a key although one that it asked for was acknowledged before.
std::vector<std::string> stale_polls(const std::vector<sim::Packet>& packets);

}  // namespace mznode::kafka
