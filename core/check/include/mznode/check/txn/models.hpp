#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Which anomalies rule out which consistency models: the names and the map of Elle 0.2.2 (elle.consistency-model), so
/// that verdicts compare. It rests on Adya, "Weak Consistency" (1999), on Cerone, Bernardi and Gotsman, "A Framework
/// for Transactional Consistency Models with Atomic Visibility" (CONCUR 2015), on Bailis et al., "Highly Available
/// Transactions" (VLDB 2013), and on Alvaro and Kingsbury, "Elle: Inferring Isolation Anomalies from Experimental
/// Observations" (VLDB 2020).
namespace mznode::check {

/// The consistency models that a history of transactions is held to; strict serializability unless others are named.
class ConsistencyModels {
 public:
  constexpr ConsistencyModels() = default;

  /// Reads names separated by commas, with or without blanks and Clojure's colons. Throws std::invalid_argument for a
  /// name that is not known, with the nearest one and all that are valid, in one line.
  static ConsistencyModels parse(std::string_view names);

  /// All names that parse() takes.
  static std::vector<std::string_view> known();

  /// In alphabetical order; as they were given, but for names that mean the same.
  std::vector<std::string_view> names() const;
  /// The names, separated by commas.
  std::string text() const;
  /// Elle knows models that forbid no anomaly it could find, so that any history would satisfy them: the first of these
  /// among the names, and the weakest models that are checked and imply it, in one line. Nothing where each is checked.
  /// Those that have a complete check are where these run, as they do for registers.
  std::optional<std::string> unchecked(bool runs_complete_checks) const;

  friend bool operator==(const ConsistencyModels&, const ConsistencyModels&) = default;

 private:
  std::uint64_t bits_ = 0;  // positions in the table of models; none means the default
};

namespace txn {

using Names = std::set<std::string_view>;

/// The name under which the tables know a model: "serializable" is "PL-3". A name without another one is its own.
std::string_view canonical_model(std::string_view model);

/// Every anomaly that must not occur if all `models` are to hold, those included that imply one of them.
Names prohibited_anomalies(const ConsistencyModels& models);

/// Why a model would hold for any history, and what to ask for instead; empty where it forbids something.
std::string why_unchecked(std::string_view model);

/// What follows from anomalies by definition: a G0 is a G1c as well.
Names implied_anomalies(std::string_view anomaly);

/// The canonical names of the models that cannot hold where these anomalies occur.
Names impossible_models(const Names& anomalies);

/// The models that the anomalies rule out, under the names that people use.
struct Boundary {
  /// The weakest of them: none of them implies another one that is ruled out, but for those that imply each other.
  Names weakest;
  Names stronger;
};
Boundary ruled_out(const Names& anomalies);

/// Of the models that the checkers can tell to hold, the strongest ones that these anomalies do not rule out: of serial
/// orders, snapshots, and commitment, each in its plain, session and strong form. Under the names that people use, none
/// implies another one; empty when not even read-uncommitted holds.
std::vector<std::string_view> strongest_models(const Names& anomalies);

/// The strongest models of that kind that one of `models` implies and that are not `excluded`.
std::vector<std::string_view> strongest_implied(const std::vector<std::string>& models,
                                                const std::function<bool(std::string_view model)>& excluded);

/// The strongest models of that kind that hold where either one of `a` holds or one of `b`.
std::vector<std::string_view> common_models(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// The anomaly that says no more than that a cycle exists which `model`, a canonical name, forbids.
std::string_view cycle_exists(std::string_view model);
/// The canonical model that such an anomaly speaks of; empty for any other anomaly.
std::string_view model_of_cycle_exists(std::string_view anomaly);

}  // namespace txn
}  // namespace mznode::check
