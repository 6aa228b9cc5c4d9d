#include "mznode/workloads/story.hpp"

#include "stories/witness.hpp"

namespace mznode {

using nlohmann::ordered_json;

std::vector<Story> stories(const sim::RunResult& run, const TestVerdict& verdict, const std::vector<std::string>& nodes,
                           std::size_t workers) {
  if (verdict.workload.valid != check::Valid::no) return {};
  std::vector<Story> told;
  const auto add = [&told](std::optional<Story> story) {
    if (story && !story->events.empty()) told.push_back(std::move(*story));
  };
  try {
    const story::Witness witness(run, nodes, workers);
    if (!witness.can_tell_operations()) return {};
    add(story::story_of_set(witness, verdict.workload));
    add(story::story_of_ids(witness, verdict.workload));
    add(story::story_of_counter(witness, verdict.workload));
    for (Story& story : story::stories_of_registers(witness, verdict.workload)) told.push_back(std::move(story));
    for (Story& story : story::stories_of_transactions(witness, verdict.workload)) told.push_back(std::move(story));
  } catch (const check::HistoryError&) {
    return {};  // the verdict says what is wrong with the history, or tells of operations that a part of one has not
  }
  return told;
}

ordered_json to_details(const std::vector<Story>& stories) {
  ordered_json details = ordered_json::array();
  for (const Story& story : stories) {
    ordered_json events = ordered_json::array();
    for (const StoryEvent& event : story.events) {
      ordered_json each = ordered_json::object();
      if (event.at) each["time-ms"] = std::chrono::duration<double, std::milli>(*event.at).count();
      each["text"] = event.text;
      if (event.operation) each["operation"] = *event.operation;
      if (event.message) each["message"] = *event.message;
      events.push_back(std::move(each));
    }
    details.push_back({{"title", story.title}, {"events", std::move(events)}});
  }
  return details;
}

}  // namespace mznode
