#include "isolation/model.hpp"

#include <algorithm>

namespace mznode::check::isolation {
namespace {

/// By the names of Elle's map and Adya's; where a history of single reads and writes cannot tell two models apart, both
/// mean the same here.
constexpr Model decided[] = {
    {"read-your-writes", Demand::own_writes, Order::session},
    {"monotonic-reads", Demand::monotonic_reads, Order::session},
    {"writes-follow-reads", Demand::committed, Order::session},
    {"PRAM", Demand::pram, Order::session},
    {"read-committed", Demand::committed, Order::free},
    {"PL-2", Demand::committed, Order::free},
    {"strong-session-read-committed", Demand::committed, Order::session},
    {"strong-session-PL-2", Demand::committed, Order::session},
    {"strong-read-committed", Demand::committed, Order::realtime},
    {"strong-PL-2", Demand::committed, Order::realtime},
    {"monotonic-atomic-view", Demand::atomic_view, Order::free},
    {"strong-session-monotonic-atomic-view", Demand::atomic_view, Order::session},
    {"read-atomic", Demand::read_atomic, Order::free},
    {"strong-session-read-atomic", Demand::read_atomic, Order::session},
    {"causal-cerone", Demand::causal, Order::free},
    {"causal", Demand::causal, Order::session},
    {"prefix", Demand::prefix, Order::free},
    {"strong-session-prefix", Demand::prefix, Order::session},
    {"snapshot-isolation", Demand::snapshot, Order::free},
    {"PL-SI", Demand::snapshot, Order::free},
    {"strong-session-snapshot-isolation", Demand::snapshot, Order::session},
    {"strong-snapshot-isolation", Demand::snapshot, Order::realtime},
    {"serializable", Demand::serializable, Order::free},
    {"repeatable-read", Demand::serializable, Order::free, true},
    {"PL-2.99", Demand::serializable, Order::free, true},
    {"conflict-serializable", Demand::serializable, Order::free},
    {"view-serializable", Demand::serializable, Order::free},
    {"PL-3", Demand::serializable, Order::free},
    {"1SR", Demand::serializable, Order::free},
    {"strong-session-serializable", Demand::serializable, Order::session},
    {"session-serializable", Demand::serializable, Order::session},
    {"sequential", Demand::serializable, Order::session},
    {"strict-serializable", Demand::serializable, Order::realtime},
    {"strong-serializable", Demand::serializable, Order::realtime},
    {"PL-SS", Demand::serializable, Order::realtime},
    {"linearizable", Demand::serializable, Order::realtime},
};

}  // namespace

std::span<const Model> models() {
  return decided;
}

const Model* find_model(std::string_view name) {
  const auto* found = std::find_if(std::begin(decided), std::end(decided), [&](auto& it) { return it.name == name; });
  return found == std::end(decided) ? nullptr : found;
}

bool implies(std::string_view stronger, std::string_view weaker) {
  // What it adds to causal consistency, nothing here decides.
  constexpr Model consistent_view{"PL-2+", Demand::causal, Order::free};
  const Model* strong = stronger == consistent_view.name ? &consistent_view : find_model(stronger);
  const Model* weak = find_model(weaker);
  if (strong == nullptr || weak == nullptr || strong->order < weak->order) return false;
  const bool is_beside = weak->is_session_guarantee() && strong->demand < Demand::causal;
  const bool is_pram = strong->demand == Demand::pram;
  return is_beside && !is_pram ? strong->demand == weak->demand : strong->demand >= weak->demand;
}

}  // namespace mznode::check::isolation
