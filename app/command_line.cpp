#include "command_line.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "mznode/json/suggestion.hpp"
#include "mznode/json/trimmed.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"
#include "terminal.hpp"

namespace mznode::app {
namespace {

constexpr std::size_t help_columns = 80;

std::string joined_names(const CLI::Option& option) {
  if (option.nonpositional()) {
    std::string text;
    for (const auto& name : option.get_snames()) text += (text.empty() ? "-" : ", -") + name;
    for (const auto& name : option.get_lnames()) text += (text.empty() ? "--" : ", --") + name;
    return text;
  }
  return option.get_name();
}

OptionRow row_of(const CLI::Option& option) {
  OptionRow row{.names = joined_names(option),
                .value = {},
                .summary = option.get_description(),
                .default_value = option.get_default_str(),
                .group = option.get_group()};
  // Behind a colon CLI11 names what checks the value.
  if (option.nonpositional() && option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    row.value = type.substr(0, type.find(':'));
  }
  return row;
}

/// Options for which an empty value means something.
bool may_be_empty(const CLI::Option& option) {
  return option.check_lname("store");
}

/// `--name=` is `--name` with an empty value, which the parser would take for a missing one.
Arguments with_empty_values(const CLI::App& app, const Arguments& arguments) {
  Arguments words;
  for (const std::string& word : arguments) {
    const bool ends_so = word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1;
    const std::string name = ends_so ? word.substr(0, word.size() - 1) : word;
    const CLI::Option* option = ends_so ? app.get_option_no_throw(name) : nullptr;
    if (option == nullptr || option->get_items_expected_max() == 0) {
      words.push_back(word);
    } else {
      words.insert(words.end(), {name, ""});
    }
  }
  return words;
}

/// Nobody means nothing when he types an option: it is a variable of a script that has no value.
void refuse_empty_values(const CLI::App& app, const Arguments& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].empty() || !words[i - 1].starts_with('-')) continue;
    const CLI::Option* option = app.get_option_no_throw(words[i - 1]);
    if (option == nullptr || option->get_items_expected_max() == 0 || may_be_empty(*option)) continue;
    throw std::invalid_argument(option->get_name() + " is given an empty value; leave it out, or give it one (" +
                                row_of(*option).value + ")");
  }
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& each : option->get_lnames()) flags.push_back("--" + each);
  }
  return flags;
}

[[noreturn]] void refuse_option(const std::string& flag, std::vector<std::string> known) {
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  throw std::invalid_argument(unknown_word("option", printable(flag), {known.begin(), known.end()}));
}

/// What a command that knows all its options was given beside them.
void refuse_extras(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return;
  const std::string& word = words.front();
  if (!word.starts_with('-')) throw std::invalid_argument("unexpected argument " + printable(word));
  refuse_option(word.substr(0, word.find('=')), flags_of(app));
}

/// What CLI11 complains of, in the words of this program.
std::string words_for(const CLI::ParseError& error) {
  const std::string raw = error.what();
  const auto parts_at = [&raw](std::string_view separator) {
    const std::size_t at = raw.find(separator);
    const bool is_there = at != std::string::npos;
    return std::pair(is_there ? raw.substr(0, at) : "", is_there ? raw.substr(at + separator.size()) : "");
  };
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    const auto [one, other] = parts_at(" excludes ");
    return one + " and " + other + " exclude each other; give one of them";
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool is_missing = raw.ends_with("missing");
    return parts_at(": ").first + (is_missing ? " needs a value" : " is given more than once");
  }
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr && raw.find(" not in {") != std::string::npos) {
    const auto [given, known] = parts_at(" not in {");
    const std::size_t colon = std::min(given.find(": "), given.size());
    const std::string takes = known.substr(0, known.find('}'));
    return given.substr(0, colon) + " takes " + takes + ", not " +
           printable(given.substr(std::min(colon + 2, given.size())));
  }
  return raw;
}

/// The strategies that have an option, as "broadcast's tree and star"; empty when none has.
std::string owners_of(const std::string& option) {
  std::string text;
  for (const WorkloadInfo& workload : workloads()) {
    std::string names;
    for (const StrategyInfo& strategy : workload.strategies) {
      if (has_option(strategy, option)) names += (names.empty() ? "" : ", ") + strategy.name;
    }
    if (!names.empty()) text += (text.empty() ? "" : "; ") + workload.name + "'s " + names;
  }
  return text;
}

std::string flag_of(const OptionRow& row) {
  return row.names + (row.value.empty() ? "" : " " + row.value);
}

}  // namespace

std::vector<OptionRow> option_rows(const CLI::App& app) {
  std::vector<OptionRow> rows;
  for (const CLI::Option* option : app.get_options()) rows.push_back(row_of(*option));
  // CLI11 declares it first.
  if (!rows.empty()) std::rotate(rows.begin(), rows.begin() + 1, rows.end());
  if (!rows.empty() && rows.size() > 1) rows.back().group = rows[rows.size() - 2].group;
  return rows;
}

std::string help_text(const CLI::App& app) {
  const std::vector<OptionRow> rows = option_rows(app);
  constexpr std::size_t widest = 26;
  std::size_t width = 0;
  for (const OptionRow& row : rows) width = std::max(width, std::min(widest, flag_of(row).size()));
  std::string text = called("Usage: " + app.get_name()) + "\n";
  text += wrapped(called(app.get_description()), help_columns) + "\n";
  std::string group;
  for (const OptionRow& row : rows) {
    if (row.group != group) text += row.group == "Options" ? "" : row.group + ":\n";
    group = row.group;
    std::string flag = "  " + flag_of(row);
    flag.resize(std::max(flag.size(), width + 2), ' ');
    text += flag + "  ";
    if (flag.size() > width + 2) text += "\n" + std::string(width + 4, ' ');
    const std::string shown_default = row.default_value.empty() ? "" : " [" + row.default_value + "]";
    text += wrapped(row.summary + shown_default, help_columns, width + 4) + "\n";
  }
  return text;
}

std::int64_t thousandths(const std::string& flag, const std::string& text, const std::string& takes) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits = text.substr(0, point);
  std::string fraction = point < text.size() ? text.substr(point + 1) : "";
  constexpr std::size_t places = 3;
  constexpr std::size_t max_digits = 9;
  const bool is_number = !digits.empty() && digits.size() <= max_digits && fraction.size() <= places &&
                         (digits + fraction).find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) refuse_value(flag, takes, text);
  fraction.resize(places, '0');
  return std::stoll(digits + fraction);
}

std::optional<Arguments> parse(CLI::App& app, const Arguments& arguments) {
  const auto separator = std::find(arguments.begin(), arguments.end(), "--");
  try {
    Arguments words = with_empty_values(app, Arguments(arguments.begin(), separator));
    refuse_empty_values(app, words);
    std::reverse(words.begin(), words.end());
    const bool may_have_more = app.get_allow_extras();
    app.allow_extras();  // refused below, in words of our own
    app.parse(std::move(words));
    if (!may_have_more) refuse_extras(app);
  } catch (const CLI::CallForHelp&) {
    std::cout << help_text(app);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(words_for(error));
  }
  return separator == arguments.end() ? Arguments() : Arguments(separator + 1, arguments.end());
}

std::vector<std::string> split_list(const std::string& flag, const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (const std::string_view part : split_at_commas(text)) {
    if (part.empty()) {
      throw std::invalid_argument(flag + " takes names or values separated by commas, and one in \"" + printable(text) +
                                  "\" is empty");
    }
    parts.emplace_back(part);
  }
  return parts;
}

bool has_option(const StrategyInfo& strategy, const std::string& name) {
  return std::any_of(strategy.options.begin(), strategy.options.end(),
                     [&](const Option& option) { return option.name == name; });
}

void require_option(const std::string& name, const CLI::App& app, const std::vector<const StrategyInfo*>& strategies) {
  std::vector<std::string> flags = flags_of(app);
  std::string asked;
  for (const StrategyInfo* strategy : strategies) {
    if (has_option(*strategy, name)) return;
    for (const Option& option : strategy->options) flags.push_back("--" + option.name);
    asked += (asked.empty() ? "" : ", ") + strategy->name;
  }
  const std::string owners = owners_of(name);
  if (owners.empty()) refuse_option("--" + name, flags);
  if (!asked.empty()) throw std::invalid_argument("--" + name + " is no option of " + asked + ", but of " + owners);
  throw std::invalid_argument("--" + name + " is for nodes of this program's own (" + owners +
                              "); what is for those of --bin stands behind --");
}

std::map<std::string, std::string> strategy_options(const CLI::App& app,
                                                    const std::vector<const StrategyInfo*>& strategies) {
  std::map<std::string, std::string> options;
  const std::vector<std::string> words = app.remaining();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.rfind("--", 0) != 0 || word.size() == 2) throw std::invalid_argument("unexpected argument " + word);
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(2, equals - 2);
    require_option(name, app, strategies);
    if (equals < word.size()) {
      options[name] = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      options[name] = words[++i];
    } else {
      throw std::invalid_argument(word + " needs a value");
    }
  }
  return options;
}

std::shared_ptr<const CLI::App> no_options(const std::string& name, const std::string& summary) {
  auto app = std::make_shared<CLI::App>(summary);
  app->name(name);
  return app;
}

int run_plain(const std::string& name, const CLI::App& app, const Arguments& arguments, int (*run)()) {
  if (arguments.empty()) return run();
  if (arguments == Arguments{"--help"} || arguments == Arguments{"-h"}) {
    std::cout << help_text(app);
    return exit_valid;
  }
  std::cerr << called(name) << ": unexpected argument " << arguments.front() << "; it takes none\n";
  return exit_usage;
}

}  // namespace mznode::app
