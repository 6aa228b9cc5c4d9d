#include "mznode/sim/runner.hpp"

#include <memory>
#include <set>

#include "agenda.hpp"
#include "lag_meter.hpp"
#include "livelock.hpp"
#include "mznode/sim/schedule.hpp"
#include "mznode/sim/services.hpp"
#include "nodes.hpp"
#include "run_context.hpp"
#include "storm.hpp"
#include "workers.hpp"

namespace mznode::sim {
namespace {

constexpr std::uint64_t order_stream = 0x6f7264;
/// What comes of one message takes fewer events.
constexpr std::uint64_t events_a_message = 10;

/// A test from the first `init` to the last read. It owns the engine and the network; what happens on them belongs to
/// the nodes, the workers and the agenda.
class Run {
 public:
  Run(const TestSpec& spec, const RunOptions& options, const MakeHost& make_host);

  RunResult execute(const std::function<bool()>& should_stop);

 private:
  Task<> main();
  Task<> last_phases();
  void begin_to_generate();
  void note_fault(const FaultEvent& event);
  bool step(const std::function<bool()>& should_stop);
  bool gets_on();
  Time now() const { return nodes_->host().now(); }

  Engine engine_;
  Network network_;
  RunContext context_;
  std::unique_ptr<Nodes> nodes_;
  Livelock livelock_;
  Storm storm_;
  Services services_;
  Agenda agenda_;
  Workers workers_;
  RunResult result_;
  Scope scope_;  // last: its tasks use everything above
};

Run::Run(const TestSpec& spec, const RunOptions& options, const MakeHost& make_host)
    : engine_{.chance = options.chance.value_or(Chance(options.seed))},
      network_(
          engine_.timers, [this] { return now(); }, options.latency, options.delivery, engine_.chance),
      context_{.spec = spec,
               .options = options,
               .client_options = {.nodes = options.nodes,
                                  .concurrency = options.concurrency,
                                  .topology = options.topology,
                                  .mean_latency_ms = options.latency.mean_ms,
                                  .keys = options.keys,
                                  .compat_jepsen = options.compat_jepsen,
                                  .elapsed = [this] { return context_.record.elapsed(); }},
               .engine = engine_,
               .switchboard = Switchboard(engine_, network_, options.compat_jepsen),
               .record = Record(engine_),
               .ending = {},
               .scope = &scope_},
      nodes_(std::make_unique<Nodes>(context_, make_host(network_, engine_), network_)),
      livelock_(network_, options.nodes.size(), options.patience_events),
      storm_(network_, options.nodes.size(), options.patience_events / events_a_message),
      agenda_(context_),
      workers_(context_, agenda_),
      scope_([this](const std::exception_ptr& exception) {
        try {
          std::rethrow_exception(exception);
        } catch (const std::exception& cause) {
          context_.ending.fail(cause.what());
        }
      }) {
  engine_.now = [this] { return now(); };
  if (engine_.chance.decides_order()) {
    engine_.order = std::make_unique<Random>(engine_.chance, "order", order_stream);
    engine_.order->about("next event");
  }
  if (nodes_->host().is_real_time()) {
    result_.lag.emplace();
    measure_lag(engine_, *result_.lag);
  }
  if (options.keep_journal) network_.keep_journal();
  nodes_->on_fault([this](const FaultEvent& event) { note_fault(event); });
  workers_.on_outcome([this](const std::string& node, const std::string& kind, bool is_ok) {
    nodes_->note_outcome(node, kind, is_ok);
  });
}

void Run::note_fault(const FaultEvent& event) {
  agenda_.pass_nemesis();
  const auto& entry =
      context_.record.add(operation(event.name(), event.value), check::Type::info, check::nemesis_process);
  note(result_.fault_spans, event, Duration(entry.time_ns));
}

Task<> Run::main() {
  services_ = default_services(engine_.chance);
  connect(services_, network_);
  co_await nodes_->begin();
  if (context_.ending.is_reached) co_return;
  begin_to_generate();
  co_await engine_.sleep(context_.options.time_limit);
  agenda_.end();
  nodes_->nemesis().hold();
  co_await workers_.wait();
  nodes_->nemesis().stop();
  co_await last_phases();
  context_.ending.is_reached = true;
}

Task<> Run::last_phases() {
  const TestSpec& spec = context_.spec;
  if (spec.final_operation) {
    co_await engine_.sleep(quiet_phase);
    workers_.perform_on_all(*spec.final_operation);
    co_await workers_.wait();
  }
  if (spec.final_time_limit) {
    co_await engine_.sleep(quiet_phase);
    const Time deadline = now() + *spec.final_time_limit;
    co_await workers_.finish(deadline);
  }
}

void Run::begin_to_generate() {
  const RunOptions& options = context_.options;
  context_.record.start();
  workers_.open();
  std::set<std::string> asked;
  for (std::size_t i = 0; i < options.concurrency; ++i) asked.insert(options.nodes[i % options.nodes.size()]);
  nodes_->open(Readiness(asked, context_.spec.kinds));
  agenda_.begin(now());
  nodes_->nemesis().start();
  workers_.begin();
}

bool Run::step(const std::function<bool()>& should_stop) {
  engine_.ready.run();
  scope_.reap();
  Ending& ending = context_.ending;
  if (ending.is_reached) return false;
  if (should_stop()) {
    result_.interrupted = true;
    return false;
  }
  const RunOptions& options = context_.options;
  if (options.on_progress && workers_.are_open()) options.on_progress(context_.record.elapsed(), workers_.operations());
  const auto next = engine_.timers.next();
  if (!next) {
    ending.fail("the run stands still: nothing is left to happen");
    return false;
  }
  // Even when the next event is due already: child processes have to be heard, however much there is to do.
  Host& host = nodes_->host();
  host.wait_until(*next);
  if (ending.is_reached) return false;
  // In real time a turn ends, however many events it adds: there is output of nodes to read.
  const Time end_of_turn = now() + 1ms;
  while (now() < end_of_turn && engine_.run_due()) {
    engine_.ready.run();
    if (ending.is_reached || should_stop()) break;  // also in an instant that never ends
    if (!host.is_real_time() && !gets_on()) return false;
  }
  return true;
}

/// In virtual time, what costs the nodes no time could go on for ever.
bool Run::gets_on() {
  if (storm_.sets_in(now(), workers_.operations())) {
    result_.livelock = storm_.describe();
  } else if (livelock_.sets_in(now(), workers_.operations())) {
    result_.livelock = livelock_.describe();
  }
  return !result_.livelock;
}

RunResult Run::execute(const std::function<bool()>& should_stop) {
  scope_.spawn(main());
  while (step(should_stop)) {
  }
  if (context_.ending.client_failure) throw std::runtime_error(*context_.ending.client_failure);
  result_.error = context_.ending.error;
  result_.started = context_.record.started();
  result_.duration = context_.record.elapsed();
  result_.malformed_replies = context_.switchboard.take_malformed();
  nodes_->report(result_);
  result_.net = network_.stats();
  result_.history = context_.record.take();
  result_.journal = network_.traffic().take_journal();
  result_.packets = network_.traffic().take_packets();
  return std::move(result_);
}

}  // namespace

std::vector<std::string> node_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("n" + std::to_string(i));
  return names;
}

RunResult run(const TestSpec& spec, const RunOptions& options, const MakeHost& make_host,
              const std::function<bool()>& should_stop) {
  Run run(spec, options, make_host);
  return run.execute(should_stop);
}

}  // namespace mznode::sim
