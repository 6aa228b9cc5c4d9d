#include "agenda.hpp"

#include <algorithm>

namespace mznode::sim {
namespace {

constexpr std::uint64_t generator_stream = 0x67656e;

}  // namespace

Agenda::Agenda(const RunContext& context)
    : options_(context.options),
      generator_(context.spec.make_generator(context.client_options)),
      random_(context.engine.chance, "generator", generator_stream),
      ring_(options_.concurrency) {}

void Agenda::begin(Time now) {
  due_ = now;
  end_ = now + options_.time_limit;
  is_open_ = true;
}

/// Jepsen's stagger: operations at intervals that are uniform between 0 and twice the mean.
Agenda::Turn Agenda::take(const std::vector<std::size_t>& free, Time now) {
  random_.about("whose turn it is", operations_);
  Turn turn{.worker = generator_->choose(free, ring_, random_)};
  random_.about("what to do", operations_);
  turn.operation = generator_->next(turn.worker, random_);
  ring_.advance();
  // From when it was due, lest the delays of real time add up; but what was missed is not made up for.
  due_ = std::max(due_, now - 1ms) +
         stagger(random_.about("time until the next operation", operations_++), options_.mean_interval);
  return turn;
}

bool Agenda::stop_waiting(Time now) {
  if (due_ != Time::max() || !is_open_) return false;
  due_ = now;
  return true;
}

}  // namespace mznode::sim
