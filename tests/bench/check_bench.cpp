// What judging a history of transactions costs: reading and checking it as `mznode check` does, and each by itself.
// Time a transaction should stay the same from 1,000 to 1,000,000 of them.

#include <benchmark/benchmark.h>

#include <array>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "isolation/complete.hpp"
#include "mznode/check/edn.hpp"
#include "mznode/check/history.hpp"
#include "mznode/check/jsonl.hpp"
#include "mznode/check/txn/txn.hpp"
#include "transactions/registers.hpp"

namespace mznode::check {
namespace {

/// A serializable database under transactions that overlap: each of eight processes begins one, each executes at once
/// at some moment before it ends. Ten keys are in use at a time; one that was written 32 times is replaced. As Elle's
/// own generator, and as the histories that the reference times were taken from.
class TransactionHistory {
 public:
  TransactionHistory(std::size_t transactions, bool lists) : lists_(lists) {
    for (std::int64_t key = 0; key < active_keys; ++key) keys_.push_back({.name = key});
    std::array<std::string, processes> results;
    for (std::size_t i = 0; i < transactions + processes; ++i) {
      const std::size_t process = i % processes;
      if (i >= processes) add(Type::ok, process, results[process]);
      if (i >= transactions) continue;
      std::string request;
      results[process].clear();
      execute(request, results[process]);
      add(Type::invoke, process, request);
    }
  }

  std::string jsonl() const { return write_jsonl(history_); }
  std::string edn() const { return write_edn(history_); }

 private:
  static constexpr std::size_t processes = 8;
  static constexpr std::int64_t active_keys = 10;
  static constexpr std::int64_t writes_per_key = 32;

  struct Key {
    std::int64_t name = 0;
    std::int64_t writes = 0;
    std::string state = {};  // the elements of a list, or the value of a register
  };

  std::uint64_t draw(std::uint64_t bound) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    return (random_ >> 33) % bound;
  }

  void execute(std::string& request, std::string& result) {
    const std::uint64_t length = 1 + draw(4);
    for (std::uint64_t i = 0; i < length; ++i) {
      Key& key = keys_[draw(active_keys)];
      const std::string begin = (i == 0 ? "[" : ",") + std::string(1, '[');
      const std::string name = std::to_string(key.name);
      if (draw(2) == 0) {
        request += begin + "\"r\"," + name + ",null]";
        const std::string seen = key.state.empty() ? "null" : lists_ ? "[" + key.state + "]" : key.state;
        result += begin + "\"r\"," + name + "," + seen + "]";
        continue;
      }
      const std::string value = std::to_string(++key.writes);
      const std::string write = begin + (lists_ ? "\"append\"," : "\"w\",") + name + "," + value + "]";
      request += write;
      result += write;
      key.state = lists_ && !key.state.empty() ? key.state + "," + value : value;
      if (key.writes == writes_per_key) key = {.name = next_key_++};
    }
    request += "]";
    result += "]";
  }

  void add(Type type, std::size_t process, const std::string& value) {
    Operation& operation = history_.emplace_back();
    operation.index = static_cast<std::int64_t>(history_.size()) - 1;
    operation.time_ns = 1000 * operation.index;
    operation.process = static_cast<std::int64_t>(process);
    operation.type = type;
    operation.f = "txn";
    operation.value = Json::from_valid(value);
  }

  bool lists_;
  std::uint64_t random_ = 1;
  std::int64_t next_key_ = active_keys;
  std::vector<Key> keys_;
  History history_;
};

void count(benchmark::State& state) {
  state.counters["txns/s"] =
      benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate);
}

/// Linux counts anew then what a process has in memory at most.
void reset_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

/// In MB; 0 where nobody counts.
double peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes / 1000;
  }
  return 0;
}

/// How long Elle 0.2.2 takes to read and check such a history, warm, in milliseconds: the median of five rounds on
/// two cores. tests/bench/elle.clj measures it elsewhere.
double elle_ms(std::int64_t transactions) {
  switch (transactions) {
    case 1'000: return 36 + 43;
    case 10'000: return 225 + 336;
    case 100'000: return 2532 + 2714;
    default: return 0;
  }
}

/// Memory includes the text.
void judge_text(benchmark::State& state) {
  const std::string text = TransactionHistory(static_cast<std::size_t>(state.range(0)), true).edn();
  reset_peak_memory();
  const std::clock_t begin = std::clock();
  for (auto _ : state) {
    if (check_list_append(read_history(text), {}).valid != Valid::yes)
      state.SkipWithError("the history should be valid");
  }
  const double ms = 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  state.counters["peak MB"] = peak_memory();
  if (const double elle = elle_ms(state.range(0)); elle > 0) {
    state.counters["x Elle"] = elle * static_cast<double>(state.iterations()) / ms;
  }
  count(state);
}
BENCHMARK(judge_text)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Unit(benchmark::kMillisecond);

void read_transactions(benchmark::State& state) {
  const std::string text = TransactionHistory(static_cast<std::size_t>(state.range(0)), true).jsonl();
  for (auto _ : state) benchmark::DoNotOptimize(read_history(text));
  count(state);
}
BENCHMARK(read_transactions)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Unit(benchmark::kMillisecond);

void check_transactions(benchmark::State& state, bool lists, Verdict (*check)(const History&, const CheckOptions&)) {
  const History history = read_history(TransactionHistory(static_cast<std::size_t>(state.range(0)), lists).jsonl());
  const CheckOptions inference{.complete = CompleteCheck::left_out};
  for (auto _ : state) {
    if (check(history, inference).valid != Valid::yes)
      state.SkipWithError("the history should be strictly serializable");
  }
  count(state);
}
BENCHMARK_CAPTURE(check_transactions, list_append, true, check_list_append)
    ->RangeMultiplier(10)
    ->Range(1'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check_transactions, rw_register_with_wfr_keys, false, check_txn_rw_register)
    ->RangeMultiplier(10)
    ->Range(1'000, 100'000)
    ->Unit(benchmark::kMillisecond);

/// The complete check of a model alone.
void check_completely(benchmark::State& state, const char* model) {
  const History history = read_history(TransactionHistory(static_cast<std::size_t>(state.range(0)), false).jsonl());
  txn::Transactions transactions;
  txn::RegisterReader(history).read(transactions);
  for (auto _ : state) {
    if (isolation::check_completely(history, transactions, {model}, {}, true).models.front().valid != Valid::yes)
      state.SkipWithError("the history should be strictly serializable");
  }
  count(state);
}
BENCHMARK_CAPTURE(check_completely, read_committed, "strong-session-monotonic-atomic-view")
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check_completely, read_atomic, "strong-session-read-atomic")
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check_completely, causal, "causal")
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check_completely, snapshot_isolation, "strong-session-snapshot-isolation")
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check_completely, strict_serializable, "strict-serializable")
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mznode::check
