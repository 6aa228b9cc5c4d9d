#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mznode/json/json.hpp"

namespace mznode {

/// What may bring requests to peers, and their replies, otherwise than straight: around broken links, say. On the other
/// side Node::deliver() hands them in. A node that has none sends everything straight. Messages that expect no reply,
/// and what clients and services are told, always go straight, and so do the replies to what came straight.
class Carrier {
 public:
  Carrier() = default;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;
  virtual ~Carrier() = default;

  /// A request leaves for a peer, whichever way. `number` counts those of this process.
  virtual void note_request(std::string_view dest, std::uint64_t number) = 0;
  /// A message has come straight from a peer. `number` is that of the request which it replies to, if it is a reply.
  virtual void note_arrival(std::string_view src, std::optional<std::uint64_t> number) = 0;
  /// True when requests and replies are to be given to carry() now.
  virtual bool is_carrying() const = 0;
  /// Takes a body for a peer.
  virtual void carry(std::string_view dest, Json body) = 0;
};

/// What a request that is carried has for a msg_id: its number and, in the bits above, what tells the process that sent
/// it from others. So no reply that comes late, and another way, is taken for that to a request of another life. One
/// that goes straight has its number alone.
class RequestIds {
 public:
  explicit RequestIds(std::uint64_t incarnation);

  std::int64_t of_carried(std::uint64_t number) const { return static_cast<std::int64_t>(life_ + number); }
  /// Whether it is that of a request of this process which was carried.
  bool is_of_carried(std::int64_t id) const { return (static_cast<std::uint64_t>(id) & ~number_mask) == life_; }
  /// Whether it is that of a request of any process which was carried; `id` is an integer's text.
  static bool is_of_any_carried(std::string_view id);
  static std::uint64_t number_of(std::int64_t id) { return static_cast<std::uint64_t>(id) & number_mask; }

 private:
  static constexpr unsigned number_bits = 40;
  static constexpr std::uint64_t number_mask = (std::uint64_t{1} << number_bits) - 1;

  std::uint64_t life_;
};

}  // namespace mznode
