// What judging queues, priority queues, stacks and sets costs whose elements are all different. Time an operation
// should stay nearly the same from 10,000 to 1,000,000 of them.

#include <benchmark/benchmark.h>

#include <string>

#include "mznode/check/objects.hpp"
#include "tests/check/object_histories.hpp"

namespace mznode::check {
namespace {

/// Elements that are added, asked for and removed, eight operations at a time.
History asked_set(std::size_t operations) {
  constexpr std::size_t at_a_time = 8;
  static constexpr const char* functions[] = {"add", "contains", "remove", "contains"};
  History history;
  const auto add = [&](std::size_t number, Type type) {
    Operation& operation = history.emplace_back();
    operation.index = static_cast<std::int64_t>(history.size()) - 1;
    operation.process = static_cast<std::int64_t>(number % at_a_time);
    operation.type = type;
    const std::size_t step = number / at_a_time % 4;
    operation.f = functions[step];
    const std::size_t element = number / at_a_time / 4 * at_a_time + number % at_a_time;
    operation.value = type == Type::ok ? Json(step < 3) : Json(static_cast<std::int64_t>(element));
  };
  for (std::size_t i = 0; i < operations + at_a_time; ++i) {
    if (i >= at_a_time) add(i - at_a_time, Type::ok);
    if (i < operations) add(i, Type::invoke);
  }
  return history;
}

History drawn(std::size_t operations, ContainerDraw::Kind kind) {
  const ObjectHistory::Shape shape{.processes = 8, .operations = static_cast<int>(operations)};
  return ContainerDraw(1, shape, kind).draw();
}

void judge(benchmark::State& state, const History& history, const char* model) {
  CheckOptions options;
  options.model = model;
  for (auto _ : state) {
    if (check_linearizable(history, options).valid != Valid::yes) state.SkipWithError("it should be linearizable");
  }
  state.counters["ops/s"] =
      benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate);
}

void judge_queue(benchmark::State& state) {
  judge(state, drawn(static_cast<std::size_t>(state.range(0)), ContainerDraw::Kind::queue), "queue");
}
BENCHMARK(judge_queue)->RangeMultiplier(10)->Range(10'000, 1'000'000)->Unit(benchmark::kMillisecond);

void judge_priority_queue(benchmark::State& state) {
  judge(state, drawn(static_cast<std::size_t>(state.range(0)), ContainerDraw::Kind::priority), "priority-queue");
}
BENCHMARK(judge_priority_queue)->RangeMultiplier(10)->Range(10'000, 1'000'000)->Unit(benchmark::kMillisecond);

void judge_stack(benchmark::State& state) {
  judge(state, drawn(static_cast<std::size_t>(state.range(0)), ContainerDraw::Kind::stack), "stack");
}
BENCHMARK(judge_stack)->RangeMultiplier(10)->Range(10'000, 1'000'000)->Unit(benchmark::kMillisecond);

void judge_set(benchmark::State& state) {
  judge(state, asked_set(static_cast<std::size_t>(state.range(0))), "set");
}
BENCHMARK(judge_set)->RangeMultiplier(10)->Range(10'000, 1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mznode::check
