#include "segment.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode {
namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0u);
    table[byte] = value;
  }
  return table;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
  static constexpr auto table = make_crc_table();
  crc = ~crc;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

namespace segment {
namespace {

constexpr std::string_view any_format = "mznode-storage ";
constexpr std::string_view this_format = "mznode-storage 1";
constexpr std::string_view frame_mark = "\xf5MZ\xfa";  // bytes that no UTF-8 has, lest records look like frames
constexpr std::size_t head_size = 32;
constexpr std::size_t checked_head_size = head_size - 4;  // all but its own checksum
constexpr std::size_t room_in_front = this_format.size() + head_size;
constexpr std::size_t record_head_size = 4;
constexpr std::size_t max_record_bytes = std::size_t{1} << 30;
/// What a disk writes whole or not at all.
constexpr std::uint64_t sector_size = 512;

template <class Number>
void put(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> 8 * i & 0xff);
}
template <class Number>
Number get(std::string_view bytes) {
  Number number = 0;
  for (std::size_t i = sizeof number; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

std::uint32_t head_checksum(std::string_view head, const Place& place, std::uint64_t offset) {
  std::string where;
  put(where, place.owner);
  put(where, place.number);
  put(where, offset);
  return crc32c(head.substr(0, checked_head_size), crc32c(where));
}

struct Head {
  std::uint32_t records = 0;
  std::uint64_t sequence = 0;
  std::uint64_t size = 0;
  std::uint32_t checksum = 0;
};

/// The head that stands at `offset`; nothing when none is whole there.
std::optional<Head> find_head(std::string_view file, const Place& place, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < head_size) return std::nullopt;
  const std::string_view bytes = file.substr(offset, head_size);
  if (bytes.substr(0, frame_mark.size()) != frame_mark) return std::nullopt;
  if (head_checksum(bytes, place, offset) != get<std::uint32_t>(bytes.substr(checked_head_size))) return std::nullopt;
  return Head{.records = get<std::uint32_t>(bytes.substr(4)),
              .sequence = get<std::uint64_t>(bytes.substr(8)),
              .size = get<std::uint64_t>(bytes.substr(16)),
              .checksum = get<std::uint32_t>(bytes.substr(24))};
}

/// Whether a frame that belongs behind those before `sequence` begins somewhere behind `offset`.
bool has_later_frame(std::string_view file, const Place& place, std::uint64_t offset, std::uint64_t sequence) {
  for (std::size_t at = file.find(frame_mark, offset + 1); at != std::string_view::npos;
       at = file.find(frame_mark, at + 1)) {
    const auto head = find_head(file, place, at);
    if (head && head->sequence > sequence) return true;
  }
  return false;
}

/// Whether one of the sectors that hold these bytes of a file holds nothing behind `written`, up to which all was
/// written before: such a sector the disk has never written, and it reads as zeros.
bool lacks_a_sector(std::string_view file, std::uint64_t written, std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t sector = begin / sector_size; sector * sector_size < end; ++sector) {
    const std::uint64_t from = std::max(sector * sector_size, written);
    const std::uint64_t to = std::min<std::uint64_t>((sector + 1) * sector_size, file.size());
    if (from >= to) continue;
    if (file.substr(from, to - from).find_first_not_of('\0') == std::string_view::npos) return true;
  }
  return false;
}

/// Splits the content of a frame; false when it does not hold what its head says.
bool split(std::string_view content, std::uint32_t count, std::vector<std::string>& records) {
  const std::size_t before = records.size();
  for (; count > 0 && content.size() >= record_head_size; --count) {
    const std::size_t size = get<std::uint32_t>(content);
    content.remove_prefix(record_head_size);
    if (size > content.size()) break;
    records.emplace_back(content.substr(0, size));
    content.remove_prefix(size);
  }
  if (count == 0 && content.empty()) return true;
  records.resize(before);
  return false;
}

/// What a frame that begins at `begin`, with its head at `head_at`, is when it is not whole.
End judge_broken(std::string_view file, std::uint64_t begin, std::uint64_t head_at, const std::optional<Head>& head) {
  const std::uint64_t content_at = head_at + head_size;
  if (content_at > file.size()) return End::torn;
  if (!head) return lacks_a_sector(file, begin, begin, content_at) ? End::torn : End::damaged;
  if (head->size > file.size() - content_at) return End::torn;
  return lacks_a_sector(file, begin, begin, content_at + head->size) ? End::torn : End::damaged;
}

bool is_of_another_format(std::string_view file) {
  if (file.size() >= this_format.size() && file.starts_with(any_format)) return !file.starts_with(this_format);
  // The records of versions that were never released: a length and its checksum.
  return file.size() >= 12 && crc32c(file.substr(0, 4)) == get<std::uint32_t>(file.substr(4));
}

void describe_damage(Contents& contents, std::string_view file, std::uint64_t synced, bool has_later) {
  contents.end = End::damaged;
  contents.why = "is damaged behind byte " + std::to_string(contents.valid_bytes);
  if (has_later) contents.why += ": whole records stand behind what is not";
  if (file.size() < synced) {
    contents.why += ": it ends at byte " + std::to_string(file.size()) + " and had been synced up to byte " +
                    std::to_string(synced);
  } else if (!has_later && contents.valid_bytes < synced) {
    contents.why += ": it had been synced up to byte " + std::to_string(synced);
  }
}

}  // namespace

void Frame::clear() {
  records_ = 0;
  bytes_.assign(room_in_front, '\0');
}

void Frame::add(std::string_view record) {
  if (record.size() > max_record_bytes) throw std::length_error("a record of more than a gigabyte");
  put(bytes_, static_cast<std::uint32_t>(record.size()));
  bytes_ += record;
  ++records_;
}

std::string Frame::finish(const Place& place, std::uint64_t sequence, std::uint64_t offset) {
  invariant((sequence == 0) == (offset == 0), "the first frame stands at the beginning of a segment",
            {sequence, offset});
  const std::uint64_t head_at = sequence == 0 ? offset + this_format.size() : offset;
  std::string head(frame_mark);
  put(head, records_);
  put(head, sequence);
  put(head, static_cast<std::uint64_t>(bytes_.size() - room_in_front));
  put(head, crc32c(std::string_view(bytes_).substr(room_in_front)));
  put(head, head_checksum(head, place, head_at));
  std::string bytes = std::move(bytes_);
  bytes.replace(0, this_format.size(), this_format);
  bytes.replace(this_format.size(), head_size, head);
  if (sequence > 0) bytes.erase(0, this_format.size());
  clear();
  return bytes;
}

Contents decode(std::string_view file, const Place& place, std::uint64_t synced) {
  Contents contents;
  if (is_of_another_format(file)) {
    contents.end = End::foreign;
    return contents;
  }
  const bool has_title = file.starts_with(this_format);
  while (contents.valid_bytes < file.size() || contents.frames == 0) {
    const std::uint64_t begin = contents.valid_bytes;
    const std::uint64_t head_at = contents.frames == 0 ? this_format.size() : begin;
    const std::uint64_t content_at = head_at + head_size;
    const auto head = has_title ? find_head(file, place, head_at) : std::nullopt;
    if (head && head->sequence == contents.frames && head->size <= file.size() - content_at) {
      const std::string_view content = file.substr(content_at, head->size);
      if (crc32c(content) == head->checksum && split(content, head->records, contents.records)) {
        contents.last_frame = begin;
        contents.valid_bytes = content_at + head->size;
        ++contents.frames;
        continue;
      }
    }
    contents.end = judge_broken(file, begin, head_at, head);
    break;
  }
  invariant(contents.last_frame <= contents.valid_bytes && contents.valid_bytes <= file.size(),
            "frames are within their file", {contents.last_frame, contents.valid_bytes, file.size()});
  const bool is_cut = contents.end != End::whole;
  const bool has_later = is_cut && has_later_frame(file, place, contents.valid_bytes, contents.frames);
  if (contents.end == End::damaged || has_later || contents.valid_bytes < synced) {
    describe_damage(contents, file, synced, has_later);
  }
  return contents;
}

std::string encode_synced(const Synced& synced, std::uint32_t owner) {
  std::string bytes;
  put(bytes, synced.number);
  put(bytes, synced.size);
  put(bytes, crc32c(bytes, owner));
  return bytes;
}

std::optional<Synced> decode_synced(std::string_view bytes, std::uint32_t owner) {
  constexpr std::size_t checked = 16;
  if (bytes.size() != checked + 4) return std::nullopt;
  if (crc32c(bytes.substr(0, checked), owner) != get<std::uint32_t>(bytes.substr(checked))) return std::nullopt;
  return Synced{.number = get<std::uint64_t>(bytes), .size = get<std::uint64_t>(bytes.substr(8))};
}

}  // namespace segment
}  // namespace mznode
