#include <algorithm>

#include "mznode/check/unique_ids.hpp"
#include "stories/witness.hpp"

namespace mznode::story {

std::optional<Story> story_of_ids(const Witness& witness, const check::Verdict& verdict) {
  constexpr std::size_t told = 4;
  const auto* found = verdict.found<check::UniqueIdsFinding>();
  if (found == nullptr || found->duplicated.empty()) return std::nullopt;
  const auto& [id, count] = *std::max_element(found->duplicated.begin(), found->duplicated.end(),
                                              [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::size_t others = found->duplicated_count - 1;
  Story story{.title = shown(id) + " is given out " + std::to_string(count) + " times" +
                       (others > 0 ? " (and " + std::to_string(others) + " other ids more than once)" : "")};
  std::optional<Duration> first;
  bool after_a_kill = false;
  bool after_a_jump = false;
  std::size_t seen = 0;
  std::vector<std::string> givers;
  for (const check::Operation& operation : witness.history()) {
    const bool gives = operation.is_client() && operation.type == check::Type::ok && operation.value == id;
    if (!gives || ++seen > told) continue;
    const std::string& node = witness.node_of(operation);
    const Duration at = Witness::time_of(operation);
    // What a node forgot may be why it gives an id out again.
    if (first && std::find(givers.begin(), givers.end(), node) != givers.end()) {
      const auto deaths = witness.deaths(node, *first, at);
      after_a_kill = after_a_kill || !deaths.empty();
      story.events.insert(story.events.end(), deaths.begin(), deaths.end());
      const auto jumps = witness.clock_jumps(node, *first, at);
      after_a_jump = after_a_jump || !jumps.empty();
      story.events.insert(story.events.end(), jumps.begin(), jumps.end());
    }
    if (!first) first = at;
    story.events.push_back({.at = at,
                            .text = node + " gives out " + shown(id) + (givers.empty() ? "" : " again"),
                            .operation = operation.index});
    givers.push_back(node);
  }
  const auto differs = [&](const std::string& each) { return each != givers.front(); };
  const auto other = std::find_if(givers.begin(), givers.end(), differs);
  if (other != givers.end()) {
    story.title += "; " + givers.front() + " and " + *other + " gave it out";
  } else if (givers.size() > 1) {
    story.title += "; " + givers.front() + " gave it out " +
                   (after_a_kill   ? "before and after it was killed"
                    : after_a_jump ? "before and after its clock jumped"
                                   : "twice");
  }
  sort_by_time(story.events);
  return story;
}

}  // namespace mznode::story
