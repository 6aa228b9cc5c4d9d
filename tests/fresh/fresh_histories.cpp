// Draws histories of every workload and model that has a reference checker, and judges them. Each line of the output is
// one in EDN, with the verdicts; reference.clj compares them with those of Jepsen, Knossos and Elle.
//
//   fresh_histories SEED COUNT > fresh.edn

#include <array>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "mznode/check/edn.hpp"
#include "mznode/check/registry.hpp"
#include "tests/fresh/draws.hpp"

namespace mznode::check {
namespace {

using Shape = ObjectHistory::Shape;

struct Workload {
  std::string checker;
  std::string model;
  std::function<History(std::uint64_t seed, Shape shape)> draw;
  /// Whether histories may be long: what searches, in Knossos, takes exponential time.
  bool is_long = true;
};

template <class Draw, class... Arguments>
std::function<History(std::uint64_t, Shape)> draws(Arguments... arguments) {
  return [=](std::uint64_t seed, Shape shape) { return Draw(seed, shape, arguments...).draw(); };
}

std::vector<Workload> workloads() {
  using Container = ContainerDraw::Kind;
  using Objects = TransactionDraw::Objects;
  return {
      {"list-append", "", draws<TransactionDraw>(Objects::lists)},
      {"rw-register", "", draws<TransactionDraw>(Objects::registers)},
      {"cas-register", "", draws<RegisterDraw>(), false},
      {"set-full", "", draws<GrowingDraw>(GrowingDraw::Kind::set)},
      {"set", "", draws<GrowingDraw>(GrowingDraw::Kind::set)},
      {"counter", "", draws<CounterDraw>()},
      {"queue", "", draws<ContainerDraw>(Container::unordered, -100)},
      {"total-queue", "", draws<ContainerDraw>(Container::queue, -100)},
      {"bank", "", draws<BankDraw>()},
      {"long-fork", "", draws<LongForkDraw>()},
      {"causal-reverse", "", draws<WritesDraw>()},
      {"comments", "", draws<WritesDraw>()},
      {"sequential", "", draws<SequentialDraw>()},
      {"causal", "", draws<CausalDraw>()},
      {"adya", "", draws<AdyaDraw>()},
      {"mutex", "", draws<LockDraw>(), false},
      {"fifo-queue", "", draws<ContainerDraw>(Container::queue, -100), false},
      {"linearizable", "unordered-queue", draws<ContainerDraw>(Container::unordered, -100), false},
      {"linearizable", "set", draws<GrowingDraw>(GrowingDraw::Kind::set), false},
      {"linearizable", "multi-register", draws<TransactionDraw>(Objects::multi_register), false},
  };
}

Shape shape_of(std::uint64_t seed, const Workload& workload) {
  const bool is_causal = workload.checker == "causal";
  const auto pick = [&seed](std::uint64_t bound) {
    const std::uint64_t picked = seed % bound;
    seed /= bound;
    return static_cast<int>(picked);
  };
  static constexpr std::array<int, 4> bugs = {0, 4, 15, 30};
  Shape shape;
  shape.bugs = bugs[static_cast<std::size_t>(pick(4))];
  shape.crashes = pick(2) == 0 ? 0 : 8;
  shape.processes = is_causal ? 1 : 2 + pick(4);
  shape.operations = workload.is_long ? 6 + 8 * pick(5) : 5 + 3 * pick(4);
  shape.repeats = workload.checker.ends_with("queue") && pick(3) == 0 ? 20 : 0;
  if (is_causal) shape.crashes = 0;
  shape.tells_crashes = workload.checker.ends_with("append") || workload.checker == "rw-register";  // Elle insists
  return shape;
}

const char* word_of(Valid valid) {
  return valid == Valid::yes ? "true" : valid == Valid::no ? "false" : ":unknown";
}

/// On one line, in brackets.
std::string history_text(const History& history) {
  std::string text = write_edn(history);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "[" + text + "]";
}

void write(const Workload& workload, std::uint64_t seed) {
  static constexpr std::array<const char*, 5> models = {"strict-serializable", "serializable", "snapshot-isolation",
                                                        "read-committed", "strong-session-serializable"};
  const History history = workload.draw(seed, shape_of(seed, workload));
  CheckOptions options;
  options.explain = false;
  options.model = workload.model;
  const bool is_transactions = workload.checker == "list-append" || workload.checker == "rw-register";
  const std::string consistency = models[seed / 7 % models.size()];
  if (is_transactions) options.consistency_models = ConsistencyModels::parse(consistency);
  options.assume.wfr_keys = workload.checker == "rw-register" && seed % 3 == 0;
  options.bank.total_amount = 10;
  options.bank.accounts = {"0", "1", "2"};
  options.group_size = 2;
  const Checker& checker = *find_checker(workload.checker);
  const Valid own = checker.check(history, options).valid;
  options.compat_jepsen = true;
  const Valid compat = checker.check(history, options).valid;
  std::cout << "{:checker \"" << workload.checker << "\", :model \"" << workload.model << "\", :seed " << seed
            << ", :consistency-model :" << consistency << ", :wfr-keys? "
            << (options.assume.wfr_keys ? "true" : "false") << ", :own " << word_of(own) << ", :compat "
            << word_of(compat) << ", :history " << history_text(history) << "}\n";
}

}  // namespace
}  // namespace mznode::check

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "fresh_histories SEED COUNT\n";
    return 2;
  }
  const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t count = std::strtoull(argv[2], nullptr, 10);
  const auto workloads = mznode::check::workloads();
  for (std::uint64_t i = 0; i < count; ++i)
    mznode::check::write(workloads[i % workloads.size()], seed + i / workloads.size());
}
