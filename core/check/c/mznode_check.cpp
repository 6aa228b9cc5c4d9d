#include "mznode_check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/bounded.hpp"
#include "mznode/check/choices.hpp"
#include "mznode/check/formats.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/upstream_versions.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/json/trimmed.hpp"
#include "mznode/json/whole_number.hpp"

struct mznode_verdict {
  int valid = MZNODE_UNKNOWN;
  std::string error = {};
  std::string explanation = {};
  std::string json = {};
};

namespace mznode::check {
namespace {

using nlohmann::json;

/// A list of names, or a text with commas between them, as on the command line.
std::vector<std::string> names_of(const json& value, const std::string& option) {
  std::vector<std::string> names;
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    for (const std::string_view part : split_at_commas(text)) names.emplace_back(part);
  }
  bool fits = value.is_array() || (value.is_string() && std::find(names.begin(), names.end(), "") == names.end());
  for (const json& name : value.is_array() ? value : json::array()) {
    fits = fits && name.is_string();
    if (fits) names.push_back(name);
  }
  if (!fits) refuse_value(option, "names, in a list or with commas between them", value.dump());
  return names;
}

bool switch_of(const json& value, const std::string& option) {
  if (!value.is_boolean()) throw std::invalid_argument(option + " takes true or false");
  return value;
}

std::uint64_t number_of(const json& value, const std::string& option, std::uint64_t most) {
  if (!value.is_number_unsigned() || value == 0U || value > most) {
    refuse_value(option, "a whole number from 1 to " + std::to_string(most), value.dump());
  }
  return value;
}

/// A number of MiB in bytes.
std::size_t mib_of(const json& value, const std::string& option) {
  return static_cast<std::size_t>(number_of(value, option, most_mib)) << 20;
}

std::int64_t integer_of(const json& value, const std::string& option) {
  const bool is_too_large = value.is_number_unsigned() && value > std::uint64_t{INT64_MAX};
  if (!value.is_number_integer() || is_too_large) refuse_value(option, "an integer of 64 bits", value.dump());
  return value;
}

/// All that the caller may choose.
struct Choice : CheckOptions {
  std::string format = {};
  Bounds bounds = {};
};

/// Anything else is a name that nobody knows.
std::string name_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::chrono::milliseconds seconds_of(const json& value, const std::string& option) {
  constexpr double most = 1e9;
  const double seconds = value.is_number() ? value.get<double>() : 0;
  if (!(seconds >= 0.001 && seconds <= most)) {
    refuse_value(option, "seconds above 0, from 0.001 to 1000000000", value.dump());
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

struct Option {
  std::string_view name;
  void (*set)(Choice& options, const json& value);
};
constexpr std::array<Option, 19> table = {{
    {"consistency-models",
     [](Choice& options, const json& value) {
       std::string names;
       for (const std::string& name : names_of(value, "consistency-models")) names += name + ",";
       options.consistency_models = ConsistencyModels::parse(names);
     }},
    {"assume",
     [](Choice& options, const json& value) {
       for (const std::string& name : names_of(value, "assume")) assume(options.assume, name);
     }},
    {"transaction-order", [](Choice& options, const json& value) { options.transaction_order = name_of(value); }},
    {"compat", [](Choice& options, const json& value) { follow_upstream(options, name_of(value)); }},
    {"format", [](Choice& options, const json& value) { options.format = find_history_format(name_of(value)).name; }},
    {"timeout", [](Choice& options, const json& value) { options.bounds.time = seconds_of(value, "timeout"); }},
    {"memory", [](Choice& options, const json& value) { options.bounds.bytes = mib_of(value, "memory"); }},
    {"complete",
     [](Choice& options, const json& value) {
       if (switch_of(value, "complete")) options.complete = CompleteCheck::demanded;
     }},
    {"strict-null-reads",
     [](Choice& options, const json& value) { options.strict_null_reads = switch_of(value, "strict-null-reads"); }},
    {"initial-value",
     [](Choice& options, const json& value) { options.initial_value = Json::from_valid(value.dump()); }},
    {"search-steps",
     [](Choice& options, const json& value) { options.limits.steps = number_of(value, "search-steps", UINT64_MAX); }},
    {"search-memory",
     [](Choice& options, const json& value) { options.limits.bytes = mib_of(value, "search-memory"); }},
    {"total-amount",
     [](Choice& options, const json& value) { options.bank.total_amount = integer_of(value, "total-amount"); }},
    {"accounts", [](Choice& options, const json& value) { options.bank.accounts = names_of(value, "accounts"); }},
    {"negative-balances",
     [](Choice& options, const json& value) {
       options.bank.negative_balances = switch_of(value, "negative-balances");
     }},
    {"group-size",
     [](Choice& options, const json& value) {
       options.group_size = static_cast<std::size_t>(number_of(value, "group-size", most_group_size));
     }},
    {"model", [](Choice& options, const json& value) { options.model = name_of(value); }},
    {"permits",
     [](Choice& options, const json& value) {
       options.permits = static_cast<std::int64_t>(number_of(value, "permits", most_permits));
     }},
    {"explain", [](Choice& options,
                   const json& value) { options.explain = options.strongest_models = switch_of(value, "explain"); }},
}};

Choice options_of(const char* text) {
  Choice options;
  options.strongest_models = true;
  if (text == nullptr) return options;
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) throw std::invalid_argument("the options are no JSON object");
  for (const auto& [key, value] : object.items()) {
    const auto* known =
        std::find_if(table.begin(), table.end(), [&name = key](const Option& each) { return each.name == name; });
    if (known == table.end()) {
      std::vector<std::string_view> names;
      for (const Option& each : table) names.push_back(each.name);
      throw std::invalid_argument(unknown_word("option", key, names));
    }
    known->set(options, value);
  }
  if (options.complete == CompleteCheck::demanded && object.contains("compat")) {
    throw std::invalid_argument("compat and complete exclude each other; give one of them");
  }
  return options;
}

const Checker& checker_of(const char* name) {
  std::vector<std::string_view> names;
  for (const Checker& each : checkers()) names.push_back(each.name);
  const std::string_view asked = name == nullptr ? "" : name;
  if (const Checker* checker = find_checker(word_in_any_case(asked, names))) return *checker;
  throw std::invalid_argument(unknown_word("checker", asked, names));
}

/// Reads the history that is to be judged. Throws HistoryError.
using ReadHistory = std::function<RecordedHistory()>;

void judge(const Checker& checker, const ReadHistory& read, const Choice& choice, mznode_verdict& told) {
  const Verdict verdict = [&] {
    try {
      const RecordedHistory recorded = read();
      CheckOptions options = choice;
      options.tells_time = recorded.tells_time;
      return checker.check(recorded.operations, options);
    } catch (const HistoryError& error) {
      return Verdict::unknown(error.what());
    }
  }();
  told.valid = verdict.valid == Valid::yes ? MZNODE_TRUE : verdict.valid == Valid::no ? MZNODE_FALSE : MZNODE_UNKNOWN;
  told.error = verdict.error;
  for (const std::string& line : verdict.explanation) told.explanation += line + "\n";
  told.json = to_details(verdict).dump();
}

/// Nothing but this can be said.
void tell(mznode_verdict& told, int valid, const std::string& why) {
  told.valid = valid;
  told.error = printable(why);
  told.json = to_details(Verdict::unknown(told.error)).dump();
}

/// The texts of a verdict as one, for a pipe: the sizes of the first two, in lines, and the texts.
std::string packed(const mznode_verdict& told) {
  return std::to_string(told.valid) + "\n" + std::to_string(told.error.size()) + "\n" +
         std::to_string(told.explanation.size()) + "\n" + told.error + told.explanation + told.json;
}

void unpack(const std::string& text, mznode_verdict& told) {
  std::size_t at = 0;
  const auto number = [&] {
    const std::size_t end = text.find('\n', at);
    const std::string digits = text.substr(at, end - at);
    at = end + 1;
    return std::stoull(digits);
  };
  told.valid = static_cast<int>(number());
  const std::size_t error = number();
  const std::size_t explanation = number();
  told.error = text.substr(at, error);
  told.explanation = text.substr(at + error, explanation);
  told.json = text.substr(at + error + explanation);
}

/// The same within the bounds that were given.
void judge_bounded(const Checker& checker, const ReadHistory& read, const Choice& choice, mznode_verdict& told) {
  if (!choice.bounds.any()) return judge(checker, read, choice, told);
  const BoundedAnswer answer = run_bounded(
      [&] {
        mznode_verdict judged;
        judge(checker, read, choice, judged);
        return packed(judged);
      },
      choice.bounds);
  if (answer.answer) return unpack(*answer.answer, told);
  tell(told, MZNODE_UNKNOWN, answer.problem);
}

/// A line for each: the name, a tab, and the summary.
template <class List>
std::string names_and_summaries(const List& list) {
  std::string text;
  for (const auto& each : list) text.append(each.name).append("\t").append(each.summary).append("\n");
  return text;
}

void check_text(const char* name, const std::string& history, const char* options, mznode_verdict& told) {
  const Checker& checker = checker_of(name);
  const Choice choice = options_of(options);
  demand_fitting(checker.name, choice);
  judge_bounded(
      checker, [&] { return read_recorded(history, choice.format); }, choice, told);
}

/// Contents with their names.
using StoredParts = std::vector<std::pair<std::string, std::string>>;

void check_stored(const char* name, std::string_view form, const StoredParts& parts, const char* options,
                  mznode_verdict& told) {
  const Checker& checker = checker_of(name);
  const Choice choice = options_of(options);
  demand_fitting(checker.name, choice);
  static constexpr std::string_view forms[] = {"cobra", "dbcop"};
  if (std::find(std::begin(forms), std::end(forms), form) == std::end(forms)) {
    throw std::invalid_argument(unknown_word("form of stored histories", form, {std::begin(forms), std::end(forms)}));
  }
  if (!choice.format.empty()) throw std::invalid_argument("format is of texts, and not of stored histories");
  const bool is_cobra = form == forms[0];
  if (parts.empty() || (!is_cobra && parts.size() > 1)) {
    throw std::invalid_argument(is_cobra ? "cobra takes a log or more" : "dbcop takes one history.bincode");
  }
  judge_bounded(
      checker, [&] { return is_cobra ? read_cobra(parts) : read_dbcop_binary(parts.front().second); }, choice, told);
}

/// A verdict of its own for what `check` tells; null where memory has run out.
template <class Check>
mznode_verdict* verdict_of(const Check& check) {
  mznode_verdict* told = new (std::nothrow) mznode_verdict();
  if (told == nullptr) return nullptr;
  try {
    try {
      check(*told);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      tell(*told, MZNODE_REFUSED, error.what());
    }
  } catch (const std::exception&) {
    delete told;
    return nullptr;
  }
  return told;
}

std::string bytes_of(const char* begin, std::size_t size) {
  return size == 0 ? std::string() : std::string(begin, size);
}

}  // namespace
}  // namespace mznode::check

int mznode_check_version() {
  return MZNODE_CHECK_VERSION;
}

const char* mznode_checkers() {
  static const std::string list = mznode::check::names_and_summaries(mznode::check::checkers());
  return list.c_str();
}

const char* mznode_formats() {
  static const std::string list = mznode::check::names_and_summaries(mznode::check::history_formats());
  return list.c_str();
}

mznode_verdict* mznode_check(const char* checker, const char* history, size_t size, const char* options) {
  return mznode::check::verdict_of([&](mznode_verdict& told) {
    mznode::check::check_text(checker, mznode::check::bytes_of(history, size), options, told);
  });
}

mznode_verdict* mznode_check_stored(const char* checker, const char* form, const char* const* names,
                                    const char* const* contents, const size_t* sizes, size_t count,
                                    const char* options) {
  return mznode::check::verdict_of([&](mznode_verdict& told) {
    mznode::check::StoredParts parts;
    for (size_t i = 0; i < count; ++i) {
      parts.emplace_back(names[i], mznode::check::bytes_of(contents[i], sizes[i]));
    }
    mznode::check::check_stored(checker, form == nullptr ? "" : form, parts, options, told);
  });
}

int mznode_verdict_valid(const mznode_verdict* verdict) {
  return verdict->valid;
}

const char* mznode_verdict_error(const mznode_verdict* verdict) {
  return verdict->error.c_str();
}

const char* mznode_verdict_explanation(const mznode_verdict* verdict) {
  return verdict->explanation.c_str();
}

const char* mznode_verdict_json(const mznode_verdict* verdict) {
  return verdict->json.c_str();
}

void mznode_verdict_free(mznode_verdict* verdict) {
  delete verdict;
}
