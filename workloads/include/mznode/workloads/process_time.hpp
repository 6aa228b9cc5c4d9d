#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"
#include "mznode/sim/virtual_process_host.hpp"
#include "mznode/trace/traced_process.hpp"

namespace mznode {

struct TestSettings;

/// How the processes of a test's nodes see time.
struct ProcessTime {
  enum class Mode : std::uint8_t {
    automatic,  ///< virtual where the machine allows it
    simulated,  ///< virtual, or no test
    real,
  };
  Mode mode = Mode::automatic;
  /// What decides which thread of a node runs next, in virtual time.
  trace::Schedule schedule = trace::Schedule::random;
  /// How many thousandths of the processor time that a node computes pass on its clocks meanwhile, in virtual time.
  int cpu_time_permille = 0;
  /// Wall time that a node may be busy without coming to rest, in virtual time.
  Duration stall = 30s;

  friend bool operator==(const ProcessTime&, const ProcessTime&) = default;
};

/// The words for modes and schedules on the command line; throw std::invalid_argument, naming what exists.
ProcessTime::Mode parse_time_mode(const std::string& name);
std::string time_mode_name(ProcessTime::Mode mode);
trace::Schedule parse_schedule(const std::string& name);
std::string schedule_name(trace::Schedule schedule);

/// Whether a test's processes will run in virtual time. Throws std::invalid_argument when they have to and cannot.
bool is_virtual(const TestSettings& settings);

/// In which time the processes of a test ran, and whether its seed repeats the run.
struct TimeOfRun {
  bool is_virtual = false;
  /// Why it was real time, a sentence's end.
  std::string why_real = {};
  /// Of virtual time, as ProcessTime has them.
  trace::Schedule schedule = trace::Schedule::random;
  int cpu_time_permille = 0;
  sim::VirtualProcessHost::Record record = {};

  bool is_repeatable() const { return is_virtual && record.doubts.empty(); }
  /// As results.json has it.
  nlohmann::ordered_json to_details() const;
};

/// Makes the host of a test's processes. `time` is told, at the latest when the host ends.
std::unique_ptr<sim::Host> process_host(const TestSettings& settings, sim::Network& network, sim::Engine& engine,
                                        TimeOfRun& time);

}  // namespace mznode
