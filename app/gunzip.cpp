#include "gunzip.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace mznode::app {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw std::runtime_error("it begins as gzip writes, but " + why);
}

/// Bits from the lowest of each byte on.
class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t take(unsigned count) {
    while (held_ < count) {
      bits_ |= std::uint64_t{next_byte()} << held_;
      held_ += 8;
    }
    const auto value = static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << count) - 1));
    bits_ >>= count;
    held_ -= count;
    return value;
  }
  /// Leaves out what is left of a byte; whole bytes follow.
  void align() {
    bits_ >>= held_ % 8;
    held_ -= held_ % 8;
  }
  bool at_end() const { return held_ == 0 && at_ == bytes_.size(); }

 private:
  unsigned char next_byte() {
    if (at_ == bytes_.size()) refuse("it ends too early");
    return static_cast<unsigned char>(bytes_[at_++]);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t bits_ = 0;
  unsigned held_ = 0;
};

constexpr unsigned max_length = 15;

/// A canonical Huffman code (RFC 1951, section 3.2.2), read bit by bit: of each
/// length, how many symbols there are.
class Code {
 public:
  explicit Code(std::span<const std::uint8_t> lengths) {
    for (const std::uint8_t length : lengths) ++counts_[length];
    counts_[0] = 0;
    std::array<std::uint16_t, max_length + 2> offsets{};
    for (unsigned length = 1; length <= max_length; ++length) {
      offsets[length + 1] = static_cast<std::uint16_t>(offsets[length] + counts_[length]);
    }
    symbols_.resize(lengths.size());
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] != 0) symbols_[offsets[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
    }
    int left = 1;
    for (unsigned length = 1; length <= max_length; ++length) {
      left = 2 * left - counts_[length];
      if (left < 0) refuse("a code of it means two things");
    }
  }

  std::uint16_t read(Bits& bits) const {
    int code = 0;
    int first = 0;
    int index = 0;
    for (unsigned length = 1; length <= max_length; ++length) {
      code |= static_cast<int>(bits.take(1));
      const int count = counts_[length];
      if (code - count < first) return symbols_[static_cast<std::size_t>(index + (code - first))];
      index += count;
      first = 2 * (first + count);
      code *= 2;
    }
    refuse("a code of it means nothing");
  }

 private:
  std::array<std::uint16_t, max_length + 1> counts_{};
  std::vector<std::uint16_t> symbols_;
};

struct Range {
  std::uint16_t base;
  std::uint8_t extra_bits;
};
/// RFC 1951, section 3.2.5.
constexpr std::array<Range, 29> copied_lengths = {
    {{3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1}, {13, 1},
     {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3}, {59, 3},
     {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}};
constexpr std::array<Range, 30> distances = {
    {{1, 0},     {2, 0},     {3, 0},     {4, 0},      {5, 1},      {7, 1},     {9, 2},     {13, 2},
     {17, 3},    {25, 3},    {33, 4},    {49, 4},     {65, 5},     {97, 5},    {129, 6},   {193, 6},
     {257, 7},   {385, 7},   {513, 8},   {769, 8},    {1025, 9},   {1537, 9},  {2049, 10}, {3073, 10},
     {4097, 11}, {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}}};

class Inflater {
 public:
  Inflater(std::string_view bytes, std::size_t max_bytes) : bits_(bytes), max_bytes_(max_bytes) {}

  std::string run() {
    do {
      member();
    } while (!bits_.at_end());
    return std::move(out_);
  }

 private:
  /// RFC 1952, section 2.3.
  void member() {
    if (bits_.take(16) != 0x8B1F || bits_.take(8) != 8) refuse("what follows is no gzip");
    const std::uint32_t flags = bits_.take(8);
    for (int i = 0; i < 6; ++i) bits_.take(8);  // when, how and where it was written
    constexpr std::uint32_t has_checksum = 2, has_extra = 4, has_name = 8, has_comment = 16;
    if ((flags & has_extra) != 0) {
      for (std::uint32_t left = bits_.take(16); left > 0; --left) bits_.take(8);
    }
    for (const std::uint32_t text : {has_name, has_comment}) {
      while ((flags & text) != 0 && bits_.take(8) != 0) continue;
    }
    if ((flags & has_checksum) != 0) bits_.take(16);
    const std::size_t start = out_.size();
    while (block()) continue;
    bits_.align();
    const std::string_view written = std::string_view(out_).substr(start);
    if (bits_.take(32) != checksum(written)) refuse("its bytes differ from their checksum");
    if (bits_.take(32) != static_cast<std::uint32_t>(written.size())) refuse("its size is another one");
  }

  /// False for the last one.
  bool block() {
    const bool is_last = bits_.take(1) != 0;
    switch (bits_.take(2)) {
      case 0: stored(); break;
      case 1: compressed(fixed_literals(), Code(std::vector<std::uint8_t>(30, 5))); break;
      case 2: dynamic(); break;
      default: refuse("a block of it is of no kind");
    }
    return !is_last;
  }

  void stored() {
    bits_.align();
    const std::uint32_t size = bits_.take(16);
    if (bits_.take(16) != (~size & 0xFFFF)) refuse("a block of it has no size");
    for (std::uint32_t i = 0; i < size; ++i) put(static_cast<char>(bits_.take(8)));
  }

  static Code fixed_literals() {
    std::vector<std::uint8_t> lengths(288, 8);
    for (std::size_t i = 144; i < 256; ++i) lengths[i] = 9;
    for (std::size_t i = 256; i < 280; ++i) lengths[i] = 7;
    return Code(lengths);
  }

  void dynamic() {
    const std::size_t literals = bits_.take(5) + 257;
    const std::size_t distance_codes = bits_.take(5) + 1;
    const std::size_t length_codes = bits_.take(4) + 4;
    constexpr std::array<std::uint8_t, 19> order = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, 19> of_lengths{};
    for (std::size_t i = 0; i < length_codes; ++i) of_lengths[order[i]] = static_cast<std::uint8_t>(bits_.take(3));
    const Code code(of_lengths);
    std::vector<std::uint8_t> lengths;
    while (lengths.size() < literals + distance_codes) {
      const std::uint16_t symbol = code.read(bits_);
      if (symbol < 16) {
        lengths.push_back(static_cast<std::uint8_t>(symbol));
        continue;
      }
      if (symbol == 16 && lengths.empty()) refuse("a code of it repeats nothing");
      const std::uint8_t value = symbol == 16 ? lengths.back() : std::uint8_t{0};
      const std::size_t count = symbol == 16   ? 3 + bits_.take(2)
                                : symbol == 17 ? 3 + bits_.take(3)
                                               : 11 + bits_.take(7);
      lengths.insert(lengths.end(), count, value);
    }
    if (lengths.size() > literals + distance_codes) refuse("a code of it is too long");
    compressed(Code(std::span(lengths).first(literals)), Code(std::span(lengths).subspan(literals)));
  }

  void compressed(const Code& literals, const Code& distance_code) {
    constexpr std::uint16_t end = 256;
    for (;;) {
      const std::uint16_t symbol = literals.read(bits_);
      if (symbol == end) return;
      if (symbol < end) {
        put(static_cast<char>(symbol));
        continue;
      }
      const std::size_t number = symbol - end - 1U;
      if (number >= copied_lengths.size()) refuse("a length of it means nothing");
      const std::size_t length = copied_lengths[number].base + bits_.take(copied_lengths[number].extra_bits);
      const std::uint16_t far = distance_code.read(bits_);
      if (far >= distances.size()) refuse("a distance of it means nothing");
      const std::size_t distance = distances[far].base + bits_.take(distances[far].extra_bits);
      if (distance > out_.size()) refuse("a distance of it leads before its begin");
      for (std::size_t i = 0; i < length; ++i) put(out_[out_.size() - distance]);
    }
  }

  void put(char byte) {
    if (out_.size() == max_bytes_) refuse("it becomes larger than " + std::to_string(max_bytes_ >> 20) + " MiB");
    out_ += byte;
  }

  /// CRC-32 (RFC 1952, section 8).
  static std::uint32_t checksum(std::string_view bytes) {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
      table[i] = value;
    }
    std::uint32_t sum = ~0U;
    for (const char byte : bytes) sum = table[(sum ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (sum >> 8);
    return ~sum;
  }

  Bits bits_;
  std::size_t max_bytes_;
  std::string out_;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1F\x8B");
}

std::string gunzip(std::string_view bytes, std::size_t max_bytes) {
  return Inflater(bytes, max_bytes).run();
}

}  // namespace mznode::app
