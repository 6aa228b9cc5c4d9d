#include "process_options.hpp"

#include <stdexcept>

namespace mznode::app {

void declare(CLI::App& app, ProcessFlags& flags) {
  constexpr std::size_t max_memory_mib = std::size_t{1} << 24;
  add_number(app, "--memory", flags.memory_mib, std::size_t{1}, max_memory_mib,
             "--bin: MiB of memory that a node may take")
      ->type_name("MIB");
  app.add_option("--time", flags.time, "--bin: virtual, real; auto: as can be")->type_name("KIND");
  app.add_option("--schedule", flags.schedule, "threads: plain, random, adversarial")->type_name("NAME");
  app.add_option("--cpu-time", flags.cpu_time, "seconds that a second of computing takes")->type_name("N");
  app.add_option("--stall", flags.stall, "--bin: real seconds without a rest")->type_name("S");
}

void set_processes(const ProcessFlags& flags, TestSettings& settings) {
  settings.memory_mib = flags.memory_mib;
  ProcessTime& time = settings.process_time;
  time.mode = parse_time_mode(flags.time);
  time.schedule = parse_schedule(flags.schedule);
  constexpr std::int64_t most = 1'000'000;
  const std::int64_t cpu_time = thousandths("--cpu-time", flags.cpu_time);
  if (cpu_time > most) refuse_value("--cpu-time", "a number from 0 to 1000", flags.cpu_time);
  time.cpu_time_permille = static_cast<int>(cpu_time);
  time.stall = std::chrono::milliseconds(thousandths("--stall", flags.stall));
  if (time.stall <= Duration::zero()) refuse_value("--stall", "seconds above 0", flags.stall);
  if (time.cpu_time_permille > 0 && time.mode == ProcessTime::Mode::real) {
    throw std::invalid_argument(
        "--cpu-time is about virtual time; in real time computing takes the time that it takes");
  }
}

void refuse_process_settings(const TestSettings& settings) {
  if (settings.memory_mib != TestSettings().memory_mib) {
    throw std::invalid_argument("--memory is about the processes of --bin, which is not given");
  }
  if (settings.process_time != ProcessTime()) {
    throw std::invalid_argument(
        "--time, --schedule, --cpu-time and --stall are about the processes of --bin, which is not given");
  }
}

}  // namespace mznode::app
