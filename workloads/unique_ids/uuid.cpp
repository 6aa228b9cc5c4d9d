#include "unique_ids/unique_ids.hpp"

namespace mznode::unique_ids {
namespace {

/// Random UUIDs, version 4 (RFC 9562, section 5.4): unique by the size of the space.
class Uuid final : public Strategy {
 public:
  Uuid(Node& node, const OptionValues&) : node_(node) {
    node.on("generate", [this] { return GenerateOk{Json::from_valid(next())}; });
  }

 private:
  std::string next() {
    constexpr std::uint64_t version_4 = 0x4000;
    constexpr std::uint64_t variant = std::uint64_t{0b10} << 62;
    const std::uint64_t first = (node_.random() & ~std::uint64_t{0xF000}) | version_4;
    const std::uint64_t second = (node_.random() >> 2) | variant;
    std::string text = "\"";
    append_hex(text, first);
    append_hex(text, second);
    text += '"';
    for (const std::size_t dash : {9U, 14U, 19U, 24U}) text.insert(dash, 1, '-');
    return text;
  }

  static void append_hex(std::string& text, std::uint64_t bits) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(bits >> shift) & 15];
  }

  Node& node_;
};

}  // namespace

StrategyInfo uuid_strategy() {
  return {.name = "uuid",
          .summary = "random UUIDs, version 4; no messages",
          .guarantees = {.model = "unique ids", .survives = message_faults({Fault::kill, Fault::skew})},
          .options = {},
          .install = install<Uuid>};
}

}  // namespace mznode::unique_ids
