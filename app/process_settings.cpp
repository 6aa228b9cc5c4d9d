#include <stdexcept>

#include "setting_rows.hpp"

namespace mznode::app {
namespace {

using Group = Setting::Group;

constexpr std::size_t max_memory_mib = std::size_t{1} << 24;

void read_cpu_time(const std::string& text, TestSettings& settings) {
  constexpr std::int64_t most = 1'000'000;
  const std::int64_t permille = thousandths("--cpu-time", text);
  if (permille > most) refuse_value("--cpu-time", "a number from 0 to 1000", text);
  settings.process_time.cpu_time_permille = static_cast<int>(permille);
  if (permille > 0 && settings.process_time.mode == ProcessTime::Mode::real) {
    throw std::invalid_argument(
        "--cpu-time is about virtual time; in real time computing takes the time that it takes");
  }
}

}  // namespace

std::vector<Setting> process_rows() {
  return {of_number<std::size_t>(
              Group::processes, "--memory", "MIB", "--bin: MiB of memory that a node may take", 1, max_memory_mib,
              [](auto& settings) -> auto& { return settings.memory_mib; }),
          {.group = Group::processes,
           .flag = "--time",
           .takes = "KIND",
           .summary = "--bin: virtual, real; auto: as can be",
           .shown_default = "auto",
           .words = {"auto", "virtual", "real"},
           .read = [](const std::string& text,
                      TestSettings& settings) { settings.process_time.mode = parse_time_mode(text); },
           .write =
               [](const TestSettings& settings) {
                 const ProcessTime::Mode mode = settings.process_time.mode;
                 return unless_default(time_mode_name(mode), mode == ProcessTime().mode);
               }},
          {.group = Group::processes,
           .flag = "--schedule",
           .takes = "NAME",
           .summary = "threads: plain, random, adversarial",
           .shown_default = "random",
           .words = {"plain", "random", "adversarial"},
           .read = [](const std::string& text,
                      TestSettings& settings) { settings.process_time.schedule = parse_schedule(text); },
           .write =
               [](const TestSettings& settings) {
                 const trace::Schedule schedule = settings.process_time.schedule;
                 return unless_default(schedule_name(schedule), schedule == ProcessTime().schedule);
               }},
          {.group = Group::processes,
           .flag = "--cpu-time",
           .takes = "N",
           .summary = "seconds that a second of computing takes",
           .shown_default = "0",
           .read = read_cpu_time,
           .write =
               [](const TestSettings& settings) {
                 const int permille = settings.process_time.cpu_time_permille;
                 return unless_default(decimal(permille), permille == 0);
               }},
          {.group = Group::processes,
           .flag = "--stall",
           .takes = "S",
           .summary = "--bin: real seconds without a rest",
           .shown_default = "30",
           .read =
               [](const std::string& text, TestSettings& settings) {
                 settings.process_time.stall = seconds_of("--stall", text);
                 if (settings.process_time.stall <= Duration::zero()) refuse_value("--stall", "seconds above 0", text);
               },
           .write =
               [](const TestSettings& settings) {
                 return unless_default(decimal_seconds(settings.process_time.stall),
                                       settings.process_time.stall == ProcessTime().stall);
               }}};
}

}  // namespace mznode::app
