#include "kafka/logs.hpp"

#include <algorithm>

namespace mznode::kafka {

void Logs::put(const std::string& key, Offset offset, Json message) {
  std::vector<Json>& log = logs_[key];
  const auto end = static_cast<Offset>(log.size());
  if (offset > end) early_[key].try_emplace(offset, std::move(message));
  if (offset != end) return;
  log.push_back(std::move(message));
  const auto waiting = early_.find(key);
  if (waiting == early_.end()) return;
  auto& early = waiting->second;
  while (!early.empty() && early.begin()->first <= static_cast<Offset>(log.size())) {
    if (early.begin()->first == static_cast<Offset>(log.size())) log.push_back(std::move(early.begin()->second));
    early.erase(early.begin());
  }
  if (early.empty()) early_.erase(waiting);
}

Offset Logs::end(const std::string& key) const {
  const auto found = logs_.find(key);
  return found == logs_.end() ? 0 : static_cast<Offset>(found->second.size());
}

const Json& Logs::at(const std::string& key, Offset offset) const {
  return logs_.at(key).at(static_cast<std::size_t>(offset));
}

Messages Logs::read(const Offsets& from, std::size_t max) const {
  Messages messages;
  std::size_t keys_left = from.size();
  for (const auto& [key, first] : from) {
    const std::size_t share = std::max<std::size_t>(max / keys_left--, 1);
    if (first >= end(key)) continue;
    const Offset last = std::min(end(key), first + static_cast<Offset>(share));
    for (Offset offset = first; offset < last; ++offset) messages[key].emplace_back(offset, at(key, offset));
    max -= std::min(max, static_cast<std::size_t>(last - first));
  }
  return messages;
}

void CommittedOffsets::raise(const Offsets& offsets) {
  for (const auto& [key, offset] : offsets) {
    const auto [found, is_new] = offsets_.try_emplace(key, offset);
    if (!is_new) found->second = std::max(found->second, offset);
  }
}

Offsets CommittedOffsets::news(const Offsets& offsets) const {
  Offsets news;
  for (const auto& [key, offset] : offsets) {
    const auto found = offsets_.find(key);
    if (found == offsets_.end() || found->second < offset) news.emplace(key, offset);
  }
  return news;
}

Offsets CommittedOffsets::of(const std::vector<std::string>& keys) const {
  Offsets found;
  for (const auto& key : keys) {
    if (const auto offset = offsets_.find(key); offset != offsets_.end()) found.insert(*offset);
  }
  return found;
}

void check_offsets(const Offsets& offsets) {
  for (const auto& [key, offset] : offsets) {
    if (offset < 0 || offset > static_cast<Offset>(largest_count)) {
      throw Error(ErrorCode::malformed_request,
                  "offsets count from 0 to 2^62; key " + key + " has " + std::to_string(offset));
    }
  }
}

Option max_poll_option() {
  return {.name = "max-poll",
          .default_value = 1'000,
          .min = 1,
          .max = 1'000'000,
          .summary = "how many messages a poll brings at most, shared among its keys, each of which gets at least one"};
}

}  // namespace mznode::kafka
