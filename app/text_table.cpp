#include "text_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "terminal.hpp"

namespace mznode::app {
namespace {

constexpr std::size_t gap = 2;

Cells titles(const std::vector<Column>& columns) {
  Cells cells;
  for (const Column& column : columns) cells.push_back(column.title);
  return cells;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string csv_line(const Cells& cells) {
  std::string line;
  for (const auto& cell : cells) line += (&cell == &cells.front() ? "" : ",") + csv_cell(cell);
  return line + "\r\n";
}

/// The columns that stand beside one another, the first in every block.
std::vector<std::vector<std::size_t>> blocks(const std::vector<std::size_t>& widths, std::size_t indent,
                                             std::size_t width) {
  std::vector<std::vector<std::size_t>> all = {{0}};
  std::size_t at = indent + widths.at(0);
  for (std::size_t column = 1; column < widths.size(); ++column) {
    const bool fits = at + gap + widths[column] <= width || all.back().size() == 1;
    if (!fits) {
      all.push_back({0});
      at = indent + widths[0];
    }
    all.back().push_back(column);
    at += gap + widths[column];
  }
  return all;
}

/// The cells of a line that are in a block.
std::string printed(const Cells& line, const std::vector<std::size_t>& block, const std::vector<Column>& columns,
                    const std::vector<std::size_t>& widths) {
  std::string text;
  for (const std::size_t i : block) {
    const std::string padding(widths[i] - shown_width(line[i]), ' ');
    text += std::string(i == 0 ? 0 : gap, ' ') + (columns[i].is_number ? padding + line[i] : line[i] + padding);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::string text_table(const std::vector<Column>& columns, const std::vector<Cells>& rows, const std::string& indent,
                       std::size_t width) {
  std::vector<Cells> lines = {titles(columns)};
  lines.insert(lines.end(), rows.begin(), rows.end());
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], shown_width(line[i]));
  }
  std::string text;
  for (const auto& block : blocks(widths, indent.size(), width)) {
    text += text.empty() ? "" : "\n";
    for (const Cells& line : lines) text += indent + printed(line, block, columns, widths) + "\n";
  }
  return text;
}

std::string csv_table(const std::vector<Column>& columns, const std::vector<Cells>& rows) {
  std::string text = csv_line(titles(columns));
  for (const Cells& row : rows) text += csv_line(row);
  return text;
}

std::string figure(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text.data();
}

std::string whole_percent(double fraction) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.0f %%", 100 * fraction);
  return text.data();
}

std::string percent(std::optional<double> fraction) {
  if (!fraction) return "-";
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f %%", 100 * *fraction);
  return text.data();
}

}  // namespace mznode::app
