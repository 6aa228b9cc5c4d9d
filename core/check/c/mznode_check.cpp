#include "mznode_check.h"

#include <algorithm>
#include <array>
#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "mznode/check/registry.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/suggestion.hpp"

struct mznode_verdict {
  int valid = MZNODE_UNKNOWN;
  std::string error = {};
  std::string explanation = {};
  std::string json = {};
};

namespace mznode::check {
namespace {

using nlohmann::json;

std::vector<std::string> names_of(const json& value, const char* option) {
  if (value.is_string()) return {value};
  const bool is_list =
      value.is_array() && std::all_of(value.begin(), value.end(), [](const json& name) { return name.is_string(); });
  if (!is_list) throw std::invalid_argument(std::string(option) + " takes a name or a list of names");
  return value.get<std::vector<std::string>>();
}

bool switch_of(const json& value, const std::string& option) {
  if (!value.is_boolean()) throw std::invalid_argument(option + " takes true or false");
  return value;
}

std::uint64_t number_of(const json& value, const std::string& option) {
  if (!value.is_number_unsigned() || value == 0U) throw std::invalid_argument(option + " takes a number from 1");
  return value;
}

void set_compat(CheckOptions& options, const json& value) {
  if (value == "jepsen") {
    options.compat_jepsen = true;
  } else if (value == "elle-0.2.2") {
    options.compat_elle_0_2_2 = true;
  } else if (value == "elle-0.2.7") {
    options.complete = CompleteCheck::left_out;
  } else {
    throw std::invalid_argument("compat takes jepsen, elle-0.2.2 or elle-0.2.7");
  }
}

void set_assumption(Assumptions& assume, const std::string& name) {
  if (name == "wfr-keys") {
    assume.wfr_keys = true;
  } else if (name == "sequential-keys") {
    assume.sequential_keys = true;
  } else if (name == "linearizable-keys") {
    assume.linearizable_keys = true;
  } else {
    throw std::invalid_argument("assume takes wfr-keys, sequential-keys and linearizable-keys, not " + name);
  }
}

struct Option {
  std::string_view name;
  void (*set)(CheckOptions& options, const json& value);
};
constexpr std::array<Option, 9> table = {{
    {"consistency-models",
     [](CheckOptions& options, const json& value) {
       std::string names;
       for (const std::string& name : names_of(value, "consistency-models")) names += name + ",";
       options.consistency_models = ConsistencyModels::parse(names);
     }},
    {"assume",
     [](CheckOptions& options, const json& value) {
       for (const std::string& name : names_of(value, "assume")) set_assumption(options.assume, name);
     }},
    {"compat", set_compat},
    {"complete",
     [](CheckOptions& options, const json& value) {
       if (switch_of(value, "complete")) options.complete = CompleteCheck::demanded;
     }},
    {"strict-null-reads", [](CheckOptions& options,
                             const json& value) { options.strict_null_reads = switch_of(value, "strict-null-reads"); }},
    {"initial-value",
     [](CheckOptions& options, const json& value) { options.initial_value = Json::from_valid(value.dump()); }},
    {"search-steps",
     [](CheckOptions& options, const json& value) { options.limits.steps = number_of(value, "search-steps"); }},
    {"search-memory",
     [](CheckOptions& options, const json& value) {
       options.limits.bytes = static_cast<std::size_t>(number_of(value, "search-memory")) << 20;
     }},
    {"explain", [](CheckOptions& options,
                   const json& value) { options.explain = options.strongest_models = switch_of(value, "explain"); }},
}};

CheckOptions options_of(const char* text) {
  CheckOptions options;
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
  return options;
}

const Checker& checker_of(const char* name) {
  std::vector<std::string_view> names;
  for (const Checker& each : checkers()) names.push_back(each.name);
  const std::string_view asked = name == nullptr ? "" : name;
  if (const Checker* checker = find_checker(asked)) return *checker;
  throw std::invalid_argument(unknown_word("checker", asked, names));
}

void judge(const Checker& checker, const std::string& history, const CheckOptions& options, mznode_verdict& told) {
  const Verdict verdict = [&] {
    try {
      return checker.check(read_history(history), options);
    } catch (const HistoryError& error) {
      return Verdict::unknown(error.what());
    }
  }();
  told.valid = verdict.valid == Valid::yes ? MZNODE_TRUE : verdict.valid == Valid::no ? MZNODE_FALSE : MZNODE_UNKNOWN;
  told.error = verdict.error;
  for (const std::string& line : verdict.explanation) told.explanation += line + "\n";
  told.json = to_details(verdict).dump();
}

}  // namespace
}  // namespace mznode::check

int mznode_check_version() {
  return MZNODE_CHECK_VERSION;
}

const char* mznode_checkers() {
  static const std::string list = [] {
    std::string text;
    for (const auto& each : mznode::check::checkers()) {
      text.append(each.name).append("\t").append(each.summary).append("\n");
    }
    return text;
  }();
  return list.c_str();
}

mznode_verdict* mznode_check(const char* checker, const char* history, size_t size, const char* options) {
  mznode_verdict* told = new (std::nothrow) mznode_verdict();
  if (told == nullptr) return nullptr;
  try {
    try {
      const auto& known = mznode::check::checker_of(checker);
      mznode::check::judge(known, std::string(history, size), mznode::check::options_of(options), *told);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      told->valid = MZNODE_REFUSED;
      told->error = error.what();
      told->json = nlohmann::ordered_json{{"valid?", "unknown"}, {"error", told->error}}.dump();
    }
  } catch (const std::exception&) {
    delete told;
    return nullptr;
  }
  return told;
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
