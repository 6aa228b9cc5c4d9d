#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mznode/sim/connection.hpp"
#include "mznode/sim/runner.hpp"

namespace mznode::sim {

/// Connects clients to the network, each under a name of its own, and owns what they complained of.
class Switchboard {
 public:
  /// With `ignores_strays`, replies that nobody waits for are no complaint, as in Maelstrom.
  Switchboard(Engine& engine, Network& network, bool ignores_strays)
      : engine_(engine), network_(network), ignores_strays_(ignores_strays) {}

  /// The next client: c0, c1 and so on.
  std::unique_ptr<Connection> connect();
  /// Notes a reply that is not as it must be.
  void note_malformed(std::string what);
  std::vector<std::string> take_malformed() { return std::move(malformed_); }

 private:
  Engine& engine_;
  Network& network_;
  bool ignores_strays_;
  std::uint64_t next_client_ = 0;
  std::vector<std::string> malformed_;
};

/// Owns the history of a run, and the moment from which its times count.
class Record {
 public:
  explicit Record(Engine& engine) : engine_(engine) {}

  /// The first operation is due now.
  void start() { started_ = engine_.now(); }
  Time started() const { return started_; }
  Duration elapsed() const { return engine_.now() - started_; }
  /// Adds an entry, and gives it its place and its time.
  const check::Operation& add(check::Operation operation, check::Type type, std::int64_t process);
  check::History take() { return std::move(history_); }

 private:
  Engine& engine_;
  Time started_;
  check::History history_;
};

/// Owns why a run is over before or at its time.
struct Ending {
  bool is_reached = false;
  /// Why the run could not be carried out.
  std::optional<std::string> error = {};
  /// What a client did that no client may do, which says nothing about the nodes.
  std::optional<std::string> client_failure = {};

  /// The run could not be carried out; the first reason counts.
  void fail(const std::string& why) {
    if (!error) error = why;
    is_reached = true;
  }
};

/// What all parts of a run are given.
struct RunContext {
  const TestSpec& spec;
  const RunOptions& options;
  const ClientOptions client_options;
  Engine& engine;
  Switchboard switchboard;
  Record record;
  Ending ending;
  /// Runs the tasks of all parts. It ends with the run, before what they use.
  Scope* scope = nullptr;
};

inline constexpr const char* no_reply = "no reply came in time";

/// What to say of a request that failed.
std::string failure_of(const std::exception& error);

}  // namespace mznode::sim
