#pragma once

#include <vector>

#include "cycles/dependency.hpp"
#include "transactions/lists.hpp"

namespace mznode::check::txn {

/// What a history of appends to lists tells about the versions of its keys (Alvaro and Kingsbury, "Elle", section 4):
/// every read shows the whole history of its key, so the longest one is the order of the appends. An append that no
/// read shows comes after all that were shown.
class ListAppend final : public Explainer {
 public:
  ListAppend(const Transactions& transactions, const ListReader& reader);

  /// Calls `emit` with a Dependency for each dependency of `to` on another transaction.
  template <class Emit>
  void for_each_dependency(TransactionId to, Emit&& emit) const;
  std::optional<Dependency> explain(TransactionId from, TransactionId to, Relations relation) const override;
  Objects objects() const override { return Objects::lists; }

  /// The versions of a key, in their order, by the element that was appended last.
  const std::vector<ElementId>& order(KeyId key) const { return orders_[key]; }
  /// The elements that a read has seen.
  std::span<const ElementId> seen(const MicroOp& read) const;

 private:
  void find_orders();
  void take_longer(std::vector<ElementId>& order, std::span<const ElementId> seen) const;
  void find_readers();
  /// Where the readers of a version are noted; `element` may be none, for the initial state.
  std::uint32_t slot(KeyId key, ElementId element) const {
    return element != none ? std::uint32_t{element} : transactions_.element_count() + key;
  }
  ElementId version_before(const MicroOp& append) const;

  const Transactions& transactions_;
  const ListReader& reader_;
  std::vector<std::vector<ElementId>> orders_;  // by key
  std::vector<std::uint32_t> position_;         // by element: in the order of its key; none when it was not read
  std::vector<std::uint32_t> first_reader_;     // by slot
  std::vector<TransactionId> readers_;
};

template <class Emit>
void ListAppend::for_each_dependency(TransactionId to, Emit&& emit) const {
  const Transaction& transaction = transactions_.list[to];
  if (!transaction.is_possible()) return;
  const auto writer_of = [&](ElementId element) {
    const TransactionId writer = transactions_.elements[element].writer;
    return writer != none && transactions_.list[writer].is_possible() ? writer : to;
  };
  for (const MicroOp& micro_op : transactions_.ops_of(transaction)) {
    if (micro_op.kind == MicroOp::Kind::write) {
      const ElementId before = version_before(micro_op);
      const auto depend = [&](Relations relation, TransactionId from) {
        if (from != to) emit(Dependency{relation, from, to, micro_op.key, before, micro_op.element});
      };
      if (before != none) depend(ww, writer_of(before));
      const std::uint32_t version = slot(micro_op.key, before);
      for (std::uint32_t i = first_reader_[version]; i < first_reader_[version + 1]; ++i) depend(rw, readers_[i]);
    } else if (micro_op.is_read() && micro_op.element != none) {
      const TransactionId from = writer_of(micro_op.element);
      if (from != to) emit(Dependency{wr, from, to, micro_op.key, micro_op.element, none});
    }
  }
}

}  // namespace mznode::check::txn
