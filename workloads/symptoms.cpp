#include "symptoms.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "mznode/check/verdict.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode {
namespace {

using check::Operation;
using check::Type;
using nlohmann::ordered_json;

/// No line is longer than a person reads.
constexpr std::size_t shown_nodes = 5;
constexpr std::size_t shown_errors = 3;
constexpr std::size_t shown_bytes = 120;

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool is_answered(const Operation& completion) {
  return completion.type == Type::ok || (completion.error && completion.error->text() != "\"net-timeout\"");
}

struct Asked {
  std::size_t requests = 0;
  std::size_t answers = 0;
  std::set<std::string> kinds;
};

void add_silent_nodes(const sim::RunResult& run, const std::vector<std::string>& nodes, std::size_t workers,
                      std::vector<std::string>& lines) {
  std::map<std::string, Asked> by_node;
  for (const Operation& operation : run.history) {
    if (!operation.is_client()) continue;
    Asked& asked = by_node[nodes.at(static_cast<std::size_t>(operation.process) % workers % nodes.size())];
    if (operation.type == Type::invoke) {
      ++asked.requests;
      asked.kinds.insert(operation.f);
    } else if (is_answered(operation)) {
      ++asked.answers;
    }
  }
  std::size_t silent = 0;
  for (const std::string& node : nodes) {
    const Asked& asked = by_node[node];
    if (asked.requests == 0 || asked.answers > 0 || ++silent > shown_nodes) continue;
    const auto found = run.silences.find(node);
    lines.push_back(node + " answered nothing: none of " + std::to_string(asked.requests) + " operations (" +
                    joined(asked.kinds) + ") got a reply" + (found == run.silences.end() ? "" : found->second));
  }
  if (silent > shown_nodes) lines.push_back("so did " + std::to_string(silent - shown_nodes) + " other nodes");
}

/// "error 10 (not-supported)".
std::string error_label(const std::string& name) {
  constexpr int last_code = 30;
  for (int code = 0; code <= last_code; ++code) {
    if (error_name(static_cast<ErrorCode>(code)) == name) return "error " + std::to_string(code) + " (" + name + ")";
  }
  return "error (" + name + ")";
}

void add_error_replies(const sim::RunResult& run, std::vector<std::string>& lines) {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const Operation& operation : run.history) {
    if (!operation.is_client() || !operation.error || operation.error->kind() != Json::Kind::array) continue;
    const ordered_json error = check::to_details(*operation.error);
    if (!error.is_array() || error.size() != 2 || !error[0].is_string() || !error[1].is_string()) continue;
    const std::string name = error[0].get<std::string>();
    const bool is_right = operation.f == "cas" && (name == "precondition-failed" || name == "key-does-not-exist");
    if (!is_right) ++counts[{name, error[1].get<std::string>()}];
  }
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [error, count] : counts) {
    const auto& [name, text] = error;
    sorted.emplace_back(count, error_label(name) + (text.empty() ? "" : ": " + sim::excerpt(text, shown_bytes)));
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < std::min(shown_errors, sorted.size()); ++i) {
    lines.push_back(std::to_string(sorted[i].first) + (sorted[i].first == 1 ? " operation was" : " operations were") +
                    " answered with " + sorted[i].second);
  }
}

/// Calls `visit` with every number and string in a value, keys of objects not among them.
template <class Visit>
void visit_leaves(const ordered_json& value, const Visit& visit) {
  std::vector<const ordered_json*> rest = {&value};
  while (!rest.empty()) {
    const ordered_json& each = *rest.back();
    rest.pop_back();
    if (each.is_structured()) {
      for (const ordered_json& part : each) rest.push_back(&part);
    } else {
      visit(each);
    }
  }
}

/// A node that keeps numbers as strings shows nothing that was sent, and nothing but strings.
void add_strings_for_numbers(const sim::RunResult& run, std::vector<std::string>& lines) {
  std::set<std::string> numbers;
  std::set<std::string> strings;
  std::size_t count = 0;
  std::string first;
  std::string kind;
  for (const Operation& operation : run.history) {
    if (!operation.is_client() || (operation.type != Type::invoke && operation.type != Type::ok)) continue;
    visit_leaves(check::to_details(operation.value), [&](const ordered_json& leaf) {
      if (operation.type == Type::invoke && leaf.is_number_integer()) numbers.insert(leaf.dump());
      if (!leaf.is_string()) return;
      const std::string& text = leaf.get_ref<const std::string&>();
      if (operation.type == Type::invoke) strings.insert(text);
      if (operation.type != Type::ok || !numbers.contains(text) || strings.contains(text)) return;
      if (count++ > 0) return;
      first = text;
      kind = operation.f;
    });
  }
  if (count == 0) return;
  lines.push_back(kind + " showed \"" + first + "\", a string, where " + first + ", a number, was sent (" +
                  std::to_string(count) + " times): values have to come back with the type that they had");
}

}  // namespace

std::vector<std::string> symptoms(const sim::RunResult& run, const std::vector<std::string>& nodes,
                                  std::size_t workers) {
  std::vector<std::string> lines;
  add_silent_nodes(run, nodes, workers, lines);
  add_error_replies(run, lines);
  add_strings_for_numbers(run, lines);
  return lines;
}

}  // namespace mznode
