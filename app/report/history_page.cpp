#include "report/history_page.hpp"

#include <algorithm>
#include <map>

#include "mznode/check/registry.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/sim/excerpt.hpp"
#include "report/page_data.hpp"
#include "text_table.hpp"

namespace mznode::app {
namespace {

constexpr std::int64_t ns_per_microsecond = 1000;

/// Makes the times of a history those of a plot, and tells what was done to them.
std::string make_times(check::History& history) {
  if (history.empty()) return {};
  const auto [first, last] = std::minmax_element(history.begin(), history.end(),
                                                 [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; });
  const std::int64_t begin = first->time_ns;
  // Some recorders count instead of looking at a clock.
  constexpr std::int64_t least_ns = 10;
  if (last->time_ns - begin < least_ns * std::ssize(history)) {
    constexpr std::int64_t apart_ns = 1'000'000;
    for (std::size_t i = 0; i < history.size(); ++i) history[i].time_ns = static_cast<std::int64_t>(i) * apart_ns;
    return "the history has none, or none that could be drawn: its entries stand 1 ms apart";
  }
  constexpr std::int64_t an_hour_ns = 3'600'000'000'000;
  if (begin >= 0 && begin < an_hour_ns) return {};
  for (check::Operation& operation : history) operation.time_ns -= begin;
  return "counts from the first entry";
}

/// The spans in which a nemesis was at work, by the names that Jepsen gives to what it does.
std::vector<FaultBand> spans_of(const check::History& history, std::int64_t duration_us) {
  constexpr std::size_t longest_value = 20'000;
  static const std::map<std::string, std::string> ends = {{"start", "kill"}, {"resume", "pause"}, {"stop", "nemesis"}};
  std::vector<FaultBand> spans;
  std::map<std::string, std::size_t> open;
  for (const check::Operation& operation : history) {
    if (operation.is_client()) continue;
    const std::string& f = operation.f;
    const std::int64_t at = operation.time_ns / ns_per_microsecond;
    const bool is_stop = f.starts_with("stop-") || (ends.contains(f) && open.contains(ends.at(f)));
    std::string name = f.starts_with("stop-") || f.starts_with("start-") ? f.substr(f.find('-') + 1)
                       : is_stop                                         ? ends.at(f)
                       : f == "start"                                    ? "nemesis"
                                                                         : f;
    if (is_stop) {
      if (const auto found = open.find(name); found != open.end()) {
        spans[found->second].to = at;
        open.erase(found);
      }
      continue;
    }
    // The completion tells more than the invocation, which it follows at once.
    const bool begins = f.starts_with("start-") || f == "kill" || f == "pause" || f == "start";
    if (!begins) continue;
    const auto [found, is_new] = open.try_emplace(name, spans.size());
    if (is_new) spans.push_back({.name = name, .from = at, .to = duration_us, .value = Json(), .unheard = {}});
    const bool fits = !operation.value.is_null() && operation.value.text().size() <= longest_value;
    if (fits) spans[found->second].unheard = sim::excerpt(operation.value.text(), 200);
  }
  return spans;
}

std::vector<Labelled> figures_of(const check::History& history) {
  std::size_t begun = 0;
  std::map<check::Type, std::size_t> ended;
  for (const check::Operation& operation : history) {
    if (!operation.is_client()) continue;
    if (operation.type == check::Type::invoke) {
      ++begun;
    } else {
      ++ended[operation.type];
    }
  }
  std::vector<Labelled> list = {{"operations", std::to_string(begun)}};
  if (begun == 0) return list;
  const auto share = [&](check::Type type) {
    return percent(static_cast<double>(ended[type]) / static_cast<double>(begun));
  };
  list.push_back({"ok", share(check::Type::ok)});
  list.push_back({"failed", share(check::Type::fail)});
  list.push_back({"open", std::to_string(begun - std::min(begun, ended[check::Type::ok] + ended[check::Type::fail]))});
  return list;
}

/// What stories need to know of a run: each process stands for the node that it talked to, of which nothing is known.
std::vector<Story> stories_of(check::History& history, const check::Verdict& verdict) {
  constexpr std::int64_t most_processes = 10'000;
  std::int64_t last = 0;
  for (const check::Operation& operation : history) last = std::max(last, operation.process);
  if (verdict.valid != check::Valid::no || last >= most_processes) return {};
  std::vector<std::string> names;
  for (std::int64_t process = 0; process <= last; ++process)
    names.push_back("process " + std::to_string(process) + "'s node");
  sim::RunResult run;
  std::swap(run.history, history);  // it may be long, so that it is lent
  TestVerdict all;
  all.workload = verdict;
  std::vector<Story> told = stories(run, all, names, names.size());
  std::swap(run.history, history);
  return told;
}

}  // namespace

std::string history_page(const std::string& checker, const std::string& file, const std::string& command,
                         check::History history, const check::Verdict& verdict) {
  const std::string times = make_times(history);
  const Clients clients(history);
  PageData data;
  std::int64_t duration = 0;
  for (const check::Operation& operation : history)
    duration = std::max(duration, operation.time_ns / ns_per_microsecond);
  const check::Checker* known = check::find_checker(checker);
  data.head = {.title = checker + ": " + printable(file),
               .valid = valid_word(verdict.valid),
               .demand = known != nullptr ? std::string(known->summary) : "",
               .reasons = {},
               .figures = figures_of(history),
               .settings = {{"entries", std::to_string(history.size())}},
               .replay = command,
               .nodes = {},
               .lanes = clients.lanes(),
               .workers = static_cast<std::int64_t>(clients.workers()),
               .duration = duration};
  if (!times.empty()) data.head.settings.push_back({"time", times});
  if (verdict.valid != check::Valid::yes) {
    constexpr std::size_t longest = 2000;
    std::string why = sim::excerpt(check::reason(verdict), longest);
    for (const std::string& each : verdict.explanation) {
      if (!each.starts_with(' ')) why += (why.empty() ? "" : "\n") + sim::excerpt(each, longest);  // the rest is drawn
    }
    if (!why.empty()) data.head.reasons.push_back({"verdict", why});
  }
  data.faults = spans_of(history, duration);
  data.set = set_columns(history, known);
  const std::vector<Story> told = stories_of(history, verdict);
  const auto moments = moments_of_interest(history, verdict, told, data.faults, data.set);
  data.operations = operation_columns(history, clients, moments);
  data.evidence = evidence(verdict, history, data.operations);
  data.rates = rates(history, std::chrono::microseconds(duration), nullptr);
  data.stories = story_columns(told, data.operations, data.messages);
  Followed followed = follow_values(known, history, clients, data.operations, nullptr, data.messages);
  data.values = std::move(followed.values);
  data.reads = std::move(followed.reads);
  return data.page();
}

}  // namespace mznode::app
