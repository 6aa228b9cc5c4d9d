#include "caspaxos/peers.hpp"

#include <algorithm>

namespace mznode::caspaxos {
namespace {

constexpr unsigned most_doublings = 2;

}  // namespace

void Peers::note_round_trip(Duration duration) {
  round_trip_ = round_trip_ == Duration::zero() ? duration : (7 * round_trip_ + duration) / 8;
}

std::vector<Member> Peers::nearest_quorum() const {
  std::vector<Member> chosen;
  for (const bool silent : {false, true}) {
    for (std::size_t i = 0; i < size() && chosen.size() < quorum(); ++i) {
      const Member member((self() + i) % size());
      if (silent_.contains(member) == silent) chosen.push_back(member);
    }
  }
  return chosen;
}

Duration Peers::pause(unsigned repetitions) const {
  const Duration first = std::max(config_.patience, 2 * round_trip_);
  const Duration longest = std::max(first, config_.patience * (1U << most_doublings));
  return std::min(first * (1U << std::min(repetitions, most_doublings)), longest);
}

Duration Peers::random_up_to(Duration bound) const {
  return Duration(static_cast<std::int64_t>(config_.random() % (static_cast<std::uint64_t>(bound.count()) + 1)));
}

}  // namespace mznode::caspaxos
