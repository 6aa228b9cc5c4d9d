#pragma once

#include <chrono>
#include <string>
#include <utility>
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

inline std::string decimal_seconds(Duration duration) {
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

/// A setting that is one of some words, the first of which is its default. `of(settings)` is the member that holds it.
template <class Value, class Of>
Setting of_words(Setting::Group group, const std::string& flag, const std::string& summary,
                 const std::vector<std::pair<std::string, Value>>& words, Of of) {
  std::vector<std::string> names;
  std::string takes;
  for (const auto& [name, value] : words) {
    takes += (names.empty() ? "" : names.size() + 1 == words.size() ? " or " : ", ") + name;
    names.push_back(name);
  }
  return {.group = group,
          .flag = flag,
          .takes = "NAME",
          .summary = summary,
          .shown_default = names.front(),
          .words = names,
          .read =
              [=](const std::string& text, TestSettings& settings) {
                for (const auto& [name, value] : words) {
                  if (name != text) continue;
                  of(settings) = value;
                  return;
                }
                refuse_value(flag, takes, text);
              },
          .write = [=](const TestSettings& settings) -> Written {
            for (const auto& [name, value] : words) {
              if (of(settings) == value) return unless_default(name, name == words.front().first);
            }
            return std::nullopt;
          }};
}

/// A setting that is a whole number from `min` to `max`.
template <class Number, class Of>
Setting of_number(Setting::Group group, const std::string& flag, const std::string& takes, const std::string& summary,
                  Number min, Number max, Of of) {
  const TestSettings defaults;
  const Number by_default = of(defaults);
  return {.group = group,
          .flag = flag,
          .takes = takes,
          .summary = summary,
          .shown_default = std::to_string(by_default),
          .read = [=](const std::string& text,
                      TestSettings& settings) { of(settings) = whole_number(flag, text, min, max); },
          .write =
              [=](const TestSettings& settings) {
                return unless_default(std::to_string(of(settings)), of(settings) == by_default);
              }};
}

/// The rows about the processes of --bin.
std::vector<Setting> process_rows();

}  // namespace mznode::app
