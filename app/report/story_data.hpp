#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/workloads/story.hpp"
#include "report/message_data.hpp"
#include "report/run_data.hpp"

namespace mznode::app {

/// A story as a page shows it; a place in each column is one event.
struct StoryColumns {
  std::string title;
  std::vector<std::string> text;
  /// In microseconds from the first operation; -1 for what belongs to no moment.
  std::vector<std::int64_t> at;
  /// The places of the operation and of the message that it is about, in their columns; -1 for none.
  std::vector<std::int64_t> operation;
  std::vector<std::int64_t> message;
  MZNODE_FIELDS(title, text, at, operation, message)
};

std::vector<StoryColumns> story_columns(const std::vector<Story>& told, const OperationColumns& operations,
                                        const MessageColumns& messages);

}  // namespace mznode::app
