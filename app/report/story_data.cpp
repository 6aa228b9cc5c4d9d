#include "report/story_data.hpp"

#include <chrono>
#include <map>

namespace mznode::app {
namespace {

/// The places of what a page has, by what names it in a run.
template <class Name>
std::map<Name, std::int64_t> places_by_name(const std::vector<Name>& names) {
  std::map<Name, std::int64_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.emplace(names[i], static_cast<std::int64_t>(i));
  return places;
}

template <class Name>
std::int64_t place_in(const std::map<Name, std::int64_t>& places, const std::optional<Name>& name) {
  const auto found = name ? places.find(*name) : places.end();
  return found == places.end() ? -1 : found->second;
}

}  // namespace

std::vector<StoryColumns> story_columns(const TestReport& report, const OperationColumns& operations,
                                        const MessageColumns& messages) {
  if (report.stories.empty()) return {};
  auto operation_places = places_by_name(operations.invocations);
  for (const auto& [completion, place] : places_by_name(operations.completions)) operation_places[completion] = place;
  const auto message_places = places_by_name(messages.ids);
  std::vector<StoryColumns> stories;
  for (const Story& story : report.stories) {
    StoryColumns columns;
    columns.title = story.title;
    for (const StoryEvent& event : story.events) {
      columns.text.push_back(event.text);
      columns.at.push_back(event.at ? std::chrono::floor<std::chrono::microseconds>(*event.at).count() : -1);
      columns.operation.push_back(place_in(operation_places, event.operation));
      columns.message.push_back(place_in(message_places, event.message));
    }
    stories.push_back(std::move(columns));
  }
  return stories;
}

}  // namespace mznode::app
