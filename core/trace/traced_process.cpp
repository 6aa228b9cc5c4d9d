#include "mznode/trace/traced_process.hpp"

#include "tree.hpp"

namespace mznode::trace {

TracedProcess::TracedProcess(Tracer& tracer, const Program& program, const Chance& chance, const TraceLimits& limits,
                             Time now, Sink sink)
    : tree_(std::make_unique<Tree>(*tracer.waiter_, program, chance, limits, now, std::move(sink))) {}

TracedProcess::~TracedProcess() = default;

void TracedProcess::deliver(std::string_view text) {
  tree_->deliver(text);
}
std::size_t TracedProcess::undelivered_bytes() const {
  return tree_->undelivered_bytes();
}
std::size_t TracedProcess::unread_bytes() const {
  return tree_->unread_bytes();
}
void TracedProcess::run(Time now) {
  tree_->run(now);
}
Time TracedProcess::next_deadline() const {
  return tree_->next_deadline();
}
void TracedProcess::skew(int drift_permille, Duration wall_offset, Time now) {
  tree_->clock.skew(drift_permille, wall_offset, now);
}
const std::optional<std::string>& TracedProcess::ending() const {
  return tree_->ending();
}
bool TracedProcess::output_is_closed() const {
  return tree_->output_is_closed();
}
const Doubts& TracedProcess::doubts() const {
  return tree_->doubts;
}
std::uint64_t TracedProcess::stops() const {
  return tree_->stops();
}

}  // namespace mznode::trace
