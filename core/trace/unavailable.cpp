#include <stdexcept>

#include "mznode/trace/traced_process.hpp"

// For machines that nobody has taught this yet: another processor needs its own machine_*.cpp and clock code.
namespace mznode::trace {

class Tree {};
class Tracer::Waiter {};

namespace {
[[noreturn]] void refuse() {
  throw std::logic_error(*unavailable());
}
}  // namespace

const std::optional<std::string>& unavailable() {
  static const std::optional<std::string> reason = "it is made for Linux on x86-64 only";
  return reason;
}

Tracer::Tracer() = default;
Tracer::~Tracer() = default;

TracedProcess::TracedProcess(Tracer&, const Program&, const Chance&, const TraceLimits&, Time, Sink) {
  refuse();
}
TracedProcess::~TracedProcess() = default;
void TracedProcess::deliver(std::string_view) {
  refuse();
}
std::size_t TracedProcess::undelivered_bytes() const {
  refuse();
}
std::size_t TracedProcess::unread_bytes() const {
  refuse();
}
void TracedProcess::run(Time) {
  refuse();
}
Time TracedProcess::next_deadline() const {
  refuse();
}
void TracedProcess::skew(int, Duration, Time) {
  refuse();
}
const std::optional<std::string>& TracedProcess::ending() const {
  refuse();
}
bool TracedProcess::output_is_closed() const {
  refuse();
}
const Doubts& TracedProcess::doubts() const {
  refuse();
}
std::uint64_t TracedProcess::stops() const {
  refuse();
}

}  // namespace mznode::trace
