#include "mznode/sim/runner.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "lag_meter.hpp"
#include "livelock.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/sim/nemesis.hpp"
#include "mznode/sim/schedule.hpp"
#include "mznode/sim/services.hpp"
#include "wait_group.hpp"
#include "worker.hpp"

namespace mznode::sim {
namespace {

constexpr std::uint64_t generator_stream = 0x67656e;

constexpr const char* no_reply = "no reply came in time";
/// How long the last operations may take. Clients give up after some seconds; one of somebody's own may forget to.
constexpr Duration most_patience = 10min;

std::string reason(const std::exception& error) {
  const std::string text = error.what();
  return text == "\"net-timeout\"" ? no_reply : text;
}

struct Init {
  std::string node_id;
  std::vector<std::string> node_ids;
  MZNODE_FIELDS(node_id, node_ids)
};

class Run {
 public:
  Run(const TestSpec& spec, const RunOptions& options, const MakeHost& make_host);

  RunResult execute(const std::function<bool()>& should_stop);

 private:
  Task<> main();
  Task<> initialise(std::string node);
  Task<> set_up(std::string node);
  Task<> perform(Worker* worker, check::Operation operation);
  Task<> finish(Worker* worker);

  void begin_to_generate();
  void issue();
  void schedule_issue(Time at);
  void free(Worker& worker);
  void open(Worker& worker);
  void record(check::Operation operation, check::Type type, std::int64_t process);
  std::string next_client_name() { return "c" + std::to_string(next_client_++); }
  Time now() const { return host_->now(); }
  bool step(const std::function<bool()>& should_stop);
  void fail(const std::string& why);
  void client_failed(const Worker& worker, const std::string& f, const std::string& what);
  Task<> wait_for_workers();
  void note_wait(const std::string& node, Duration patience);
  void node_failed(NodeFailure failure);
  void report_reply(std::string what) {
    constexpr std::size_t kept = 1'000;  // a node may send any number of them
    if (result_.malformed_replies.size() < kept) result_.malformed_replies.push_back(std::move(what));
  }

  const TestSpec& spec_;
  const RunOptions& options_;
  Loop loop_;
  Network network_;
  std::unique_ptr<Host> host_;
  Livelock livelock_;
  Services services_;
  Random random_;
  ClientOptions client_options_;
  std::unique_ptr<Generator> generator_;
  std::unique_ptr<Nemesis> nemesis_;
  std::vector<Worker> workers_;
  Ring ring_;
  Readiness readiness_;
  std::uint64_t next_client_ = 0;
  Time started_;
  std::size_t operations_ = 0;
  Time next_operation_;
  Time final_deadline_;
  bool is_generating_ = false;
  bool is_done_ = false;
  std::set<std::string> failed_nodes_;
  WaitGroup beginning_;  // nodes that are being initialised or set up before the first operation
  WaitGroup busy_;       // workers
  WaitGroup finishing_;  // workers in a final phase of many operations
  /// What a client did that no client may do.
  std::optional<std::string> client_failure_;
  RunResult result_;
  Scope scope_;  // last: its tasks use everything above
};

Run::Run(const TestSpec& spec, const RunOptions& options, const MakeHost& make_host)
    : spec_(spec),
      options_(options),
      network_(
          loop_.timers, [this] { return now(); }, options.latency, options.delivery, options.seed),
      host_(make_host(network_, loop_)),
      livelock_(network_, options.nodes.size(), options.patience_events),
      random_(options.seed, generator_stream),
      client_options_{.nodes = options.nodes,
                      .concurrency = options.concurrency,
                      .topology = options.topology,
                      .mean_latency_ms = options.latency.mean_ms,
                      .keys = options.keys,
                      .compat_jepsen = options.compat_jepsen,
                      .elapsed = [this] { return now() - started_; }},
      generator_(spec.make_generator(client_options_)),
      ring_(options.concurrency),
      readiness_({}, spec.kinds),
      beginning_(loop_),
      busy_(loop_),
      finishing_(loop_),
      scope_([this](const std::exception_ptr& exception) {
        try {
          std::rethrow_exception(exception);
        } catch (const std::exception& cause) {
          fail(cause.what());
        }
      }) {
  loop_.now = [this] { return now(); };
  if (host_->is_real_time()) {
    result_.lag.emplace();
    measure_lag(loop_, *result_.lag);
  }
  if (options.keep_journal) network_.keep_journal();
  host_->on_failure([this](NodeFailure failure) { node_failed(std::move(failure)); });
  nemesis_ = std::make_unique<Nemesis>(
      Nemesis::World{.loop = loop_,
                     .network = network_,
                     .host = *host_,
                     .nodes = options.nodes,
                     .most_victims = options.most_victims,
                     .initialise = [this](const std::string& node) { scope_.spawn(initialise(node)); },
                     .record =
                         [this](const FaultEvent& event) {
                           ring_.advance();
                           record(operation(event.name(), event.value), check::Type::info, check::nemesis_process);
                           note(result_.fault_spans, event, Duration(result_.history.back().time_ns));
                         }},
      options.faults, options.nemesis_interval, options.seed);
}

void Run::fail(const std::string& why) {
  if (!result_.error) result_.error = why;
  is_done_ = true;
}

/// Says nothing about the nodes.
void Run::client_failed(const Worker& worker, const std::string& f, const std::string& what) {
  client_failure_ =
      "the client of worker " + std::to_string(worker.index) + " on " + worker.node + ", operation " + f + ", " + what;
  is_done_ = true;
}

Task<> Run::wait_for_workers() {
  const TimerId guard = loop_.timers.set(now() + most_patience, [this] {
    for (const Worker& worker : workers_) {
      if (worker.is_busy)
        return client_failed(worker, worker.f, "never ends: does it wait for a reply without a time-out?");
    }
  });
  co_await busy_.wait();
  loop_.timers.cancel(guard);
}

/// A node did not begin within `patience`. Whether that is its fault is for others to judge.
void Run::note_wait(const std::string& node, Duration patience) {
  if (is_done_) return;
  result_.waited_in_vain = patience;
  if (result_.lag) result_.lag->starved = host_->starved(node);
}

/// A node that ends by itself ends the test, as it crashes Maelstrom's; so does one that cannot begin. One that is no
/// longer listened to leaves the others something to show.
void Run::node_failed(NodeFailure failure) {
  const bool is_beginning = workers_.empty();
  failed_nodes_.insert(failure.node);
  const std::string why = "the run was ended because node " + failure.node + ' ' +
                          failure.description.substr(0, failure.description.find('\n'));
  const bool has_ended = failure.has_ended;
  result_.failures.push_back(std::move(failure));
  if (has_ended || is_beginning || failed_nodes_.size() == options_.nodes.size()) fail(why);
}

Task<> Run::initialise(std::string node) {
  Connection connection(loop_, network_, next_client_name());
  connection.on_stray_reply([this](std::string what) { report_reply(std::move(what)); });
  const Init init{.node_id = node, .node_ids = options_.nodes};
  const bool is_beginning = workers_.empty();
  const std::size_t strikes = nemesis_->times_struck(node);
  // In the middle of a run it may wait among slow messages: a receiver sleeps until what it has taken is due.
  const Duration in_queue = is_beginning ? Duration::zero() : 100 * std::chrono::milliseconds(options_.latency.mean_ms);
  const Duration timeout = options_.init_timeout + in_queue;
  std::string why;
  try {
    co_await connection.call<Empty>(node, "init", init, timeout);
  } catch (const std::exception& error) {
    why = reason(error);
  }
  if (why.empty()) co_return;
  // One that was paused or killed again could not answer; any other would take no more part, and nobody would know.
  if (why == no_reply && nemesis_->times_struck(node) != strikes) co_return;
  if (why == no_reply) note_wait(node, timeout);
  if (why == no_reply) why += host_->silence(node);
  fail("node " + node + " did not answer its init message" + (is_beginning ? "" : " when it was started again") + ": " +
       why + host_->log_tail(node));
}

Task<> Run::set_up(std::string node) {
  Connection connection(loop_, network_, next_client_name());
  connection.on_stray_reply([this](std::string what) { report_reply(std::move(what)); });
  const auto client = spec_.make_client(connection, node, client_options_);
  std::string why;
  try {
    co_await client->setup();
  } catch (const std::exception& error) {
    why = reason(error);
  }
  if (why.empty()) co_return;
  if (why == no_reply) note_wait(node, Connection::default_timeout);
  if (why == no_reply) why += host_->silence(node);
  fail("node " + node + " could not be set up: " + why + host_->log_tail(node));
}

Task<> Run::main() {
  services_ = default_services(options_.seed);
  connect(services_, network_);
  for (const auto& node : options_.nodes) host_->start(node);
  for (const auto& node : options_.nodes) scope_.spawn(counted(&beginning_, initialise(node)));
  co_await beginning_.wait();
  if (is_done_) co_return;
  for (const auto& node : options_.nodes) scope_.spawn(counted(&beginning_, set_up(node)));
  co_await beginning_.wait();
  if (is_done_) co_return;

  begin_to_generate();
  co_await loop_.sleep(options_.time_limit);
  is_generating_ = false;
  nemesis_->hold();
  co_await wait_for_workers();
  nemesis_->stop();
  if (spec_.final_operation) {
    co_await loop_.sleep(quiet_phase);
    for (Worker& worker : workers_) scope_.spawn(perform(&worker, *spec_.final_operation));
    co_await wait_for_workers();
  }
  if (spec_.final_time_limit) {
    co_await loop_.sleep(quiet_phase);
    final_deadline_ = now() + *spec_.final_time_limit;
    for (Worker& worker : workers_) scope_.spawn(counted(&finishing_, finish(&worker)));
    co_await finishing_.wait();
  }
  is_done_ = true;
}

void Run::begin_to_generate() {
  started_ = now();
  workers_.resize(options_.concurrency);
  std::set<std::string> asked;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].index = i;
    workers_[i].process = static_cast<std::int64_t>(i);
    workers_[i].node = options_.nodes[i % options_.nodes.size()];
    asked.insert(workers_[i].node);
    open(workers_[i]);
  }
  readiness_ = Readiness(asked, spec_.kinds);
  is_generating_ = true;
  nemesis_->start();
  next_operation_ = started_;
  if (options_.mean_interval > Duration::zero()) schedule_issue(started_);
}

Task<> Run::finish(Worker* worker) {
  Time earliest = now();
  while (now() < final_deadline_) {
    auto step = generator_->final_step(worker->index, random_);
    if (!step) break;
    earliest = std::max(now(), earliest + step->gap);
    if (earliest >= final_deadline_) break;
    const Duration pause = earliest - now();
    check::Operation operation = std::move(step->operation);
    co_await loop_.sleep(pause);
    co_await perform(worker, std::move(operation));
  }
}

void Run::open(Worker& worker) {
  worker.client.reset();
  worker.connection = std::make_unique<Connection>(loop_, network_, next_client_name());
  worker.connection->on_stray_reply([this](std::string what) { report_reply(std::move(what)); });
  worker.client = spec_.make_client(*worker.connection, worker.node, client_options_);
}

void Run::schedule_issue(Time at) {
  loop_.timers.set(at, [this] { issue(); });
}

/// Jepsen's stagger: operations at intervals that are uniform between 0 and twice the mean; one that finds all workers
/// busy waits for the next that is free.
void Run::issue() {
  if (!is_generating_ || now() >= started_ + options_.time_limit) return;
  std::vector<std::size_t> free_workers;
  for (const Worker& worker : workers_) {
    if (!worker.is_busy) free_workers.push_back(worker.index);
  }
  if (free_workers.empty()) {
    next_operation_ = Time::max();  // free() will call again
    return;
  }
  Worker& worker = workers_[generator_->choose(free_workers, ring_, random_)];
  auto next = generator_->next(worker.index, random_);
  ring_.advance();
  // From when it was due, lest the delays of real time add up; but what was missed is not made up for.
  next_operation_ = std::max(next_operation_, now() - 1ms) + stagger(random_, options_.mean_interval);
  schedule_issue(next_operation_);
  if (next) scope_.spawn(perform(&worker, std::move(*next)));
}

void Run::free(Worker& worker) {
  worker.is_busy = false;
  busy_.done();
  if (next_operation_ == Time::max() && is_generating_) {
    next_operation_ = now();
    schedule_issue(next_operation_);
  }
}

void Run::record(check::Operation operation, check::Type type, std::int64_t process) {
  operation.index = static_cast<std::int64_t>(result_.history.size());
  operation.time_ns = (now() - started_).count();
  operation.type = type;
  operation.process = process;
  result_.history.push_back(std::move(operation));
}

Task<> Run::perform(Worker* worker, check::Operation operation) {
  worker->is_busy = true;
  worker->f = operation.f;
  busy_.add();
  record(operation, check::Type::invoke, worker->process);
  ++operations_;
  generator_->update(worker->index, result_.history.back());
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
    report_reply(malformed.what());
  } catch (const std::exception& error) {
    client_failed(*worker, operation.f, "failed: " + describe(error));
    co_return;
  }
  record(operation, outcome, worker->process);
  if (outcome == check::Type::ok) readiness_.acknowledged(worker->node, operation.f);
  if (readiness_.is_reached()) nemesis_->let_strike();
  generator_->update(worker->index, result_.history.back());
  if (outcome == check::Type::info) {
    worker->process += static_cast<std::int64_t>(workers_.size());
    if (!spec_.reuses_clients) open(*worker);
  }
  free(*worker);
}

bool Run::step(const std::function<bool()>& should_stop) {
  loop_.ready.run();
  scope_.reap();
  if (is_done_) return false;
  if (should_stop()) {
    result_.interrupted = true;
    return false;
  }
  if (options_.on_progress && !workers_.empty()) options_.on_progress(now() - started_, operations_);
  const auto next = loop_.timers.next();
  if (!next) {
    fail("the run stands still: nothing is left to happen");
    return false;
  }
  // Even when the next event is due already: child processes have to be heard, however much there is to do.
  host_->wait_until(*next);
  if (is_done_) return false;
  // In real time a turn ends, however many events it adds: there is output of nodes to read.
  const Time end_of_turn = now() + 1ms;
  while (now() < end_of_turn && loop_.timers.run_due(now())) {
    loop_.ready.run();
    if (is_done_ || should_stop()) break;  // also in an instant that never ends
    if (host_->is_real_time() || !livelock_.sets_in(now(), operations_)) continue;
    result_.livelock = livelock_.describe();
    return false;
  }
  return true;
}

RunResult Run::execute(const std::function<bool()>& should_stop) {
  scope_.spawn(main());
  while (step(should_stop)) {
  }
  if (client_failure_) throw std::runtime_error(*client_failure_);
  result_.started = started_;
  result_.duration = now() - started_;
  for (const std::string& node : options_.nodes) {
    if (std::string text = host_->silence(node); !text.empty()) result_.silences[node] = std::move(text);
  }
  result_.net = network_.stats();
  result_.journal = network_.take_journal();
  result_.packets = network_.take_packets();
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
