#include "invariants/violations.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mznode/check/gloss.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;

/// How many examples of each kind are kept, and told in words.
constexpr std::size_t kept_examples = 8;
constexpr std::size_t told_examples = 3;

}  // namespace

void ViolationsFinding::write_to(ordered_json& details) const {
  for (const auto& [name, number] : counts) details[name] = number;
  details["errors"] = ordered_json::object();
  for (const Violation& violation : violations) {
    ordered_json& written = details["errors"][violation.name];
    written = {{"count", violation.count}, {"examples", ordered_json::array()}};
    for (const Example& example : violation.examples) {
      ordered_json operations = ordered_json::array();
      for (const Operation& operation : example.operations) operations.push_back(to_details(operation));
      written["examples"].push_back({{"operations", std::move(operations)}, {"text", example.text}});
    }
  }
}

std::string ViolationsFinding::reason() const {
  std::string text;
  for (const Violation& violation : violations) {
    text += (text.empty() ? "" : "; ") + violation.name + " (" + std::to_string(violation.count) + ")";
  }
  return text;
}

void Violations::add(std::string_view name, std::vector<Operation> operations, std::string text) {
  auto& all = finding_.violations;
  auto known = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
  if (known == all.end()) known = all.insert(all.end(), {.name = std::string(name), .examples = {}});
  ++known->count;
  if (known->examples.size() < kept_examples) known->examples.push_back({std::move(operations), std::move(text)});
}

void Violations::add_impossible(std::vector<Operation> operations, const std::string& what, bool is_aborted) {
  std::string text = named(operations.front()) + " shows " + what +
                     (is_aborted ? ", whose write failed" : ", which nobody had begun to write");
  add(is_aborted ? "aborted-read" : "unwritten-read", std::move(operations), std::move(text));
}

Verdict Violations::verdict(const std::string& why_unjudged) && {
  Verdict verdict(!empty() ? Valid::no : why_unjudged.empty() ? Valid::yes : Valid::unknown);
  if (verdict.valid == Valid::unknown) verdict.error = why_unjudged;
  for (const ViolationsFinding::Violation& violation : finding_.violations) {
    const std::string explained = gloss(violation.name);
    verdict.explanation.push_back(violation.name + " (" + std::to_string(violation.count) + ")" +
                                  (explained.empty() ? "" : ": " + explained));
    for (std::size_t i = 0; i < std::min(told_examples, violation.examples.size()); ++i) {
      verdict.explanation.push_back("  " + violation.examples[i].text);
    }
  }
  verdict.add(std::move(finding_));
  return verdict;
}

}  // namespace mznode::check
