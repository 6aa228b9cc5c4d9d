#include "transactions/lists.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mznode::check::txn {
namespace {

/// How many bytes two texts have in common at their beginnings.
std::size_t common_prefix(const char* a, const char* b, std::size_t size) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= size; at += sizeof(std::uint64_t)) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    if (x != y) {
      if constexpr (std::endian::native == std::endian::little) {
        return at + static_cast<std::size_t>(std::countr_zero(x ^ y)) / 8;
      } else {
        return at + static_cast<std::size_t>(std::countl_zero(x ^ y)) / 8;
      }
    }
  }
  while (at < size && a[at] == b[at]) ++at;
  return at;
}

}  // namespace

void ListReader::read_seen(Scanner& scanner, MicroOp& micro_op) {
  if (micro_op.key >= lists_.size()) lists_.resize(transactions_->key_count());
  if (!scanner.consume('[')) refuse("expected null or a list as what a read has seen");
  List& list = lists_[micro_op.key];
  const char* text = scanner.position();
  const auto size = std::min(static_cast<std::size_t>(scanner.end() - text), list.text.size());
  const std::size_t common = common_prefix(text, list.text.data(), size);
  if (text[common] == ']' && read_prefix(list, common, micro_op)) {
    scanner.go_to(text + common + 1);
    return;
  }
  seen_.clear();
  if (common > 0 && common == list.text.size() && text[common] == ',') {
    scanner.go_to(text + common + 1);
    seen_ = list.elements;
  }
  read_elements(scanner, list, micro_op);
}

/// Recognises a prefix of the list that is `size` bytes long.
bool ListReader::read_prefix(const List& list, std::size_t size, MicroOp& micro_op) {
  const auto end = std::lower_bound(list.ends.begin(), list.ends.end(), size);
  if (end == list.ends.end() || *end != size) return false;
  micro_op.length = static_cast<std::uint32_t>(end - list.ends.begin()) + 1;
  micro_op.element = list.elements[micro_op.length - 1];
  return true;
}

/// Reads the elements that follow those in `seen_`.
void ListReader::read_elements(Scanner& scanner, List& list, MicroOp& micro_op) {
  const std::size_t known = seen_.size();
  seen_texts_.clear();
  if (known > 0 || !scanner.consume(']')) {
    do {
      seen_texts_.push_back(value(scanner));
      seen_.push_back(element(micro_op.key, seen_texts_.back()));
    } while (scanner.consume(','));
    if (!scanner.consume(']')) refuse("expected a list as what a read has seen");
  }
  micro_op.length = static_cast<std::uint32_t>(seen_.size());
  if (seen_.empty()) return;
  micro_op.element = seen_.back();
  const std::size_t common = std::min(seen_.size(), list.elements.size());
  if (std::equal(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(common), list.elements.begin())) {
    for (std::size_t i = common; i < seen_.size(); ++i) append(list, seen_[i], seen_texts_[i - known]);
    return;
  }
  micro_op.kind = MicroOp::Kind::odd_read;
  const auto [number, is_new] = odd_numbers_.try_emplace(seen_, static_cast<std::uint32_t>(odd_reads_.size()));
  if (is_new) odd_reads_.push_back(seen_);
  micro_op.length = number->second;
}

void ListReader::append(List& list, ElementId element, std::string_view text) {
  if (!list.elements.empty()) list.text += ',';
  list.text += text;
  list.elements.push_back(element);
  list.ends.push_back(static_cast<std::uint32_t>(list.text.size()));
}

}  // namespace mznode::check::txn
