#include "report/log_data.hpp"

#include <algorithm>
#include <chrono>

#include "mznode/sim/excerpt.hpp"
#include "report/selection.hpp"

namespace mznode::app {
namespace {

constexpr std::size_t shown_lines = 5'000;
constexpr std::size_t most_lines = 2 * shown_lines;  // of one crowded instant
constexpr std::size_t shown_line_bytes = 300;

struct Line {
  std::int64_t at = 0;
  std::size_t node = 0;
  const std::string* text = nullptr;
};

}  // namespace

LogColumns log_columns(const TestReport& report, const std::vector<std::string>& nodes,
                       const std::vector<std::int64_t>& moments) {
  std::vector<Line> lines;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const auto found = report.logs.find(nodes[node]);
    if (found == report.logs.end()) continue;
    const std::vector<Time>& times = report.log_times.at(nodes[node]);
    for (std::size_t i = 0; i < found->second.size(); ++i) {
      const auto at = std::chrono::floor<std::chrono::microseconds>(times[i] - report.run.started);
      lines.push_back({.at = at.count(), .node = node, .text = &found->second[i]});
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
  std::vector<std::int64_t> times;
  times.reserve(lines.size());
  for (const Line& line : lines) times.push_back(line.at);
  const Selection selection(times, moments, shown_lines);
  LogColumns columns;
  columns.total = lines.size();
  std::int64_t last = 0;
  for (const Line& line : lines) {
    if (!selection.keeps(line.at) || columns.at.size() >= most_lines) continue;
    columns.node.push_back(static_cast<std::int64_t>(line.node));
    columns.at.push_back(line.at - last);
    columns.text.push_back(sim::excerpt(*line.text, shown_line_bytes));
    last = line.at;
  }
  return columns;
}

}  // namespace mznode::app
