#include "text_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mznode::app {
namespace {

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

}  // namespace

std::string text_table(const std::vector<Column>& columns, const std::vector<Cells>& rows, const std::string& indent) {
  std::vector<Cells> lines = {titles(columns)};
  lines.insert(lines.end(), rows.begin(), rows.end());
  std::string text;
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  for (const Cells& line : lines) {
    std::string printed = indent;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string padding(widths[i] - line[i].size(), ' ');
      printed += (i == 0 ? "" : "  ") + (columns[i].is_number ? padding + line[i] : line[i] + padding);
    }
    printed.erase(printed.find_last_not_of(' ') + 1);
    text += printed + "\n";
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

std::string percent(std::optional<double> fraction) {
  if (!fraction) return "-";
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f %%", 100 * *fraction);
  return text.data();
}

}  // namespace mznode::app
