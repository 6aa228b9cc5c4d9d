#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mznode::app {

/// A column of a table that is printed.
struct Column {
  std::string title;
  /// Numbers stand under one another at their right ends.
  bool is_number = false;
};

using Cells = std::vector<std::string>;

/// The table with its columns as wide as their widest cells; each line begins with `indent`. Columns that do not fit
/// into `width` follow in a table of their own below, behind the first column again.
std::string text_table(const std::vector<Column>& columns, const std::vector<Cells>& rows,
                       const std::string& indent = "", std::size_t width = SIZE_MAX);

/// The same as comma-separated values (RFC 4180).
std::string csv_table(const std::vector<Column>& columns, const std::vector<Cells>& rows);

/// A number as its reader wants it: three significant digits, and no decimals from 100 on.
std::string figure(double value);

/// A fraction as "67 %".
std::string whole_percent(double fraction);

/// A fraction as "67.3 %"; "-" for one of nothing.
std::string percent(std::optional<double> fraction);

}  // namespace mznode::app
