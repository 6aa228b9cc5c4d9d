#pragma once

#include <map>
#include <string>
#include <vector>

#include "transactions/reader.hpp"

namespace mznode::check::txn {

/// The states of one list: the longest one that agrees with all shorter ones that were read before it. Reads of a list
/// that works are prefixes of one another, so nearly every read is told by its length.
struct List {
  std::vector<ElementId> elements;
  std::string text;                 // the elements as they were written, separated by commas
  std::vector<std::uint32_t> ends;  // where each element ends in the text
};

/// Reads transactions of appends to lists.
class ListReader final : public TransactionReader {
 public:
  explicit ListReader(const History& history) : TransactionReader(history, "append") {}

  /// By key. A key that nobody read has no elements here.
  const std::vector<List>& lists() const { return lists_; }
  /// The different states that contradict what was read before, as elements.
  const std::vector<std::vector<ElementId>>& odd_reads() const { return odd_reads_; }

 protected:
  void read_seen(Scanner& scanner, MicroOp& micro_op) override;

 private:
  static bool read_prefix(const List& list, std::size_t size, MicroOp& micro_op);
  void read_elements(Scanner& scanner, List& list, MicroOp& micro_op);
  static void append(List& list, ElementId element, std::string_view text);

  std::vector<List> lists_;
  std::vector<std::vector<ElementId>> odd_reads_;
  std::map<std::vector<ElementId>, std::uint32_t> odd_numbers_;
  std::vector<ElementId> seen_;
  std::vector<std::string_view> seen_texts_;
};

}  // namespace mznode::check::txn
