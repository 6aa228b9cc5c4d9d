#include "storm.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace mznode::sim {
namespace {

/// How often each node may tell each other something new, and how often a second again, as one does who waits for an
/// acknowledgement that a partition keeps from coming.
constexpr std::uint64_t times_an_operation = 20;
constexpr std::uint64_t times_a_second = 10;
/// What a node may send in a second beside that: heartbeats, gossip, elections.
constexpr std::uint64_t of_its_own_a_second = 2'000;

/// FNV-1a, which is the same everywhere.
void add_to(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
}

/// Of a message without its id, which differs each time that it is sent.
std::uint64_t hash_of(const Packet& packet) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const std::string_view body = packet.body;
  const std::size_t id = std::min(body.find("\"msg_id\""), body.size());
  const std::size_t rest = std::min(body.find_first_of(",}", id), body.size());
  for (const std::string_view part : {std::string_view(packet.src), std::string_view(" "),
                                      std::string_view(packet.dest), body.substr(0, id), body.substr(rest)}) {
    add_to(hash, part);
  }
  return hash;
}

}  // namespace

/// Breaks nothing: it looks at what nodes send each other.
class Storm::Echoes : public Rule {
 public:
  Effect on_send(const Packet& packet, Duration) override {
    ++seen_;
    said_.insert(hash_of(packet));
    ++links_[{packet.src, packet.dest}];
    return {};
  }
  std::uint64_t percentage() const { return seen_ == 0 ? 0 : (seen_ - said_.size()) * 100 / seen_; }
  /// Who says most to whom.
  std::string loudest() const {
    const auto most = std::max_element(links_.begin(), links_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == links_.end() ? "" : most->first.first + " to " + most->first.second;
  }

 private:
  std::uint64_t seen_ = 0;
  std::unordered_set<std::uint64_t> said_;
  Traffic::Links links_;
};

Storm::Storm(Network& network, std::size_t nodes, std::uint64_t patience)
    : network_(network), nodes_(nodes), patience_(patience) {}

Storm::~Storm() {
  if (echoes_) network_.remove_rule(echoes_);
}

bool Storm::sets_in(Time now, std::size_t operations) {
  if (operations_ == 0) began_ = now_ = now;
  const auto passed = static_cast<std::uint64_t>((now - now_) / 1ms);
  if (passed > 0) {
    known_ms_ += passed * operations_;
    now_ += std::chrono::milliseconds(passed);
  }
  operations_ = operations;
  const std::uint64_t sent = network_.stats().servers.sent;
  if (sent < patience_ / 2) return false;
  const auto lasted_ms = static_cast<std::uint64_t>((now - began_) / 1ms);
  const std::uint64_t allowed =
      patience_ + nodes_ * nodes_ * (times_an_operation * operations + times_a_second * known_ms_ / 1'000) +
      nodes_ * of_its_own_a_second * lasted_ms / 1'000;
  if (sent > allowed / 2 && !echoes_) {
    echoes_ = std::make_shared<Echoes>();
    network_.add_rule(echoes_);
  }
  return sent > allowed;
}

std::string Storm::describe() const {
  const std::uint64_t an_operation = network_.stats().servers.sent / std::max<std::uint64_t>(operations_, 1);
  const std::uint64_t repeats = echoes_ ? echoes_->percentage() : 0;
  std::string text = "there is a storm of messages: " + std::to_string(an_operation) + " between servers an operation";
  if (nodes_ > 1) text += ", where " + std::to_string(nodes_ * (nodes_ - 1)) + " tell all nodes everything";
  constexpr std::uint64_t most = 50;
  if (repeats >= most) {
    return text + "; " + std::to_string(repeats) +
           " % of them repeat what the same node had told the same one (most of all " + echoes_->loudest() +
           "): each node repeats what it has heard, and has "
           "to pass on only what is new to it";
  }
  return text + "; does each node pass on only what is new to it, and wait before it tries again?";
}

}  // namespace mznode::sim
