#include "nodes.hpp"

#include "mznode/node/names.hpp"
#include "unanswered.hpp"

namespace mznode::sim {

Nodes::Nodes(RunContext& context, std::unique_ptr<Host> host, Network& network)
    : context_(context), host_(std::move(host)), readiness_({}, context.spec.kinds), starting_(context.engine) {
  const RunOptions& options = context.options;
  host_->on_failure([this](NodeFailure failure) { note_failure(std::move(failure)); });
  nemesis_ = std::make_unique<Nemesis>(
      Nemesis::World{.engine = context.engine,
                     .network = network,
                     .host = *host_,
                     .nodes = options.nodes,
                     .most_victims = options.most_victims,
                     .initialise = [this](const std::string& node) { context_.scope->spawn(initialise(node)); },
                     .record = [this](const FaultEvent& event) { report_fault_(event); }},
      options.faults, options.nemesis_interval, context.engine.chance);
}

Task<> Nodes::begin() {
  const std::vector<std::string>& nodes = context_.options.nodes;
  for (const auto& node : nodes) host_->start(node);
  for (const auto& node : nodes) context_.scope->spawn(counted(&starting_, initialise(node)));
  co_await starting_.wait();
  if (context_.ending.is_reached) co_return;
  for (const auto& node : nodes) context_.scope->spawn(counted(&starting_, set_up(node)));
  co_await starting_.wait();
}

void Nodes::open(Readiness readiness) {
  is_beginning_ = false;
  readiness_ = std::move(readiness);
}

void Nodes::note_outcome(const std::string& node, const std::string& kind, bool is_ok) {
  if (is_ok) readiness_.acknowledged(node, kind);
  if (readiness_.is_reached()) nemesis_->let_strike();
}

void Nodes::note_wait(const std::string& node, Duration patience) {
  if (context_.ending.is_reached) return;
  waited_in_vain_ = patience;
  starved_ = host_->starved(node);
}

/// One that is no longer listened to leaves the others something to show.
void Nodes::note_failure(NodeFailure failure) {
  failed_.insert(failure.node);
  const std::string why = "the run was ended because node " + failure.node + ' ' +
                          failure.description.substr(0, failure.description.find('\n'));
  const bool has_ended = failure.has_ended;
  failures_.push_back(std::move(failure));
  if (has_ended || is_beginning_ || failed_.size() == context_.options.nodes.size()) context_.ending.fail(why);
}

Task<> Nodes::initialise(std::string node) {
  const auto connection = context_.switchboard.connect();
  const InitMessage init{.node_id = node, .node_ids = context_.options.nodes};
  const bool is_beginning = is_beginning_;
  const std::size_t strikes = nemesis_->times_struck(node);
  // In the middle of a run it may wait among slow messages: a receiver sleeps until what it has taken is due.
  const Duration in_queue =
      is_beginning ? Duration::zero() : 100 * std::chrono::milliseconds(context_.options.latency.mean_ms);
  const Duration timeout = context_.options.init_timeout + in_queue;
  std::string why;
  try {
    co_await connection->call<Empty>(node, "init", init, timeout);
  } catch (const std::exception& error) {
    why = failure_of(error);
  }
  if (why.empty()) co_return;
  // One that was paused or killed again could not answer; any other would take no more part, and nobody would know.
  if (why == no_reply && nemesis_->times_struck(node) != strikes) co_return;
  if (why == no_reply) note_wait(node, timeout);
  if (why == no_reply) why += host_->silence(node).words;
  context_.ending.fail("node " + node + " did not answer its init message" +
                       (is_beginning ? "" : " when it was started again") + ": " + why + host_->log_tail(node));
}

Task<> Nodes::set_up(std::string node) {
  const auto connection = context_.switchboard.connect();
  const auto client = context_.spec.make_client(*connection, node, context_.client_options);
  std::string why;
  std::string what = "could not be set up";
  try {
    co_await client->setup();
  } catch (const Unanswered& unanswered) {
    what = "did not answer its " + unanswered.type() + " message";
    why = no_reply;
  } catch (const std::exception& error) {
    why = failure_of(error);
  }
  if (why.empty()) co_return;
  if (why == no_reply) note_wait(node, Connection::default_timeout);
  if (why == no_reply) why += host_->silence(node).words;
  context_.ending.fail("node " + node + " " + what + ": " + why + host_->log_tail(node));
}

void Nodes::report(RunResult& result) {
  result.failures = std::move(failures_);
  result.waited_in_vain = waited_in_vain_;
  if (result.lag && waited_in_vain_) result.lag->starved = starved_;
  for (const std::string& node : context_.options.nodes) {
    if (SilenceCause silence = host_->silence(node); silence.is_explained()) result.silences[node] = std::move(silence);
  }
}

}  // namespace mznode::sim
