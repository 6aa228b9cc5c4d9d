#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "setting_table.hpp"

/// What the rows of the table of settings are made of.
namespace mznode::app {

using Written = std::optional<std::string>;

/// Thousandths as thousandths() reads them.
inline std::string decimal(std::int64_t thousandths) {
  std::string whole = std::to_string(thousandths / 1000);
  if (thousandths % 1000 == 0) return whole;
  return whole + "." + std::to_string(1000 + thousandths % 1000).substr(1);
}

inline std::string seconds_text(Duration duration) {
  return decimal(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

inline Duration seconds_of(const std::string& flag, const std::string& text) {
  return std::chrono::milliseconds(thousandths(flag, text));
}

inline std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// Nothing where a value is what it is without the flag.
inline Written unless_default(const std::string& text, bool is_default) {
  return is_default ? std::nullopt : Written(text);
}

/// The rows about the processes of --bin.
std::vector<Setting> process_rows();

}  // namespace mznode::app
