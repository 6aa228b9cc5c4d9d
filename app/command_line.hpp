#pragma once

#include <CLI/CLI.hpp>
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "mznode/json/whole_number.hpp"
#include "mznode/workloads/strategy.hpp"

namespace mznode::app {

/// An option as help, manual page and completion show it.
struct OptionRow {
  /// "-w, --workload", or a positional's name.
  std::string names;
  /// What it takes, such as "NAME"; empty for a flag.
  std::string value;
  std::string summary;
  /// Empty when there is none.
  std::string default_value;
  std::string group;
};

/// The options of a command in the order of their declaration, `--help` last.
std::vector<OptionRow> option_rows(const CLI::App& app);

/// What `--help` prints: a line or two an option, in 80 columns.
std::string help_text(const CLI::App& app);

/// Adds an option that takes a whole number from `min` to `max`, in decimal digits; anything else is refused by
/// std::invalid_argument with one line for the user.
template <std::integral Number>
CLI::Option* add_number(CLI::App& app, const std::string& names, Number& value, Number min, Number max,
                        const std::string& summary) {
  CLI::Option* option = app.add_option(names, value, summary);
  const CLI::Validator validator(
      [name = option->get_name(), min, max](std::string& text) {
        whole_number(name, text, min, max);
        return std::string();
      },
      "");
  return option->check(validator)->type_name("N");
}

/// The parts between commas, without spaces around them; none of an empty text. Throws std::invalid_argument when one
/// is empty, as in "a,,b".
std::vector<std::string> split_list(const std::string& flag, const std::string& text);

/// A decimal number as thousandths, exactly. Throws std::invalid_argument for anything else, which says what the flag
/// takes.
std::int64_t thousandths(const std::string& flag, const std::string& text,
                         const std::string& takes = "a number such as 10 or 0.5 (at most three decimals)");

/// Parses what stands before `--` and hands the rest over as it is. Throws std::invalid_argument with one line for the
/// user, such as for a value that is empty; prints the help and returns nothing when it was asked for.
std::optional<Arguments> parse(CLI::App& app, const Arguments& arguments);

/// Reads the options of strategies, `--name value` or `--name=value`, from what the parser of a command left over.
/// Throws std::invalid_argument for anything else, and for an option that none of `strategies` has, with the nearest
/// that they or the command have.
std::map<std::string, std::string> strategy_options(const CLI::App& app,
                                                    const std::vector<const StrategyInfo*>& strategies);

/// Throws std::invalid_argument unless one of `strategies` has this option.
void require_option(const std::string& name, const CLI::App& app, const std::vector<const StrategyInfo*>& strategies);

bool has_option(const StrategyInfo& strategy, const std::string& name);

/// The options of a command, kept alive together with what they set.
template <class Line>
std::shared_ptr<const CLI::App> options_of() {
  auto line = std::make_shared<Line>();
  return {line, &line->app};
}

/// The options of a command that has none but --help.
std::shared_ptr<const CLI::App> no_options(const std::string& name, const std::string& summary);
/// Runs such a command. Anything but --help is refused.
int run_plain(const std::string& name, const CLI::App& app, const Arguments& arguments, int (*run)());

}  // namespace mznode::app
