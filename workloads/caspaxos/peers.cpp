#include "workloads/caspaxos/peers.hpp"

namespace mznode::caspaxos {

void Peers::note_round_trip(Duration duration) {
  round_trip_ = round_trip_ == Duration::zero() ? duration : (7 * round_trip_ + duration) / 8;
}

std::vector<Member> Peers::nearest_quorum() const {
  std::vector<Member> chosen;
  for (const bool silent : {false, true}) {
    for (std::size_t i = 0; i < members_ && chosen.size() < quorum(); ++i) {
      const Member member = (self_ + i) % members_;
      if (silent_.contains(member) == silent) chosen.push_back(member);
    }
  }
  return chosen;
}

}  // namespace mznode::caspaxos
