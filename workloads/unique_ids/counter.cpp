#include <array>
#include <charconv>

#include "unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

/// "<node>-<incarnation>-<count>": the node tells processes apart, the incarnation the lives of one process, the count
/// the requests of one life. The numbers are in base 36, because most of what this strategy costs is the length of its
/// ids.
class Counter final : public Strategy {
 public:
  Counter(Node& node, const OptionValues&) {
    node.on_init([this, &node] { id_ = node.id() + "-" + in_base_36(node.incarnation()) + "-0"; });
    node.on("generate", [this] {
      count();
      return Id{id_};
    });
  }

 private:
  struct Id {
    std::string_view id;  // of id_: written into the reply before the next one is made
    MZNODE_FIELDS(id)
  };

  static std::string in_base_36(std::uint64_t number) {
    std::array<char, 13> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 36).ptr;
    return {digits.data(), end};
  }

  /// Counts in place, as an odometer does: most requests change one digit.
  void count() {
    auto digit = id_.end() - 1;
    for (; *digit == 'z'; --digit) *digit = '0';
    if (*digit == '-') {
      id_.insert(digit + 1, '1');
    } else {
      *digit = *digit == '9' ? 'a' : static_cast<char>(*digit + 1);
    }
  }

  std::string id_;
};

}  // namespace

StrategyInfo counter_strategy() {
  return {.name = "counter",
          .summary = "node, incarnation and a count; no messages",
          .guarantees = {.model = "unique ids", .survives = message_faults({Fault::kill, Fault::skew})},
          .options = {},
          .install = install<Counter>};
}

}  // namespace mznode::unique_ids
