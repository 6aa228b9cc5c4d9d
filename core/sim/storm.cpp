#include "storm.hpp"

#include <algorithm>

#include "mznode/sim/repeats.hpp"

namespace mznode::sim {
namespace {

/// How often a second each node may tell each other something again, as one does who waits for an acknowledgement that
/// a partition keeps from coming.
constexpr std::uint64_t times_a_second = 10;
/// What a node may send in a second beside that: heartbeats, gossip, elections.
constexpr std::uint64_t of_its_own_a_second = 2'000;

}  // namespace

/// Breaks nothing: it looks at what nodes send each other.
class Storm::Echoes : public Rule {
 public:
  Effect on_send(const Packet& packet, Duration) override {
    repeats_.note(packet);
    return {};
  }
  const Repeats& repeats() const { return repeats_; }

 private:
  Repeats repeats_;
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
      patience_ + nodes_ * nodes_ * (told_an_operation * operations + times_a_second * known_ms_ / 1'000) +
      nodes_ * of_its_own_a_second * lasted_ms / 1'000;
  if (sent > allowed / 2 && !echoes_) {
    echoes_ = std::make_shared<Echoes>();
    network_.add_rule(echoes_);
  }
  return sent > allowed;
}

std::string Storm::describe() const {
  const std::uint64_t an_operation = network_.stats().servers.sent / std::max<std::uint64_t>(operations_, 1);
  return "there is " + storm_words(nodes_, an_operation, echoes_ ? echoes_->repeats() : Repeats());
}

}  // namespace mznode::sim
