#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "mznode/sim/random.hpp"
#include "run_context.hpp"

namespace mznode::sim {

/// Owns what is to be done when: the generator and its chance, the ring of workers, and the time of the next operation.
class Agenda {
 public:
  explicit Agenda(const RunContext& context);

  /// The first operation is due at `now`.
  void begin(Time now);
  /// There are no more operations but final ones.
  void end() { is_open_ = false; }
  /// Whether an operation may begin at `now`.
  bool is_open(Time now) const { return is_open_ && now < end_; }

  struct Turn {
    std::size_t worker = 0;
    /// Nothing when the generator has none left for the worker.
    std::optional<check::Operation> operation = {};
  };
  /// Whose turn it is among the workers that are free, and what he is to do; sets the time of the next operation.
  Turn take(const std::vector<std::size_t>& free, Time now);
  /// When the next operation is due.
  Time due() const { return due_; }
  /// All workers are busy: the next operation waits for the first that is free.
  void wait_for_worker() { due_ = Time::max(); }
  /// A worker is free: true when an operation has waited for that, which is due at `now` then.
  bool stop_waiting(Time now);
  /// The nemesis has taken its turn.
  void pass_nemesis() { ring_.advance(); }

  /// Told of every entry that a worker adds to the history.
  void update(std::size_t worker, const check::Operation& event) { generator_->update(worker, event); }
  /// What a worker does next in the final phase; nothing when it is done.
  std::optional<FinalStep> final_step(std::size_t worker) {
    random_.about("final step", worker);
    return generator_->final_step(worker, random_);
  }

 private:
  const RunOptions& options_;
  std::unique_ptr<Generator> generator_;
  Random random_;
  Ring ring_;
  Time due_;
  Time end_;
  bool is_open_ = false;
  /// How many turns were taken.
  std::uint64_t operations_ = 0;
};

}  // namespace mznode::sim
