#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Transactions of which each comes before the next one, and the last before the first.
struct CycleExample {
  /// Why one comes before the next one.
  struct Step {
    /// "ww", "wr", "rw", "process" or "realtime"; of a session guarantee also "visible".
    std::string_view relation;
    /// Of a dependency: the key, the version that was written or read, and for ww and rw the one that followed it.
    std::optional<Json> key = {};
    std::optional<Json> value = {};
    std::optional<Json> next_value = {};
    /// Of the process order.
    std::optional<std::int64_t> process = {};
    /// Of the realtime order: the indexes of the completion and of the invocation.
    std::optional<std::int64_t> completed = {};
    std::optional<std::int64_t> invoked = {};
    /// The sentence: "T1 comes before T2: …".
    std::string words = {};
  };
  std::vector<Operation> transactions = {};
  /// As many: the i-th is about the i-th transaction and the one behind it.
  std::vector<Step> steps = {};
};

/// One occurrence of an anomaly: a cycle, or what its sentence tells (the transaction, the key, the value …).
struct AnomalyExample {
  std::optional<CycleExample> cycle = {};
  nlohmann::ordered_json parts = {};

  AnomalyExample(CycleExample example) : cycle(std::move(example)) {}
  AnomalyExample(nlohmann::ordered_json told) : parts(std::move(told)) {}
};

/// An anomaly of transactions or of logs, with a few examples.
struct Anomaly {
  std::string name;
  std::size_t count = 0;
  std::vector<AnomalyExample> examples = {};
};

/// So few answered operations that to have nothing in common is chance. Of many, their writes would be lost.
inline constexpr std::size_t few_answers = 5;
/// How many operations of clients were acknowledged.
std::size_t answers_in(const History& history);
/// What is said of so few.
std::string too_few_answers(std::size_t answers);

/// Its name, how often it was found, and what its first example shows, in one line.
std::string headline_of(const Anomaly& anomaly);
/// The indexes of the operations that an example is about, in the order in which it names them.
std::vector<std::int64_t> operations_of(const AnomalyExample& example);
/// The key, and the versions, messages or elements that it is about, as far as it names them.
std::optional<Json> key_of(const AnomalyExample& example);
std::vector<Json> values_of(const AnomalyExample& example);

/// `cycle` (the operations), `steps` (why each comes before the next one: `type`, `key`, `value`, `value'` …) and
/// `explanation` (the same in words); or the parts.
nlohmann::ordered_json to_details(const AnomalyExample& example);
nlohmann::ordered_json to_details(const std::vector<AnomalyExample>& examples);

/// What was found of transactions. The anomalies are those that matter to the verdict, in the order of their names.
struct TransactionsFinding final : Finding {
  std::vector<Anomaly> anomalies = {};
  /// The weakest models that are ruled out, and those that these rule out.
  std::vector<std::string> ruled_out = {};
  std::vector<std::string> also_ruled_out = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// The strongest models that no anomaly rules out, and what rules the stronger ones out. Found where somebody asked,
/// unless nothing can be said.
struct StrongestModelsFinding final : Finding {
  std::vector<std::string> models = {};
  /// Where all that was asked for holds: the weakest models that do not, and the anomalies that show it.
  std::vector<std::string> violated = {};
  std::vector<Anomaly> anomalies = {};

  void write_to(nlohmann::ordered_json& details) const override;
  /// The same for a person, a line each: what holds, what does not, and an example of each anomaly.
  std::vector<std::string> words() const;
};

/// Of registers, how many versions the inference could put into an order: what it finds rests on that. Found of a
/// verdict of yes that no complete check stands behind.
struct VersionOrderFinding final : Finding {
  /// Versions of keys that several acknowledged transactions have written.
  std::size_t count = 0;
  /// Those among them that are known to come before or after another one of their key.
  std::size_t ordered = 0;

  /// "38 % of versions ordered", rounded down.
  std::string text() const;
  void write_to(nlohmann::ordered_json& details) const override;
};

}  // namespace mznode::check
