#include "symptoms.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "counted.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/scanner.hpp"
#include "mznode/json/seconds.hpp"
#include "mznode/json/tokens.hpp"
#include "mznode/sim/error_words.hpp"
#include "mznode/sim/repeats.hpp"

namespace mznode {
namespace {

using check::Operation;
using check::Type;

/// No line is longer than a person reads.
constexpr std::size_t shown_nodes = 5;
constexpr std::size_t shown_errors = 3;

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool is_waited_for(const Operation& completion) {
  return completion.error && completion.error->text() == "\"net-timeout\"";
}

/// What one node, or all of them for one kind of operation, was asked and did.
struct Asked {
  std::size_t requests = 0;
  std::size_t answers = 0;
  std::set<std::string> kinds;
};

/// A time in which requests waited for a node in vain.
struct Spell {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::size_t waiting = 0;

  std::int64_t length() const { return to_ns - from_ns; }
};

/// Who answered what, from the history.
class Answers {
 public:
  Answers(const check::History& history, const std::vector<std::string>& nodes, std::size_t workers) {
    std::map<std::int64_t, std::int64_t> began;
    for (const Operation& operation : history) {
      if (!operation.is_client()) continue;
      const std::string& node = nodes.at(static_cast<std::size_t>(operation.process) % workers % nodes.size());
      if (operation.type == Type::invoke) {
        began[operation.process] = operation.time_ns;
        continue;
      }
      Asked& asked = by_node[node];
      Asked& kind = by_kind[operation.f];
      const bool is_request = operation.type == Type::ok || operation.error;
      if (!is_request) continue;  // the client ended itself
      ++asked.requests;
      ++kind.requests;
      asked.kinds.insert(operation.f);
      if (!is_waited_for(operation)) {
        ++asked.answers;
        ++kind.answers;
        last_answer_[node] = operation.time_ns;
        open_.erase(node);
      } else {
        waited(node, began[operation.process], operation.time_ns);
      }
    }
  }

  std::map<std::string, Asked> by_node;
  std::map<std::string, Asked> by_kind;
  /// The longest of each node that had any.
  std::map<std::string, Spell> spells;

  std::set<std::string> kinds() const {
    std::set<std::string> all;
    for (const auto& [kind, asked] : by_kind) all.insert(kind);
    return all;
  }

 private:
  void waited(const std::string& node, std::int64_t from_ns, std::int64_t to_ns) {
    const auto last = last_answer_.find(node);
    if (last != last_answer_.end() && last->second >= from_ns) return;
    const auto [found, is_new] = open_.try_emplace(node, Spell{.from_ns = from_ns});
    Spell& spell = found->second;
    spell.from_ns = std::min(spell.from_ns, from_ns);
    spell.to_ns = to_ns;
    ++spell.waiting;
    Spell& longest = spells[node];
    if (spell.length() > longest.length()) longest = spell;
  }

  std::map<std::string, std::int64_t> last_answer_;
  std::map<std::string, Spell> open_;
};

std::string late_words(const std::string& node, const sim::LateReply& late) {
  return "; " + node + " answered " + late.type + " after " + seconds_text(late.after.count()) +
         ": does its handler block?";
}

std::string unread_words(const std::string& node, std::size_t bytes) {
  return "; " + counted(bytes, "byte") + " that " + node +
         " was sent lie unread in its standard input: does its handler block?";
}

/// Of some node, that it answered this kind of request late or reads no more, beginning with "; "; empty where none
/// did, or where faults may be why.
std::string blocking_hint(const sim::RunResult& run, const Answers& answers, const std::string& kind) {
  if (!run.fault_spans.empty()) return {};
  for (const auto& [node, silence] : run.silences) {
    if (silence.late && silence.late->type == kind) return late_words(node, *silence.late);
  }
  for (const auto& [node, silence] : run.silences) {
    const bool has_stopped = !silence.late && silence.unread_bytes > 0 && answers.spells.contains(node);
    if (has_stopped) return unread_words(node, silence.unread_bytes);
  }
  return {};
}

/// Why a node may have been silent, beginning with "; "; empty where faults may be why.
std::string hint(const sim::RunResult& run, const std::string& node) {
  if (const auto found = run.silences.find(node); found != run.silences.end()) {
    const sim::SilenceCause& silence = found->second;
    if (!silence.words.empty()) return silence.words;
    if (!run.fault_spans.empty()) return {};
    return silence.late ? late_words(node, *silence.late) : unread_words(node, silence.unread_bytes);
  }
  return run.fault_spans.empty() ? "; does it reply to them, or does a handler block?" : "";
}

/// Whether a node has stopped reading, though no fault keeps it from that.
bool is_blocked(const sim::RunResult& run, const std::string& node) {
  const auto found = run.silences.find(node);
  return found != run.silences.end() && found->second.words.empty() && found->second.unread_bytes > 0 &&
         run.fault_spans.empty();
}

/// Of a node that answered nothing at all. What waits for one that blocks is told in time, for that is what it takes.
std::string nothing_answered(const sim::RunResult& run, const std::string& node, const Asked& asked,
                             const Answers& answers) {
  const auto spell = answers.spells.find(node);
  if (is_blocked(run, node) && spell != answers.spells.end()) {
    return node + " answered nothing for " + seconds_text(spell->second.length()) + " while " +
           counted(spell->second.waiting, "request") + " waited (" + joined(asked.kinds) + ")";
  }
  return node + " answered nothing: none of " + std::to_string(asked.requests) + " operations (" + joined(asked.kinds) +
         ") got a reply in time";
}

void add_silent_nodes(const sim::RunResult& run, const std::vector<std::string>& nodes, const Answers& answers,
                      std::vector<std::string>& lines) {
  if (run.error) return;  // it says what happened, and it cut the rest off
  std::size_t silent = 0;
  for (const std::string& node : nodes) {
    const auto found = answers.by_node.find(node);
    if (found == answers.by_node.end() || found->second.requests == 0 || found->second.answers > 0 ||
        ++silent > shown_nodes)
      continue;
    lines.push_back(nothing_answered(run, node, found->second, answers) + hint(run, node));
  }
  if (silent > shown_nodes) lines.push_back("so did " + std::to_string(silent - shown_nodes) + " other nodes");
}

/// Kinds of operations that nobody answers, of nodes that do answer others.
void add_silent_kinds(const sim::RunResult& run, const Answers& answers, std::vector<std::string>& lines) {
  std::set<std::string> answered;
  for (const auto& [kind, asked] : answers.by_kind) {
    if (asked.answers > 0) answered.insert(kind);
  }
  if (run.error || !run.fault_spans.empty() || answered.empty()) return;
  for (const auto& [kind, asked] : answers.by_kind) {
    if (asked.requests == 0 || asked.answers > 0) continue;
    const std::string blocking = blocking_hint(run, answers, kind);
    lines.push_back("no " + kind + " was answered: none of " + std::to_string(asked.requests) +
                    " got a reply in time, while " + joined(answered) + (answered.size() == 1 ? " was" : " were") +
                    (blocking.empty() ? "; does its handler reply, and is there one?" : blocking));
  }
}

/// Nodes that were silent for a while, though no fault was on.
void add_spells(const sim::RunResult& run, const Answers& answers, std::vector<std::string>& lines) {
  std::size_t shown = 0;
  for (const auto& [node, spell] : answers.spells) {
    const auto asked = answers.by_node.find(node);
    if (run.error || !run.fault_spans.empty() || asked->second.answers == 0 || ++shown > shown_nodes) continue;
    lines.push_back(node + " answered nothing from " + seconds_text(spell.from_ns) + " to " +
                    seconds_text(spell.to_ns) + ", while " + counted(spell.waiting, "request") + " waited in vain" +
                    hint(run, node));
  }
}

/// Whether Maelstrom's clients expect an error of a right node: a compare-and-set that finds another value, and what is
/// asked of a key that does not exist yet.
bool is_right(const Operation& operation, const std::string& words, const std::set<std::string>& with_ok) {
  if (operation.f == "cas") return words.starts_with("error 20 ") || words.starts_with("error 22 ");
  return operation.f == "read" && words.starts_with("error 20 ") && with_ok.contains("read");
}

bool is_number_or_string(std::string_view token) {
  return token.front() == '"' || Scanner::is_number_start(token.front());
}

/// Calls `visit` with every number and string of a JSON text as it is spelled, keys of objects not among them.
template <class Visit>
void visit_leaves(std::string_view text, const Visit& visit) {
  Tokens tokens(text);
  while (tokens.next()) {
    if (!tokens.is_name() && is_number_or_string(tokens.text())) visit(tokens.text());
  }
}

/// A node that keeps numbers as strings shows nothing that was sent, and nothing but strings.
void add_strings_for_numbers(const sim::RunResult& run, std::vector<std::string>& lines) {
  std::set<std::string, std::less<>> sent;
  std::size_t count = 0;
  std::string first;
  std::string kind;
  for (const Operation& operation : run.history) {
    if (!operation.is_client() || (operation.type != Type::invoke && operation.type != Type::ok)) continue;
    visit_leaves(operation.value.text(), [&](std::string_view leaf) {
      if (operation.type == Type::invoke) {
        sent.emplace(leaf);
        return;
      }
      if (leaf.front() != '"' || leaf.size() < 3) return;
      const std::string_view number = leaf.substr(1, leaf.size() - 2);
      if (!sent.contains(number) || sent.contains(leaf) || count++ > 0) return;
      first = number;
      kind = operation.f;
    });
  }
  if (count == 0) return;
  lines.push_back(kind + " showed \"" + first + "\", a string, where " + first + ", a number, was sent (" +
                  std::to_string(count) + " times): values have to come back with the type that they had");
}

/// Registers that read as 0 before anybody began to write a 0 to them.
class UnwrittenZeros {
 public:
  void see(const Operation& operation) {
    using MicroOp = std::tuple<std::string, Json, Json>;
    if (operation.f == "txn") {
      for (const auto& [function, key, value] : from_json<std::vector<MicroOp>>(operation.value)) {
        see(operation.type, function == "r", key, value);
      }
      return;
    }
    const auto [key, value] = from_json<std::pair<Json, Json>>(operation.value);
    if (operation.f != "cas") {
      see(operation.type, operation.f == "read", key, value);
    } else if (operation.type == Type::invoke) {
      see(operation.type, false, key, from_json<std::pair<Json, Json>>(value).second);
    }
  }
  std::size_t count() const { return count_; }
  const std::string& first() const { return first_; }

 private:
  /// What shows that a node has nothing where null is meant.
  static bool is_nothing(const Json& value) {
    return value.text() == "0" || value.text() == "false" || value.text() == "\"\"";
  }

  void see(Type type, bool is_read, const Json& key, const Json& value) {
    if (!is_nothing(value)) return;
    if (!is_read) {
      if (type == Type::invoke) written_.emplace(key, value);
    } else if (type == Type::ok && !written_.contains({key, value})) {
      if (count_++ == 0) first_ = "key " + key.text() + " as " + value.text();
    }
  }

  std::set<std::pair<Json, Json>> written_;
  std::size_t count_ = 0;
  std::string first_;
};

void add_zeros_for_null(const sim::RunResult& run, const std::set<std::string>& kinds,
                        std::vector<std::string>& lines) {
  if (!kinds.contains("txn") && !kinds.contains("write")) return;  // these are no registers
  UnwrittenZeros zeros;
  for (const Operation& operation : run.history) {
    if (!operation.is_client() || (operation.type != Type::invoke && operation.type != Type::ok)) continue;
    try {
      zeros.see(operation);
    } catch (const Error&) {
      continue;  // of another form: others say so
    }
  }
  if (zeros.count() == 0) return;
  lines.push_back(counted(zeros.count(), "read") + " showed what nobody had written, such as " + zeros.first() +
                  ": where nothing was written, null is meant, or error 20 in lin-kv");
}

/// What nodes said to each other again; nothing of a run that kept no packets.
sim::Repeats repeats_of(const std::vector<sim::Packet>& packets, const std::vector<std::string>& nodes) {
  const std::set<std::string, std::less<>> servers(nodes.begin(), nodes.end());
  sim::Repeats repeats;
  for (const sim::Packet& packet : packets) {
    if (servers.contains(packet.src) && servers.contains(packet.dest)) repeats.note(packet);
  }
  return repeats;
}

}  // namespace

std::optional<std::string> storm(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                 std::size_t operations) {
  const std::uint64_t sent = run.net.servers.sent;
  if (nodes.size() < 2 || operations == 0) return std::nullopt;
  if (sent < sim::storm_bound(nodes.size(), operations, run.duration)) return std::nullopt;
  return sim::storm_words(nodes.size(), sent / operations, repeats_of(run.packets, nodes));
}

std::vector<std::string> symptoms(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                  std::size_t workers) {
  std::vector<std::string> lines;
  const Answers answers(run.history, nodes, workers);
  add_strings_for_numbers(run, lines);
  add_zeros_for_null(run, answers.kinds(), lines);
  add_silent_nodes(run, nodes, answers, lines);
  add_silent_kinds(run, answers, lines);
  add_spells(run, answers, lines);
  return lines;
}

std::vector<std::string> error_replies(const check::History& history) {
  std::set<std::string> with_ok;
  for (const Operation& operation : history) {
    if (operation.is_client() && operation.type == Type::ok) with_ok.insert(operation.f);
  }
  std::map<std::string, std::size_t> counts;
  for (const Operation& operation : history) {
    if (!operation.is_client() || !operation.error) continue;
    const std::string words = sim::error_words(*operation.error);
    if (!words.empty() && !is_right(operation, words, with_ok)) ++counts[words];
  }
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [words, count] : counts) sorted.emplace_back(count, words);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(shown_errors, sorted.size()); ++i) {
    lines.push_back(std::to_string(sorted[i].first) + (sorted[i].first == 1 ? " operation was" : " operations were") +
                    " answered with " + sorted[i].second);
  }
  return lines;
}

}  // namespace mznode
