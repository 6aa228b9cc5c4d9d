#include "enrolment/admission.hpp"

namespace mznode {

Admission::Admission(std::size_t members, MemoryId memory, bool is_first_life, Time now)
    : members_(members), memory_(memory), is_first_life_(is_first_life), started_(now) {}

Welcome Admission::answer(Time now, Member from, const Hello& hello) {
  const MemoryId first = met_.emplace(from, hello.life).first->second;
  return {.life = hello.life,
          .knew_another = first != hello.life,
          .is_young = is_first_life_ && now < started_ + boot_window,
          .has_forgotten = lived_before_};
}

void Admission::receive(Member from, const Welcome& welcome) {
  if (welcome.life != memory_) return;  // was for an earlier life
  if (welcome.knew_another) {
    lived_before_ = true;
    return;
  }
  known_to_.insert(from);
  if (welcome.has_forgotten) {
    // It may have answered before it knew.
    knew_none_.erase(from);
    young_.erase(from);
    return;
  }
  knew_none_.insert(from);
  if (welcome.is_young) young_.insert(from);
}

Admission::Verdict Admission::verdict() const {
  if (lived_before_) return Verdict::non_voter;
  // Of n others, two sets of q have at least 2q - n in common, which must exceed the other servers that may have
  // forgotten: a minority of the cluster, this one not counted.
  const std::size_t others = members_ - 1;
  const std::size_t minority = (members_ - 1) / 2;
  const std::size_t enough = (others + minority + 1) / 2;
  if (knew_none_.size() >= enough || young_.size() >= members_ / 2) return Verdict::voter;
  return Verdict::open;
}

}  // namespace mznode
