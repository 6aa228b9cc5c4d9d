#include "mznode/sim/repeats.hpp"

#include <algorithm>
#include <string_view>

#include "mznode/json/fnv.hpp"

namespace mznode::sim {
namespace {

/// Of a message without its id, which differs each time that it is sent.
std::uint64_t hash_of(const Packet& packet) {
  Fnv hash;
  const std::string_view body = packet.body;
  const std::size_t id = std::min(body.find("\"msg_id\""), body.size());
  const std::size_t rest = std::min(body.find_first_of(",}", id), body.size());
  for (const std::string_view part : {std::string_view(packet.src), std::string_view(" "),
                                      std::string_view(packet.dest), body.substr(0, id), body.substr(rest)}) {
    hash.add(part);
  }
  return hash.value();
}

}  // namespace

void Repeats::note(const Packet& packet) {
  ++seen_;
  said_.insert(hash_of(packet));
  ++links_[{packet.src, packet.dest}];
}

std::string Repeats::loudest() const {
  const auto most =
      std::max_element(links_.begin(), links_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == links_.end() ? "" : most->first.first + " to " + most->first.second;
}

std::uint64_t storm_bound(std::size_t nodes, std::size_t operations, Duration lasted) {
  const auto lasted_ms = static_cast<std::uint64_t>(std::max(lasted, Duration::zero()) / 1ms);
  return nodes * (nodes - 1) * told_an_operation * (operations * 1'000 + lasted_ms) / 1'000;
}

std::string storm_words(std::size_t nodes, std::uint64_t messages_an_operation, const Repeats& repeats) {
  std::string text = "a storm of messages: " + std::to_string(messages_an_operation) + " between servers an operation";
  if (nodes > 1) text += ", where " + std::to_string(nodes * (nodes - 1)) + " tell all nodes everything";
  constexpr std::uint64_t most = 50;
  if (repeats.percentage() >= most) {
    return text + "; " + std::to_string(repeats.percentage()) +
           " % of them repeat what the same node had told the same one (most of all " + repeats.loudest() +
           "): each node repeats what it has heard, and has to pass on only what is new to it";
  }
  return text + "; does each node pass on only what is new to it, and wait before it tries again?";
}

}  // namespace mznode::sim
