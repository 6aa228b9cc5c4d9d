#include "transactions/list_append.hpp"

#include "compat/clojure_order.hpp"

namespace mznode::check::txn {

ListAppend::ListAppend(const Transactions& transactions, const ListReader& reader)
    : transactions_(transactions), reader_(reader) {
  find_orders();
  find_readers();
}

std::span<const ElementId> ListAppend::seen(const MicroOp& read) const {
  if (read.kind == MicroOp::Kind::odd_read) return reader_.odd_reads()[read.length];
  if (read.kind != MicroOp::Kind::read) return {};
  return std::span(reader_.lists()[read.key].elements).first(read.length);
}

/// The longest read of each key, without repetitions. A key that nobody has read, with a single append, has that one.
void ListAppend::find_orders() {
  orders_.resize(transactions_.key_count());
  for (std::size_t key = 0; key < reader_.lists().size(); ++key) orders_[key] = reader_.lists()[key].elements;
  std::vector<std::uint32_t> appends(transactions_.key_count(), 0);
  std::vector<ElementId> last(transactions_.key_count());
  for (const Transaction& transaction : transactions_.list) {
    if (!transaction.is_possible()) continue;
    for (const MicroOp& micro_op : transactions_.ops_of(transaction)) {
      if (micro_op.kind == MicroOp::Kind::write) {
        ++appends[micro_op.key];
        last[micro_op.key] = micro_op.element;
      } else if (micro_op.kind == MicroOp::Kind::odd_read) {
        take_longer(orders_[micro_op.key], seen(micro_op));
      }
    }
  }
  position_.assign(transactions_.element_count(), none);
  for (std::size_t key = 0; key < orders_.size(); ++key) {
    auto& order = orders_[key];
    if (order.empty() && appends[key] == 1) order = {last[key]};
    std::uint32_t length = 0;
    for (const ElementId element : order) {
      if (position_[element] != none) continue;
      position_[element] = length;
      order[length++] = element;
    }
    order.resize(length);
  }
}

/// Takes the longer one of two lists, and of contradictory ones of the same length the one that Elle takes.
void ListAppend::take_longer(std::vector<ElementId>& order, std::span<const ElementId> seen) const {
  if (seen.size() < order.size()) return;
  const auto texts = [this](std::span<const ElementId> elements) {
    std::vector<std::string_view> list;
    for (const ElementId element : elements) list.push_back(transactions_.element_text(element));
    return list;
  };
  if (seen.size() == order.size() && !iterates_before(texts(order), texts(seen))) return;
  order.assign(seen.begin(), seen.end());
}

void ListAppend::find_readers() {
  first_reader_.assign(transactions_.element_count() + transactions_.key_count() + 1, 0);
  const auto for_each_read = [this](auto&& visit) {
    for (std::uint32_t number = transactions_.size(); number-- > 0;) {
      const TransactionId i(number);
      if (!transactions_.list[i].is_possible()) continue;
      for (const MicroOp& micro_op : transactions_.ops_of(transactions_.list[i])) {
        if (micro_op.is_read()) visit(slot(micro_op.key, micro_op.element), i);
      }
    }
  };
  for_each_read([this](std::uint32_t version, TransactionId) { ++first_reader_[version]; });
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_reader_) {
    sum += first;
    first = sum;
  }
  readers_.resize(sum);
  for_each_read([this](std::uint32_t version, TransactionId reader) { readers_[--first_reader_[version]] = reader; });
}

/// The version that an append has overwritten, or the highest one that it can be known to have come after.
ElementId ListAppend::version_before(const MicroOp& append) const {
  const auto& order = orders_[append.key];
  const std::uint32_t position = position_[append.element];
  if (position == none) return order.empty() ? ElementId() : order.back();
  return position > 0 ? order[position - 1] : ElementId();
}

std::optional<Dependency> ListAppend::explain(TransactionId from, TransactionId to, Relations relation) const {
  std::optional<Dependency> found;
  for_each_dependency(to, [&](const Dependency& dependency) {
    if (!found && dependency.from == from && dependency.relation == relation) found = dependency;
  });
  return found;
}

}  // namespace mznode::check::txn
