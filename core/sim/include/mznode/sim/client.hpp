#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/node/topology.hpp"
#include "mznode/sim/connection.hpp"
#include "mznode/sim/random.hpp"
#include "mznode/sim/schedule.hpp"

namespace mznode::sim {

/// The keys that transactions and logs work on, with Maelstrom's meaning and defaults.
struct KeyOptions {
  /// How many keys are in use at a time.
  std::size_t key_count = 10;
  std::size_t max_txn_length = 4;
  std::size_t max_writes_per_key = 16;
  /// How many writes a key gets: always the most (Elle 0.2.2, which Maelstrom's Jepsen 0.3.7 takes), or x of them with
  /// a probability in proportion to 1/x (Elle 0.2.7).
  enum class Writes : std::uint8_t { constant, zipf };
  Writes writes = Writes::constant;
  /// Where a consumer of a log begins at a key that it is assigned for the first time: at offset 0, as Maelstrom's
  /// client does, which looks the committed offsets up in the wrong place, or at the committed offset, as its
  /// documentation says.
  enum class AssignFrom : std::uint8_t { beginning, committed };
  AssignFrom assign_from = AssignFrom::beginning;
};

/// What a workload's clients and generators are told about the test.
struct ClientOptions {
  std::vector<std::string> nodes;
  std::size_t concurrency = 1;
  Topology topology;
  std::int64_t mean_latency_ms = 0;
  KeyOptions keys = {};
  /// Take replies as Maelstrom does where this project is stricter on purpose.
  bool compat_jepsen = false;
  /// How long the test has run, on its own clock.
  std::function<Duration()> elapsed = {};
};

/// Thrown by a client to end itself on purpose; its operation is indefinite.
class ClientCrash : public std::exception {};

/// The client's side of a workload: performs operations on one node over one connection.
class Client {
 public:
  virtual ~Client() = default;
  /// What has to be said to a node once, before the test begins.
  virtual Task<> setup();
  /// Performs an operation and returns its value. Throws RequestFailed or MalformedReply.
  virtual Task<Json> invoke(check::Operation operation) = 0;
  /// True for an operation without effects: when it fails, it certainly failed.
  virtual bool is_idempotent(const std::string& f) const = 0;
  /// False when Maelstrom's client maps no errors: any one leaves its operation indefinite.
  virtual bool maps_errors() const { return true; }
};

/// What a worker is to do in the final phase.
struct FinalStep {
  check::Operation operation;
  /// At least so long after the worker's last final step began.
  Duration gap{0};
};

/// Decides what the clients do.
class Generator {
 public:
  virtual ~Generator() = default;
  /// Which of the workers that are free is to do the next operation: the next in the ring, unless a generator has
  /// another way. `free` is in ascending order and not empty.
  virtual std::size_t choose(const std::vector<std::size_t>& free, const Ring& ring, Random& /*random*/) {
    return ring.next(free);
  }
  /// The next operation for a worker: its f, value and is_final; nothing when there is none left.
  virtual std::optional<check::Operation> next(std::size_t worker, Random& random) = 0;
  /// Told of every entry that a worker adds to the history.
  virtual void update(std::size_t /*worker*/, const check::Operation& /*event*/) {}
  /// What a worker does next in the final phase, after the network has healed and been quiet; nothing when it is done.
  virtual std::optional<FinalStep> final_step(std::size_t /*worker*/, Random& /*random*/) { return std::nullopt; }
};

/// A test of Maelstrom's, without its checker.
struct TestSpec {
  std::function<std::unique_ptr<Client>(Connection& connection, const std::string& node, const ClientOptions& options)>
      make_client;
  std::function<std::unique_ptr<Generator>(const ClientOptions& options)> make_generator;
  /// The kinds of operations (their f) that a test needs an ok of; kills and pauses wait for one of each.
  std::set<std::string> kinds = {};
  /// What every worker does once at the end, after the network has healed and been quiet; nothing to end at once.
  std::optional<check::Operation> final_operation;
  /// Ends a final phase that the generator's final steps make; nothing when they make none.
  std::optional<Duration> final_time_limit = std::nullopt;
  /// Clients of each node unless the user says how many; Maelstrom's lin-kv refuses its own default, one.
  std::size_t default_workers_per_node = 1;
  /// True when a client goes on with its connection after an indefinite operation.
  bool reuses_clients = false;
};

/// Half reads and half of what `write` makes (Jepsen, generator.clj, mix).
std::unique_ptr<Generator> mix_with_reads(std::function<check::Operation(Random&)> write);
/// The same with operations counted from 0 as values, as Maelstrom's sets and broadcasts do.
std::unique_ptr<Generator> mix_with_reads(const std::string& f);

check::Operation operation(const std::string& f, Json value = Json());
/// A read that is marked as final.
check::Operation final_read();

}  // namespace mznode::sim
