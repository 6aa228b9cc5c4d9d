#include "workers.hpp"

#include <algorithm>

#include "mznode/json/error.hpp"

namespace mznode::sim {
namespace {

/// How long the last operations may take. Clients give up after some seconds; one of somebody's own may forget to.
constexpr Duration most_patience = 10min;

}  // namespace

Workers::Workers(RunContext& context, Agenda& agenda)
    : context_(context), agenda_(agenda), busy_(context.engine), finishing_(context.engine) {}

void Workers::open() {
  const std::vector<std::string>& nodes = context_.options.nodes;
  workers_.resize(context_.options.concurrency);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].index = i;
    workers_[i].process = static_cast<std::int64_t>(i);
    workers_[i].node = nodes[i % nodes.size()];
    connect(workers_[i]);
  }
}

void Workers::begin() {
  if (context_.options.mean_interval > Duration::zero()) schedule_issue();
}

Task<> Workers::wait() {
  const TimerId guard = context_.engine.timers.set(context_.engine.now() + most_patience, [this] {
    for (const Worker& worker : workers_) {
      if (worker.is_busy) return fail(worker, worker.f, "never ends: does it wait for a reply without a time-out?");
    }
  });
  co_await busy_.wait();
  context_.engine.timers.cancel(guard);
}

void Workers::perform_on_all(const check::Operation& operation) {
  for (Worker& worker : workers_) context_.scope->spawn(perform(&worker, operation));
}

Task<> Workers::finish(Time deadline) {
  for (Worker& worker : workers_) context_.scope->spawn(counted(&finishing_, finish_one(&worker, deadline)));
  co_await finishing_.wait();
}

Task<> Workers::finish_one(Worker* worker, Time deadline) {
  const Engine& engine = context_.engine;
  Time earliest = engine.now();
  while (engine.now() < deadline) {
    auto step = agenda_.final_step(worker->index);
    if (!step) break;
    earliest = std::max(engine.now(), earliest + step->gap);
    if (earliest >= deadline) break;
    const Duration pause = earliest - engine.now();
    check::Operation operation = std::move(step->operation);
    co_await context_.engine.sleep(pause);
    co_await perform(worker, std::move(operation));
  }
}

void Workers::connect(Worker& worker) {
  worker.client.reset();
  worker.connection = context_.switchboard.connect();
  worker.client = context_.spec.make_client(*worker.connection, worker.node, context_.client_options);
}

void Workers::schedule_issue() {
  context_.engine.timers.set(agenda_.due(), [this] { issue(); });
}

/// An operation that finds all workers busy waits for the next that is free.
void Workers::issue() {
  const Time now = context_.engine.now();
  if (!agenda_.is_open(now)) return;
  std::vector<std::size_t> free_workers;
  for (const Worker& worker : workers_) {
    if (!worker.is_busy) free_workers.push_back(worker.index);
  }
  if (free_workers.empty()) return agenda_.wait_for_worker();
  Agenda::Turn turn = agenda_.take(free_workers, now);
  schedule_issue();
  if (turn.operation) context_.scope->spawn(perform(&workers_[turn.worker], std::move(*turn.operation)));
}

void Workers::free(Worker& worker) {
  worker.is_busy = false;
  busy_.done();
  if (agenda_.stop_waiting(context_.engine.now())) schedule_issue();
}

void Workers::record(Worker& worker, check::Operation operation, check::Type type) {
  agenda_.update(worker.index, context_.record.add(std::move(operation), type, worker.process));
}

Task<> Workers::perform(Worker* worker, check::Operation operation) {
  worker->is_busy = true;
  worker->f = operation.f;
  busy_.add();
  ++operations_;
  record(*worker, operation, check::Type::invoke);
  check::Type outcome = check::Type::ok;
  try {
    auto value = co_await worker->client->invoke(operation);
    operation.value = std::move(value);
  } catch (const RequestFailed& failed) {
    const bool fails =
        worker->client->maps_errors() && (failed.is_definite() || worker->client->is_idempotent(operation.f));
    outcome = fails ? check::Type::fail : check::Type::info;
    operation.error = failed.error();
  } catch (const ClientCrash&) {
    outcome = check::Type::info;
  } catch (const MalformedReply& malformed) {
    outcome = check::Type::info;
    operation.error = Json(malformed.what());
    context_.switchboard.note_malformed(malformed.what());
  } catch (const std::exception& error) {
    fail(*worker, operation.f, "failed: " + describe(error));
    co_return;
  }
  report_outcome_(worker->node, operation.f, outcome == check::Type::ok);
  record(*worker, std::move(operation), outcome);
  if (outcome == check::Type::info) {
    worker->process += static_cast<std::int64_t>(workers_.size());
    if (!context_.spec.reuses_clients) connect(*worker);
  }
  free(*worker);
}

void Workers::fail(const Worker& worker, const std::string& f, const std::string& what) {
  context_.ending.client_failure =
      "the client of worker " + std::to_string(worker.index) + " on " + worker.node + ", operation " + f + ", " + what;
  context_.ending.is_reached = true;
}

}  // namespace mznode::sim
