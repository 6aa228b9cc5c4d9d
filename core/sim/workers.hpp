#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "agenda.hpp"
#include "run_context.hpp"
#include "wait_group.hpp"
#include "worker.hpp"

namespace mznode::sim {

/// Owns the workers, with their clients and process numbers, and carries out on them what the agenda says.
class Workers {
 public:
  Workers(RunContext& context, Agenda& agenda);

  /// Told what became of an operation: the node that was asked, the kind of operation, and whether it was acknowledged.
  using OnOutcome = std::function<void(const std::string& node, const std::string& kind, bool is_ok)>;
  void on_outcome(OnOutcome callback) { report_outcome_ = std::move(callback); }

  /// Makes the workers, each with a client of one of the nodes in turn.
  void open();
  bool are_open() const { return !workers_.empty(); }
  /// Lets them perform what the agenda has, from now on.
  void begin();
  /// Waits until all are free.
  Task<> wait();
  /// Lets each perform one operation more.
  void perform_on_all(const check::Operation& operation);
  /// Waits until all have performed the final steps of the generator, or until `deadline`.
  Task<> finish(Time deadline);
  /// How many operations have begun.
  std::size_t operations() const { return operations_; }

 private:
  Task<> perform(Worker* worker, check::Operation operation);
  Task<> finish_one(Worker* worker, Time deadline);
  void connect(Worker& worker);
  void record(Worker& worker, check::Operation operation, check::Type type);
  void issue();
  void schedule_issue();
  void free(Worker& worker);
  void fail(const Worker& worker, const std::string& f, const std::string& what);

  RunContext& context_;
  Agenda& agenda_;
  OnOutcome report_outcome_ = [](const std::string&, const std::string&, bool) {};
  std::vector<Worker> workers_;
  std::size_t operations_ = 0;
  WaitGroup busy_;
  WaitGroup finishing_;  // in a final phase of many operations
};

}  // namespace mznode::sim
