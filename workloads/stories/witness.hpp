#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mznode/sim/runner.hpp"
#include "mznode/workloads/story.hpp"
#include "mznode/workloads/value_places.hpp"
#include "stories/services.hpp"

namespace mznode::story {

/// A message between two nodes, and what became of it.
struct Letter {
  std::uint64_t id = 0;
  const sim::Packet* packet = nullptr;
  Duration sent{0};
  /// When it first arrived, and when a copy of it was lost.
  std::optional<Duration> received = {};
  std::optional<Duration> lost = {};
  /// How many copies of it arrived.
  std::size_t arrivals = 0;
};

/// Which messages are meant: from and to whom, where it says so, and sent in which span of time.
struct Way {
  std::string src = {};
  std::string dest = {};
  Duration from = Duration::min();
  Duration to = Duration::max();
};

/// "1.410 s".
std::string seconds(Duration at);
/// Short enough for a sentence.
std::string shown(const Json& value);
/// False when no part of a JSON text can be the value: quick, and says so of most texts.
bool may_have(std::string_view text, const Json& value);
/// Whether the text of a JSON value is this one, numbers by value.
bool is_text_of(std::string_view text, const Json& value);
/// Whether a list has the element.
bool holds(const Json& list, const Json& element);

/// What was recorded of a run, as stories ask for it.
class Witness {
 public:
  Witness(const sim::RunResult& run, std::vector<std::string> nodes, std::size_t workers);

  const check::History& history() const { return run_.history; }
  const std::vector<std::string>& nodes() const { return nodes_; }
  /// What nodes asked services for (services.hpp), put together when it is first asked for.
  const std::vector<ServiceCall>& service_calls() const;
  /// The writes among them that took another one back, found when they are first asked for.
  const std::vector<Overwrite>& overwrites() const;
  /// Whether each operation has an index of its own, by which findings name it.
  bool can_tell_operations() const { return places_.empty() || places_.size() == run_.history.size(); }
  /// Whether the messages of the run were kept.
  bool has_messages() const { return !run_.packets.empty(); }
  /// The node that a client's process works on.
  const std::string& node_of(const check::Operation& operation) const;
  static Duration time_of(const check::Operation& operation) { return Duration(operation.time_ns); }
  /// By its index, which in a part of a history is not its place.
  const check::Operation& operation(std::int64_t index) const { return run_.history[place_of(index)]; }
  /// The invocation of a completion, by its index.
  const check::Operation* invocation_of(std::int64_t completion) const;
  /// The completion of an invocation, by its index; null when it never completed.
  const check::Operation* completion_of(std::int64_t invocation) const;

  /// The messages between nodes that carry a value that clients gave, in the order of sending: those in which it stands
  /// where such values do (ValuePlaces). Where no such place was found, those that have it somewhere, ids of messages
  /// apart. With `key`, that too has to be in them. Only the first `most`.
  std::vector<Letter> letters_with(const Json& value, const std::optional<Json>& key = {},
                                   std::size_t most = SIZE_MAX) const;
  /// The values that clients gave and that a message carries, where such values stand.
  std::vector<Json> values_in(const Letter& letter) const;
  /// Whether what letters_with() leaves out has the value somewhere after all, in a message of this way and span of
  /// time.
  bool may_carry_unseen(const Json& value, const Way& way) const;
  /// All from one node to another that were sent in a span of time.
  std::vector<Letter> letters(const std::string& src, const std::string& dest, Duration from, Duration to) const;
  /// What a node asked others in a span of time with a value and a key anywhere in it.
  std::vector<Letter> requests_with(const Json& value, const Json& key, const Way& way) const;
  /// The answer to a message that is a request; nothing where it is none, or nobody answered.
  std::optional<Letter> answer_to(const Letter& request) const;
  /// Why a message was lost, such as "the partition {n0 n3} | {n1 n2}"; empty when that is not known.
  std::string why_lost(const Letter& letter) const;
  /// The deaths of a node in a span of time, as events: when it was killed, and when it began anew.
  std::vector<StoryEvent> deaths(const std::string& node, Duration from, Duration to) const;
  /// When the clock of a node jumped in a span of time, as events.
  std::vector<StoryEvent> clock_jumps(const std::string& node, Duration from, Duration to) const;

 private:
  /// Its place in the history. Throws HistoryError where there is none of this index.
  std::size_t place_of(std::int64_t index) const;
  const ValuePlaces& value_places() const;
  /// `text` is the value's, without quotes.
  bool carries(const sim::Packet& packet, const Json& value, const std::string& text) const;
  bool has_down(const sim::FaultSpan& span, const std::string& node) const;

  const sim::RunResult& run_;
  std::vector<std::string> nodes_;
  std::size_t workers_;
  check::Pairing pairing_;
  std::vector<Letter> letters_;
  /// Empty where indexes are places.
  std::unordered_map<std::int64_t, std::size_t> places_;
  /// Learnt when it is first asked for.
  mutable std::optional<ValuePlaces> value_places_;
  mutable std::optional<std::vector<ServiceCall>> service_calls_;
  mutable std::optional<std::vector<Overwrite>> overwrites_;
};

/// What a message says, whatever its number: of two with the same, one repeats the other.
std::string content_of(const Letter& letter);

/// What became of a message, in words behind "n0 sent it to n2".
std::string fate_of(const Witness& witness, const Letter& letter);

/// One story of each kind of finding; nothing where it has none.
std::optional<Story> story_of_set(const Witness& witness, const check::Verdict& verdict);
std::optional<Story> story_of_ids(const Witness& witness, const check::Verdict& verdict);
std::optional<Story> story_of_counter(const Witness& witness, const check::Verdict& verdict);
std::vector<Story> stories_of_registers(const Witness& witness, const check::Verdict& verdict);
std::vector<Story> stories_of_transactions(const Witness& witness, const check::Verdict& verdict);

/// Puts what has a moment into the order of time; what has none stays behind what it was told after.
void sort_by_time(std::vector<StoryEvent>& events);

}  // namespace mznode::story
