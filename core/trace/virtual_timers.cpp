#include "virtual_timers.hpp"

#include <algorithm>

namespace mznode::trace {

LocalTime VirtualTimers::next() const {
  LocalTime earliest = never;
  for (const auto& [key, setting] : files) earliest = std::min(earliest, setting.due);
  for (const Signal& signal : signals) earliest = std::min(earliest, signal.setting.due);
  return earliest;
}

bool VirtualTimers::pass(Setting& setting, LocalTime now) {
  if (setting.due == never || setting.due > now) return false;
  if (setting.interval <= 0) {
    setting.due = never;
  } else {
    const std::int64_t missed = (now - setting.due) / setting.interval;
    setting.due = later(setting.due, (missed + 1) * setting.interval);
  }
  return true;
}

VirtualTimers::Signal* VirtualTimers::find(const Process& process, std::optional<int> id) {
  const auto found = std::find_if(signals.begin(), signals.end(),
                                  [&](const Signal& signal) { return signal.process == &process && signal.id == id; });
  return found == signals.end() ? nullptr : &*found;
}

VirtualTimers::Signal& VirtualTimers::interval_timer(Process& process) {
  if (Signal* known = find(process, std::nullopt)) return *known;
  Signal made;
  made.process = &process;
  signals.push_back(made);
  return signals.back();
}

void VirtualTimers::forget(const Process& process, bool is_exec) {
  std::erase_if(
      signals, [&](const Signal& signal) { return signal.process == &process && (!is_exec || signal.id.has_value()); });
  if (is_exec) return;  // descriptors may stay open
  std::erase_if(files, [&](const auto& entry) { return entry.first.first == process.pid; });
}

}  // namespace mznode::trace
