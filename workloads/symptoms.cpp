#include "symptoms.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/seconds.hpp"
#include "mznode/sim/error_words.hpp"

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
      if (operation.type == Type::ok) with_ok.insert(operation.f);
    }
  }

  std::map<std::string, Asked> by_node;
  std::map<std::string, Asked> by_kind;
  std::set<std::string> with_ok;
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

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// Of some node, that it answered this kind of request late, beginning with "; "; empty where none did, or where faults
/// may be why.
std::string late_words(const sim::RunResult& run, const std::string& kind) {
  if (!run.fault_spans.empty()) return {};
  for (const auto& [node, silence] : run.silences) {
    if (silence.starts_with("; " + node + " answered " + kind + " after ")) return silence;
  }
  return {};
}

/// Why a node may have been silent, beginning with "; "; empty where faults may be why.
std::string hint(const sim::RunResult& run, const std::string& node) {
  if (const auto found = run.silences.find(node); found != run.silences.end()) {
    const bool is_late = found->second.starts_with("; " + node + " answered ");
    return is_late && !run.fault_spans.empty() ? "" : found->second;
  }
  return run.fault_spans.empty() ? "; does it reply to them, or does a handler block?" : "";
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
    lines.push_back(node + " answered nothing: none of " + std::to_string(found->second.requests) + " operations (" +
                    joined(found->second.kinds) + ") got a reply in time" + hint(run, node));
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
    const std::string late = late_words(run, kind);
    lines.push_back("no " + kind + " was answered: none of " + std::to_string(asked.requests) +
                    " got a reply in time, while " + joined(answered) + (answered.size() == 1 ? " was" : " were") +
                    (late.empty() ? "; does its handler reply, and is there one?" : late));
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

void add_error_replies(const sim::RunResult& run, const std::set<std::string>& with_ok,
                       std::vector<std::string>& lines) {
  std::map<std::string, std::size_t> counts;
  for (const Operation& operation : run.history) {
    if (!operation.is_client() || !operation.error) continue;
    const std::string words = sim::error_words(*operation.error);
    if (!words.empty() && !is_right(operation, words, with_ok)) ++counts[words];
  }
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [words, count] : counts) sorted.emplace_back(count, words);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < std::min(shown_errors, sorted.size()); ++i) {
    lines.push_back(std::to_string(sorted[i].first) + (sorted[i].first == 1 ? " operation was" : " operations were") +
                    " answered with " + sorted[i].second);
  }
}

/// Calls `visit` with every number and string of a JSON text as it is spelled, keys of objects not among them.
template <class Visit>
void visit_leaves(std::string_view text, const Visit& visit) {
  std::size_t at = 0;
  const auto end_of = [&](const auto& is_part) {
    std::size_t end = at + 1;
    while (end < text.size() && is_part(text[end])) ++end;
    return end;
  };
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      bool is_escaped = false;
      std::size_t end = end_of([&](char each) {
        const bool is_end = each == '"' && !is_escaped;
        is_escaped = each == '\\' && !is_escaped;
        return !is_end;
      });
      end = std::min(end + 1, text.size());
      const std::size_t next = text.find_first_not_of(" \t", end);
      const bool is_key = next != std::string_view::npos && text[next] == ':';
      if (!is_key) visit(text.substr(at, end - at));
      at = end;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      const std::size_t end = end_of([](char each) {
        return (each >= '0' && each <= '9') || each == '.' || each == 'e' || each == 'E' || each == '+' || each == '-';
      });
      visit(text.substr(at, end - at));
      at = end;
    } else {
      ++at;
    }
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

/// A message without its id, which differs each time that it is sent.
std::string_view said(std::string_view body, std::string& without_id) {
  const std::size_t at = body.find("\"msg_id\"");
  if (at == std::string_view::npos) return body;
  const std::size_t end = body.find_first_of(",}", at);
  without_id = std::string(body.substr(0, at)) + std::string(body.substr(std::min(end, body.size())));
  return without_id;
}

/// Of the messages between servers, the percentage that says again what its sender had said to the same node.
std::string repeated_share(const std::vector<sim::Packet>& packets, const std::vector<std::string>& nodes) {
  const std::set<std::string, std::less<>> servers(nodes.begin(), nodes.end());
  std::set<std::string> known;
  std::size_t count = 0;
  std::string buffer;
  for (const sim::Packet& packet : packets) {
    if (!servers.contains(packet.src) || !servers.contains(packet.dest)) continue;
    ++count;
    known.insert(packet.src + " " + packet.dest + " " + std::string(said(packet.body, buffer)));
  }
  if (count == 0) return {};
  return ", and " + std::to_string((count - known.size()) * 100 / count) +
         " % of them repeat what the same node had told the same one";
}

}  // namespace

std::optional<std::string> storm(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                 double messages_per_op) {
  // Everybody tells everybody else everything twenty times.
  constexpr double too_often = 20;
  const double enough = static_cast<double>(nodes.size() * (nodes.size() - 1));
  if (enough == 0 || messages_per_op < too_often * enough) return std::nullopt;
  return "a storm of messages: " + std::to_string(static_cast<std::uint64_t>(messages_per_op)) +
         " between servers an operation, where " + std::to_string(static_cast<std::uint64_t>(enough)) +
         " tell all nodes everything" + repeated_share(run.packets, nodes) +
         "; does each node pass on only what is new to it?";
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
  add_error_replies(run, answers.with_ok, lines);
  return lines;
}

}  // namespace mznode
