#include "kafka/version_order.hpp"

#include <algorithm>
#include <tuple>

#include "compat/clojure_order.hpp"

namespace mznode::check::kafka {

VersionOrders::VersionOrders(const LogHistory& history) {
  const std::uint32_t elements = history.transactions.element_count();
  polled_.assign(elements, false);
  for (const LogOperation& operation : history.operations) {
    if (operation.type != Type::ok) continue;
    for (const Message& message : operation.polled) polled_[message.element] = true;
  }
  std::vector<Message> known;
  const auto note = [&](const Message& message) {
    if (message.offset != Message::unknown_offset) known.push_back(message);
  };
  for (const LogOperation& operation : history.operations) {
    std::for_each(operation.polled.begin(), operation.polled.end(), note);
    if (took_effect(operation)) std::for_each(operation.sent.begin(), operation.sent.end(), note);
  }
  const auto as_tuple = [](const Message& it) { return std::tie(it.key, it.offset, it.element); };
  std::sort(known.begin(), known.end(), [&](const auto& a, const auto& b) { return as_tuple(a) < as_tuple(b); });
  known.erase(
      std::unique(known.begin(), known.end(), [&](const auto& a, const auto& b) { return as_tuple(a) == as_tuple(b); }),
      known.end());
  logs_.resize(history.transactions.key_count());
  for (const Message& message : known) {
    auto& entries = logs_[message.key].entries;
    if (entries.empty() || entries.back().offset != message.offset) entries.push_back({message.offset, {}});
    entries.back().elements.push_back(message.element);
  }
  find_places(history.transactions);
}

void VersionOrders::find_places(const txn::Transactions& transactions) {
  for (auto* places : {&place_, &first_seen_, &last_seen_}) places->assign(transactions.element_count(), none);
  for (Log& log : logs_) {
    for (std::uint32_t place = 0; place < log.entries.size(); ++place) {
      auto& elements = log.entries[place].elements;
      std::sort(elements.begin(), elements.end(), [&](ElementId a, ElementId b) {
        return iterates_before(transactions.element_text(a), transactions.element_text(b));
      });
      place_[elements.front()] = place;
      for (const ElementId element : elements) {
        if (first_seen_[element] == none) first_seen_[element] = place;
        last_seen_[element] = place;
      }
    }
  }
}

std::int64_t VersionOrders::distance(ElementId first, ElementId second) const {
  if (place(first) == none || place(second) == none) return 1;
  return std::int64_t{place(second)} - std::int64_t{place(first)};
}

bool VersionOrders::took_effect(const LogOperation& operation) const {
  if (operation.type == Type::ok) return true;
  return operation.type == Type::info && std::any_of(operation.sent.begin(), operation.sent.end(),
                                                     [this](const Message& it) { return polled_[it.element]; });
}

}  // namespace mznode::check::kafka
