#include "stories/witness.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "mznode/check/verdict.hpp"
#include "mznode/json/scanner.hpp"
#include "mznode/json/seconds.hpp"
#include "mznode/json/tokens.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::story {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t shown_value_bytes = 120;

bool is_list_or_object(std::string_view text) {
  return text.front() == '[' || text.front() == '{';
}

/// Whether no other text stands for the same value, so that texts can be compared.
bool has_one_spelling(std::string_view text) {
  if (text.front() == '"') return text.find('\\') == std::string_view::npos;
  if (is_list_or_object(text)) return false;
  if (!Scanner::is_number_start(text.front())) return true;
  return text != "-0" && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// Whether a text stands somewhere in a body by itself, and not as a part of a longer word or number. It is quick, and
/// keeps most bodies from being read token by token.
bool has_word(std::string_view body, std::string_view word) {
  constexpr std::string_view before = "[,: \t\"";
  constexpr std::string_view behind = "],}: \t\".eE";  // a number may go on, and yet be equal
  if (word.empty()) return true;
  for (std::size_t at = body.find(word); at != std::string_view::npos; at = body.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || before.find(body[at - 1]) != std::string_view::npos;
    if (begins && (end == body.size() || behind.find(body[end]) != std::string_view::npos)) return true;
  }
  return false;
}

/// Whether a number may be written otherwise than by its digits somewhere in a text.
bool may_have_fractions(std::string_view text) {
  const auto has = [text](char each) { return text.find(each) != std::string_view::npos; };
  return has('.') || has('e') || has('E') || text.find("-0") != std::string_view::npos;
}

/// Whether a value, or a key of an object that is one, is somewhere in a body. What numbers messages is no content.
bool has_value(const ordered_json& body, const ordered_json& wanted, const std::string& wanted_key) {
  std::vector<const ordered_json*> rest = {&body};
  while (!rest.empty()) {
    const ordered_json& each = *rest.back();
    rest.pop_back();
    if (each == wanted) return true;
    if (each.is_object()) {
      for (const auto& [key, part] : each.items()) {
        if (&each == &body && codec::is_envelope_key(key)) continue;
        if (key == wanted_key) return true;
        rest.push_back(&part);
      }
    } else if (each.is_array()) {
      for (const ordered_json& part : each) rest.push_back(&part);
    }
  }
  return false;
}

/// The same of a scalar, token by token.
bool has_scalar(std::string_view body, const Json& value, std::string_view key) {
  Tokens tokens(body);
  while (tokens.next()) {
    const std::string_view name = tokens.is_name() ? tokens.text() : tokens.under();
    if (tokens.depth() == 1 && codec::is_envelope_key(unquoted(name))) continue;
    if (tokens.is_name() ? unquoted(tokens.text()) == key : is_text_of(tokens.text(), value)) return true;
  }
  return false;
}

/// Whether a message has a value anywhere.
bool has_somewhere(const sim::Packet& packet, const Json& value) {
  if (!may_have(packet.body, value)) return false;
  const std::string key = check::details_key(value);
  const bool has_escapes = packet.body.find('\\') != std::string::npos;
  if (!has_escapes && !is_list_or_object(value.text())) return has_scalar(packet.body, value, key);
  if (packet.body.find(key) == std::string::npos) return false;
  const ordered_json body = ordered_json::parse(packet.body, nullptr, false);
  return !body.is_discarded() && has_value(body, check::to_details(value), key);
}

/// The text of a field of a body itself; empty where it has none.
std::string_view field_of(std::string_view body, std::string_view name) {
  Tokens tokens(body);
  while (tokens.next()) {
    if (!tokens.is_name() && tokens.depth() == 1 && unquoted(tokens.under()) == name) return tokens.text();
  }
  return {};
}

/// A number for the type of a message.
std::uint64_t type_of(std::string_view body) {
  constexpr std::string_view first = R"({"type":")";
  if (body.starts_with(first)) {  // as most write it
    const std::size_t end = body.find('"', first.size());
    const std::string_view quoted = body.substr(first.size() - 1, end + 2 - first.size());
    if (quoted.find('\\') == std::string_view::npos) return std::hash<std::string_view>()(quoted);
  }
  return std::hash<std::string_view>()(field_of(body, "type"));  // tells types apart, and is never shown
}

bool is_on(const Letter& letter, const Way& way) {
  return (way.src.empty() || letter.packet->src == way.src) && (way.dest.empty() || letter.packet->dest == way.dest) &&
         letter.sent >= way.from && letter.sent <= way.to;
}

/// Finds texts without making strings of them.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using GivenValues = std::unordered_map<std::string, Duration, TextHash, std::equal_to<>>;

/// When each value that clients gave was first given, by its text: what was added, sent, appended or written.
GivenValues given_values(const check::History& history) {
  GivenValues given;
  for (const check::Operation& operation : history) {
    if (!operation.is_client() || operation.type != check::Type::invoke || operation.f == "read") continue;
    Tokens tokens(operation.value.text());
    while (tokens.next()) {
      // The third of ["append", key, value], or the whole.
      const bool is_third = tokens.is_in_list() && tokens.place() == 2 && tokens.text() != "null";
      if (is_third || tokens.depth() == 0) given.try_emplace(std::string(tokens.text()), Duration(operation.time_ns));
    }
  }
  return given;
}

}  // namespace

std::string seconds(Duration at) {
  return seconds_text(at.count());
}

std::string shown(const Json& value) {
  return sim::excerpt(value.text(), shown_value_bytes);
}

bool may_have(std::string_view text, const Json& value) {
  return text.find('\\') != std::string_view::npos || is_list_or_object(value.text()) ||
         has_word(text, check::details_key(value));
}

bool is_text_of(std::string_view text, const Json& value) {
  if (text == value.text()) return true;
  if (is_list_or_object(text) != is_list_or_object(value.text())) return false;
  if (has_one_spelling(text) && has_one_spelling(value.text())) return false;
  return check::to_details(Json::from_valid(std::string(text))) == check::to_details(value);
}

bool holds(const Json& list, const Json& element) {
  const bool has_spellings = !has_one_spelling(element.text());
  const bool is_whole_number = !has_spellings && Scanner::is_number_start(element.text().front());
  if (is_whole_number && !has_word(list.text(), element.text()) && !may_have_fractions(list.text())) return false;
  Scanner scanner(list.text());
  if (!scanner.consume('[') || scanner.consume(']')) return false;
  do {
    std::string_view each;
    scanner.value(each);
    if (each == element.text()) return true;
    const bool may_be_equal = has_spellings || !has_one_spelling(each);
    if (may_be_equal && Json::from_valid(std::string(each)) == element) return true;
  } while (scanner.consume(','));
  return false;
}

Witness::Witness(const sim::RunResult& run, std::vector<std::string> nodes, std::size_t workers)
    : run_(run), nodes_(std::move(nodes)), workers_(workers), pairing_(run.history) {
  for (std::size_t i = 0; i < run_.history.size(); ++i) {
    if (run_.history[i].index == static_cast<std::int64_t>(i)) continue;
    for (std::size_t place = 0; place < run_.history.size(); ++place) places_[run_.history[place].index] = place;
    break;
  }
  const std::set<std::string> known(nodes_.begin(), nodes_.end());
  constexpr std::size_t not_seen = SIZE_MAX;
  constexpr std::size_t no_letter = SIZE_MAX - 1;
  std::vector<std::size_t> place(run_.packets.size(), not_seen);
  for (const sim::JournalEntry& entry : run_.journal) {
    const Duration at = entry.at - run_.started;
    std::size_t& letter = place[entry.packet];
    if (letter == not_seen) {
      const sim::Packet& packet = run_.packets[entry.packet];
      const bool is_between_nodes = known.contains(packet.src) && known.contains(packet.dest);
      letter = is_between_nodes ? letters_.size() : no_letter;
      if (is_between_nodes) letters_.push_back({.id = packet.id, .packet = &packet, .sent = at});
    }
    if (letter == no_letter) continue;
    if (entry.event == sim::JournalEntry::Event::receive && letters_[letter].arrivals++ == 0) {
      letters_[letter].received = at;
    }
    if (entry.event == sim::JournalEntry::Event::drop) letters_[letter].lost = at;
  }
}

std::size_t Witness::place_of(std::int64_t index) const {
  if (places_.empty()) {
    const auto place = static_cast<std::size_t>(index);
    if (index >= 0 && place < run_.history.size()) return place;
  } else if (const auto found = places_.find(index); found != places_.end()) {
    return found->second;
  }
  throw check::HistoryError("the history has no operation of index " + std::to_string(index));
}

const ValuePlaces& Witness::value_places() const {
  if (value_places_) return *value_places_;
  value_places_.emplace();
  const auto given = given_values(run_.history);
  for (const Letter& letter : letters_) {
    value_places_->learn(type_of(letter.packet->body), letter.packet->body, [&](std::string_view text) {
      const auto found = given.find(text);
      return found != given.end() && found->second <= letter.sent;
    });
  }
  value_places_->conclude();
  return *value_places_;
}

bool Witness::carries(const sim::Packet& packet, const Json& value, const std::string& text) const {
  if (!value_places().found_any()) return has_somewhere(packet, value);
  if (!has_word(packet.body, text)) return false;
  const std::uint64_t type = type_of(packet.body);
  Tokens tokens(packet.body);
  while (tokens.next()) {
    if (unquoted(tokens.text()) == text && value_places().carries(type, tokens)) return true;
  }
  return false;
}

std::vector<Json> Witness::values_in(const Letter& letter) const {
  std::vector<Json> values;
  const std::uint64_t type = type_of(letter.packet->body);
  Tokens tokens(letter.packet->body);
  while (tokens.next()) {
    if (!tokens.is_name() && value_places().carries(type, tokens)) {
      values.push_back(Json::from_valid(std::string(tokens.text())));
    }
  }
  return values;
}

bool Witness::may_carry_unseen(const Json& value, const Way& way) const {
  return value_places().found_any() && std::any_of(letters_.begin(), letters_.end(), [&](const Letter& letter) {
           return is_on(letter, way) && has_somewhere(*letter.packet, value);
         });
}

const std::string& Witness::node_of(const check::Operation& operation) const {
  return nodes_.at(static_cast<std::size_t>(operation.process) % workers_ % nodes_.size());
}

const check::Operation* Witness::invocation_of(std::int64_t completion) const {
  const std::size_t place = pairing_.invocation(place_of(completion));
  return place == check::Pairing::none ? nullptr : &run_.history[place];
}

const check::Operation* Witness::completion_of(std::int64_t invocation) const {
  const std::size_t place = pairing_.completion(place_of(invocation));
  return place == check::Pairing::none ? nullptr : &run_.history[place];
}

std::vector<Letter> Witness::letters_with(const Json& value, const std::optional<Json>& key, std::size_t most) const {
  const std::string text = check::details_key(value);
  std::vector<Letter> found;
  for (const Letter& letter : letters_) {
    if (found.size() >= most) break;
    const sim::Packet& packet = *letter.packet;
    if (key && !may_have(packet.body, *key)) continue;
    if (carries(packet, value, text) && (!key || has_somewhere(packet, *key))) found.push_back(letter);
  }
  return found;
}

std::vector<Letter> Witness::letters(const std::string& src, const std::string& dest, Duration from,
                                     Duration to) const {
  std::vector<Letter> found;
  for (const Letter& letter : letters_) {
    const bool fits = letter.packet->src == src && letter.packet->dest == dest;
    if (fits && letter.sent >= from && letter.sent <= to) found.push_back(letter);
  }
  return found;
}

const std::vector<ServiceCall>& Witness::service_calls() const {
  if (!service_calls_) service_calls_ = story::service_calls(run_);
  return *service_calls_;
}

const std::vector<Overwrite>& Witness::overwrites() const {
  if (!overwrites_) {
    overwrites_ = may_overwrite(run_) ? story::overwrites(service_calls()) : std::vector<Overwrite>();
  }
  return *overwrites_;
}

bool Witness::has_down(const sim::FaultSpan& span, const std::string& node) const {
  return info_of(span.fault).strikes_processes() && holds(span.value, Json(node));
}

std::vector<Letter> Witness::requests_with(const Json& value, const Json& key, const Way& way) const {
  std::vector<Letter> found;
  for (const Letter& letter : letters_) {
    const sim::Packet& packet = *letter.packet;
    if (!is_on(letter, way) || field_of(packet.body, "msg_id").empty()) continue;
    // Keys of logs are strings in messages, and may be numbers where they are told of.
    if (may_have(packet.body, key) && has_somewhere(packet, value)) found.push_back(letter);
  }
  return found;
}

std::optional<Letter> Witness::answer_to(const Letter& request) const {
  const std::string_view number = field_of(request.packet->body, "msg_id");
  if (number.empty()) return std::nullopt;
  for (const Letter& letter : letters_) {
    const bool goes_back = letter.packet->src == request.packet->dest && letter.packet->dest == request.packet->src;
    if (!goes_back || letter.sent < request.sent) continue;
    if (field_of(letter.packet->body, "in_reply_to") == number) return letter;
  }
  return std::nullopt;
}

std::string Witness::why_lost(const Letter& letter) const {
  const Duration at = letter.lost.value_or(letter.sent);
  const std::string& src = letter.packet->src;
  const std::string& dest = letter.packet->dest;
  std::string loss;
  for (const sim::FaultSpan& span : run_.fault_spans) {
    const bool is_on = span.from <= at && (!span.to || at <= *span.to);
    if (!is_on) continue;
    if (has_down(span, dest)) return dest + " was " + (span.fault == Fault::kill ? "dead" : "paused");
    const auto unheard = span.unheard.find(dest);
    if (unheard != span.unheard.end() && unheard->second.contains(src)) {
      const std::string cut = sim::unheard_text(span.unheard, nodes_);
      return cut.starts_with('{') ? "the partition " + cut : dest + " does not hear " + src;
    }
    if (span.fault == Fault::loss) loss = "the network loses " + span.value.as_string().value_or("messages lost");
  }
  constexpr std::string_view fate = " lost";  // as the fault says of their share
  if (loss.ends_with(fate)) loss.resize(loss.size() - fate.size());
  return loss;
}

std::vector<StoryEvent> Witness::deaths(const std::string& node, Duration from, Duration to) const {
  std::vector<StoryEvent> events;
  for (const sim::FaultSpan& span : run_.fault_spans) {
    if (span.fault != Fault::kill || !has_down(span, node) || span.from < from || span.from > to) continue;
    events.push_back({.at = span.from, .text = node + " is killed"});
    if (span.to) events.push_back({.at = span.to, .text = node + " starts again, with nothing but what it had stored"});
  }
  return events;
}

std::vector<StoryEvent> Witness::clock_jumps(const std::string& node, Duration from, Duration to) const {
  std::vector<StoryEvent> events;
  const auto tell = [&](std::optional<Duration> at) {
    if (at && *at >= from && *at <= to) events.push_back({.at = *at, .text = "the clock of " + node + " jumps"});
  };
  for (const sim::FaultSpan& span : run_.fault_spans) {
    if (span.fault != Fault::skew || !holds(span.value, Json(node))) continue;
    tell(span.from);
    tell(span.to);
  }
  return events;
}

std::string content_of(const Letter& letter) {
  std::string content;
  Tokens tokens(letter.packet->body);
  while (tokens.next()) {
    const std::string_view name = unquoted(tokens.is_name() ? tokens.text() : tokens.under());
    if (tokens.depth() == 1 && name == "msg_id") continue;
    content.append(tokens.text()).append(1, ',');
  }
  return content;
}

std::string fate_of(const Witness& witness, const Letter& letter) {
  if (letter.received) {
    return *letter.received == letter.sent ? "and it arrives" : "and it arrives at " + seconds(*letter.received);
  }
  if (!letter.lost) return "and it is under way when the run ends";
  const std::string why = witness.why_lost(letter);
  return "but the message is lost" + (why.empty() ? "" : ": " + why);
}

void sort_by_time(std::vector<StoryEvent>& events) {
  std::vector<std::pair<Duration, StoryEvent>> timed;
  Duration latest = Duration::min();
  for (StoryEvent& event : events) {
    latest = event.at.value_or(latest);
    timed.emplace_back(latest, std::move(event));
  }
  std::stable_sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < events.size(); ++i) events[i] = std::move(timed[i].second);
}

}  // namespace mznode::story
