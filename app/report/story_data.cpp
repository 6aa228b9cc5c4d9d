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

std::vector<StoryColumns> story_columns(const std::vector<Story>& told, const OperationColumns& operations,
                                        const MessageColumns& messages) {
  if (told.empty()) return {};
  const OperationPlaces operation_places(operations);
  const auto message_places = places_by_name(messages.ids);
  std::vector<StoryColumns> stories;
  for (const Story& story : told) {
    StoryColumns columns;
    columns.title = story.title;
    for (const StoryEvent& event : story.events) {
      columns.text.push_back(event.text);
      columns.at.push_back(event.at ? std::chrono::floor<std::chrono::microseconds>(*event.at).count() : -1);
      columns.operation.push_back(event.operation ? operation_places.of(*event.operation) : -1);
      columns.message.push_back(place_in(message_places, event.message));
    }
    stories.push_back(std::move(columns));
  }
  return stories;
}

}  // namespace mznode::app
