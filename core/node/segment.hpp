#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mznode {

/// CRC-32C (RFC 3720, appendix B.4) of `bytes`, going on from `crc`, that of what stands before them.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);

/// The bytes of a file of records.
///
/// A segment begins with sixteen bytes that name the format. Behind them stand frames: what was written before one
/// sync, whole or not at all. A frame has a head of 32 bytes, numbers with the lowest byte first: a mark (4 bytes), the
/// number of records (4), its place in the order of the frames (8), the size of its content (8), the checksum of the
/// content (4) and that of the head (4). Into the last goes what the frame belongs to: whose it is, the segment, and
/// the offset. A frame is therefore valid at one place of one file alone, and one that is found there proves that all
/// frames before it were synced, because nothing is written before the sync of what stands before it is done.
///
/// The first frame of a segment takes the place of all that was stored before.
namespace segment {

/// What the bytes of a segment are bound to.
struct Place {
  /// The checksum of the owner's name.
  std::uint32_t owner = 0;
  /// The segment's number.
  std::uint64_t number = 0;
};

/// Frames are built here, one record after the other.
class Frame {
 public:
  Frame() { clear(); }
  void clear();
  /// Throws std::length_error for a record of more than a gigabyte.
  void add(std::string_view record);
  bool empty() const { return records_ == 0; }
  /// The bytes to write at `offset` of the segment, as its frame number `sequence`; with sequence 0 the segment's
  /// beginning is among them and `offset` is 0. The frame is used up.
  std::string finish(const Place& place, std::uint64_t sequence, std::uint64_t offset);

 private:
  std::string bytes_;  // with room for what stands before the records
  std::uint32_t records_ = 0;
};

/// How the frames of a segment end.
enum class End {
  whole,
  /// By a frame that a dying process or machine left unfinished: it was never synced.
  torn,
  /// By one that was synced, or is wrong in a way that no unfinished write explains.
  damaged,
  /// It is in another format.
  foreign,
};

struct Contents {
  /// Of all whole frames before the first that is not whole.
  std::vector<std::string> records = {};
  /// How many frames they were; 0 when not even the beginning is whole.
  std::uint64_t frames = 0;
  /// Where the last of these frames begins, and where it ends.
  std::uint64_t last_frame = 0;
  std::uint64_t valid_bytes = 0;
  End end = End::whole;
  /// What is damaged, for the user.
  std::string why = {};
};

/// Reads a segment. Its first `synced` bytes are known to have been durable.
Contents decode(std::string_view file, const Place& place, std::uint64_t synced);

/// How far which segment is known to be durable. It is written after every sync and never synced itself: an old one
/// proves less, and none is wrong.
struct Synced {
  std::uint64_t number = 0;
  std::uint64_t size = 0;
};
std::string encode_synced(const Synced& synced, std::uint32_t owner);
/// Nothing when these are not the bytes of one.
std::optional<Synced> decode_synced(std::string_view bytes, std::uint32_t owner);

}  // namespace segment
}  // namespace mznode
