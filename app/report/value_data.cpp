#include "report/value_data.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "mznode/check/registry.hpp"
#include "mznode/json/tokens.hpp"
#include "mznode/workloads/value_places.hpp"
#include "report/element_data.hpp"

namespace mznode::app {
namespace {

/// All places of all values together; they are a few bytes each.
constexpr std::size_t most_places = 400'000;
/// Texts of messages that are gone through, in all: more take longer than the rest of the page.
constexpr std::size_t most_message_bytes = 64'000'000;

std::string kind_of(const check::Checker* checker) {
  if (checker == nullptr) return "";
  switch (checker->subject) {
    case check::Subject::set: return "element";
    case check::Subject::ids: return "id";
    case check::Subject::registers:
    case check::Subject::logs:
    case check::Subject::transactions: return "key";
    default: return "";
  }
}

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Calls `found` with each key that a message or the value of an operation is about: the member `key`, the second of
/// ["append", 9, 4], the names in {"msgs": {"9": …}}, the elements of `keys`.
template <class Found>
void find_keys(std::string_view text, const Found& found) {
  Tokens tokens(text);
  while (tokens.next()) {
    const std::string_view under = unquoted(tokens.under());
    if (tokens.is_name()) {
      const bool is_by_key = tokens.depth() == 1 || is_any_of(unquoted(tokens.first()), {"poll"}) ||
                             is_any_of(under, {"msgs", "offsets", "poll", "commit", "list"});
      if (is_by_key) found(unquoted(tokens.text()));
    } else if (tokens.is_in_list()) {
      const bool is_second = tokens.place() == 1;
      if (is_second && is_any_of(unquoted(tokens.first()), {"r", "w", "append", "send"}))
        found(unquoted(tokens.text()));
      if (is_any_of(under, {"keys"})) found(unquoted(tokens.text()));
    } else if (is_any_of(under, {"key", "k"})) {
      found(unquoted(tokens.text()));
    }
  }
}

/// The ids that were given out.
void follow_ids(const check::History& history, const OperationPlaces& places, Values& values, ValueColumns& columns) {
  for (const check::Operation& operation : history) {
    if (!operation.is_client() || operation.type != check::Type::ok) continue;
    const std::size_t value = values.add(operation.value.text());
    if (const std::int64_t place = places.of(operation.index); place >= 0) columns.operations[value].push_back(place);
  }
}

/// The keys that operations are about.
void follow_keys(check::Subject subject, const check::History& history, const OperationPlaces& places, Values& values,
                 ValueColumns& columns) {
  for (const check::Operation& operation : history) {
    if (!operation.is_client()) continue;
    const std::int64_t place = places.of(operation.index);
    const auto add = [&](std::string_view key) {
      auto& found = columns.operations[values.add(std::string(key))];
      if (place >= 0 && (found.empty() || found.back() != place)) found.push_back(place);
    };
    if (subject == check::Subject::registers) {
      Tokens tokens(operation.value.text());
      if (tokens.next() && tokens.is_in_list() && tokens.place() == 0) add(unquoted(tokens.text()));
    } else {
      find_keys(operation.value.text(), add);
    }
  }
  // Completions come later than what was begun meanwhile.
  for (auto& found : columns.operations) {
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
  }
}

/// Where messages carry the elements that are followed.
ValuePlaces learn_places(const sim::RunResult& run, const MessageColumns& messages, const Values& values,
                         const std::vector<std::int64_t>& begun) {
  ValuePlaces places;
  std::int64_t at = 0;
  const auto is_element = [&](std::string_view text) {
    const std::size_t value = values.find(std::string(text));
    return value != Values::none && begun[value] <= at;
  };
  for (std::size_t i = 0; i < messages.ids.size(); ++i) {
    at += messages.sent[i];
    places.learn(static_cast<std::uint64_t>(messages.type[i]), run.packets[messages.ids[i]].body, is_element);
  }
  places.conclude();
  return places;
}

/// Puts the messages that carry a value beside it; when they are too many, only those of `first`.
class Filing {
 public:
  Filing(ValueColumns& columns, std::set<std::int64_t> first)
      : columns_(columns), first_(std::move(first)), last_(columns.value.size(), -1) {}
  /// Whether there is time to go through a message of this size.
  bool takes(std::int64_t message, std::size_t bytes) {
    read_bytes_ += bytes;
    if (read_bytes_ <= most_message_bytes) return true;
    if (columns_.followed_until < 0) columns_.followed_until = message;
    return false;
  }
  void add(std::size_t value, std::int64_t message) {
    if (last_[value] == message) return;
    if (filed_ >= most_places) {
      if (columns_.followed_until < 0) columns_.followed_until = message;
      const bool is_first = first_.contains(static_cast<std::int64_t>(value));
      if (!is_first || filed_ >= 2 * most_places) return;
    }
    columns_.messages[value].push_back(last_[value] < 0 ? message : message - last_[value]);
    last_[value] = message;
    ++filed_;
  }

 private:
  ValueColumns& columns_;
  std::set<std::int64_t> first_;
  std::vector<std::int64_t> last_;
  std::size_t filed_ = 0;
  std::size_t read_bytes_ = 0;
};

void file_keys(const sim::RunResult& run, const MessageColumns& messages, const Values& values, Filing& filing) {
  for (std::size_t i = 0; i < messages.ids.size(); ++i) {
    const std::string& body = run.packets[messages.ids[i]].body;
    if (!filing.takes(static_cast<std::int64_t>(i), body.size())) continue;
    find_keys(body, [&](std::string_view key) {
      const std::size_t value = values.find(std::string(key));
      if (value != Values::none) filing.add(value, static_cast<std::int64_t>(i));
    });
  }
}

/// With `only_asked`, what clients are answered is left out: reads repeat everything.
void file_elements(const sim::RunResult& run, const MessageColumns& messages, const Values& values,
                   const std::vector<std::int64_t>& begun, bool only_asked, Filing& filing) {
  const ValuePlaces places = learn_places(run, messages, values, begun);
  const auto first_client = static_cast<std::int64_t>(messages.nodes + messages.services);
  for (std::size_t i = 0; i < messages.ids.size(); ++i) {
    if (only_asked && messages.dest[i] >= first_client) continue;
    const std::string& body = run.packets[messages.ids[i]].body;
    if (!filing.takes(static_cast<std::int64_t>(i), body.size())) continue;
    Tokens tokens(body);
    while (tokens.next()) {
      if (!places.carries(static_cast<std::uint64_t>(messages.type[i]), tokens)) continue;
      const std::size_t value = values.find(std::string(ValuePlaces::element(tokens)));
      if (value != Values::none) filing.add(value, static_cast<std::int64_t>(i));
    }
  }
}

}  // namespace

Followed follow_values(const check::Checker* checker, const check::History& history, const Clients& clients,
                       const OperationColumns& operations, const sim::RunResult* run, const MessageColumns& messages) {
  Followed followed;
  ValueColumns& columns = followed.values;
  columns.kind = kind_of(checker);
  if (columns.kind.empty()) return followed;
  Values values(columns);
  const OperationPlaces places(operations);
  std::vector<std::int64_t> begun;
  if (columns.kind == "element") {
    const Elements elements = follow_elements(history, clients, places, values, columns);
    followed.reads = final_reads(elements, clients, places);
    begun = elements.begun;
  }
  if (columns.kind == "id") follow_ids(history, places, values, columns);
  if (columns.kind == "key") follow_keys(checker->subject, history, places, values, columns);
  if (run == nullptr) return followed;
  begun.resize(values.size(), 0);
  std::set<std::int64_t> first;
  for (const auto& missing : followed.reads.missing) {
    std::int64_t place = 0;
    for (std::size_t i = 0; i < missing.size(); i += 2) {
      place += missing[i];
      for (std::int64_t count = 0; count < missing[i + 1]; ++count) first.insert(place++);
    }
  }
  Filing filing(columns, first);
  if (columns.kind == "key") {
    file_keys(*run, messages, values, filing);
  } else {
    file_elements(*run, messages, values, begun, columns.kind == "element", filing);
  }
  return followed;
}

}  // namespace mznode::app
