#pragma once

#include <string>
#include <vector>

#include "anomalies/anomaly_list.hpp"
#include "anomalies/evidence.hpp"
#include "cycles/dependency.hpp"
#include "mznode/check/options.hpp"
#include "transactions/reader.hpp"

namespace mznode::check::txn {

/// Reads transactions on registers.
class RegisterReader final : public TransactionReader {
 public:
  explicit RegisterReader(const History& history) : TransactionReader(history, "w") {}

 protected:
  void read_seen(Scanner& scanner, MicroOp& micro_op) override;
};

/// What a history of registers tells about the versions of its keys: less than one of lists, for a value does not show
/// those before it. The initial value comes before all others; further order comes from what is assumed.
///
/// As Elle, only acknowledged transactions count as readers and writers of a version, and of those what they read
/// first, before they wrote, and what they wrote last.
class RegisterVersions final : public Explainer {
 public:
  /// Notes an order that contradicts itself as `cyclic-versions`, and leaves that assumption out.
  RegisterVersions(const History& history, const Transactions& transactions, const CheckOptions& options,
                   AnomalyList& anomalies);

  /// Calls `emit` with a Dependency for each dependency of `to` on another transaction.
  template <class Emit>
  void for_each_dependency(TransactionId to, Emit&& emit) const;
  std::optional<Dependency> explain(TransactionId from, TransactionId to, Relations relation) const override;
  Objects objects() const override { return Objects::registers; }
  Loops loops() const;
  /// How many versions have a place in the order that was inferred.
  VersionOrderFinding version_order() const;

 private:
  /// A version: an element, or behind them the initial one of each key.
  using Version = VertexId;
  /// What a transaction did to a key as others can tell.
  struct External {
    KeyId key;
    Version read = none;     // none when it did not read, or not first
    Version written = none;  // none when it did not write
  };

  void find_externals();
  Version initial(KeyId key) const { return Version(transactions_.element_count() + key); }
  Version version(const MicroOp& read) const {
    return read.element != none ? Version(read.element) : initial(read.key);
  }
  ElementId element(Version version) const {
    return version < transactions_.element_count() ? ElementId(version) : ElementId();
  }
  /// The version of a key that a transaction met first: what it read, or if that was the initial one, what it wrote.
  Version first_met(const External& it) const {
    return it.written == none || (it.read != none && element(it.read) != none) ? it.read : it.written;
  }
  static Version last_met(const External& it) { return it.written != none ? it.written : it.read; }
  KeyId key_of(Version version) const {
    return element(version) == none ? KeyId(version - transactions_.element_count())
                                    : transactions_.elements[version].key;
  }
  std::span<const External> externals(TransactionId transaction) const {
    return std::span(externals_)
        .subspan(first_external_[transaction], first_external_[transaction + 1] - first_external_[transaction]);
  }

  /// The dependency of a transaction on itself, if it has read what it wrote only afterwards.
  std::optional<Dependency> read_ahead(TransactionId transaction) const;
  const External* find_external(TransactionId transaction, KeyId key) const;

  using Edges = std::vector<Graph::Edge>;  // from a version to a later one of the same key
  Edges initial_order() const;
  Edges written_after_read() const;
  Edges told_order(const History& history, const std::string& field) const;
  Edges sequential_order(const History& history) const;
  Edges realtime_order() const;
  Edges elle_realtime_order(const History& history, const CheckOptions& options) const;
  void add_order(const char* source, Edges edges, AnomalyList& anomalies);
  void describe_cycles(const Components& components, const std::vector<std::uint32_t>& members,
                       AnomalyList& anomalies) const;
  void find_readers();
  bool implies_initial(std::span<const Graph::Arc> before) const;

  const Transactions& transactions_;
  std::vector<External> externals_;
  std::vector<std::uint32_t> first_external_;  // by transaction
  Edges edges_;
  std::vector<std::string> sources_;
  Graph before_;                // from a version to those right before it
  bool follows_reads_ = false;  // what a transaction wrote comes after what it read
  std::vector<TransactionId> writer_;
  std::vector<std::uint32_t> first_reader_;  // by version
  std::vector<TransactionId> readers_;
};

template <class Emit>
void RegisterVersions::for_each_dependency(TransactionId to, Emit&& emit) const {
  if (!transactions_.list[to].is_ok()) return;
  for (const External& it : externals(to)) {
    if (it.read != none && writer_[it.read] != none && writer_[it.read] != to) {
      emit(Dependency{wr, writer_[it.read], to, it.key, element(it.read), none});
    }
    if (it.written == none) continue;
    const auto depend = [&](Relations relation, TransactionId from, Version before) {
      if (from != to) emit(Dependency{relation, from, to, it.key, element(before), element(it.written)});
    };
    const auto follow_readers = [&](Version before) {
      for (std::uint32_t i = first_reader_[before]; i < first_reader_[before + 1]; ++i) depend(rw, readers_[i], before);
    };
    const auto versions_before = before_.arcs(it.written);
    const bool skips_initial = implies_initial(versions_before);
    for (const Graph::Arc& arc : versions_before) {
      const Version before = arc.to;
      if (skips_initial && element(before) == none) continue;
      if (writer_[before] != none) depend(ww, writer_[before], before);
      follow_readers(before);
    }
    // What was read before it was written comes before itself, so that all who read it come before the write.
    if (follows_reads_ && it.read == it.written) follow_readers(it.read);
  }
}

/// Finds the anomalies of rw-register that are no cycles: G1a, G1b, internal and lost-update.
void find_register_anomalies(const Transactions& transactions, NilRead nil_read, const Evidence& evidence,
                             AnomalyList& anomalies);

}  // namespace mznode::check::txn
