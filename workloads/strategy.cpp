#include "mznode/workloads/strategy.hpp"

#include <algorithm>
#include <stdexcept>

#include "mznode/json/suggestion.hpp"
#include "mznode/json/whole_number.hpp"

namespace mznode {
namespace {

const Option& find_option(const std::vector<Option>& options, const std::string& name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  if (found != options.end()) return *found;
  std::vector<std::string> flags;
  for (const Option& option : options) flags.push_back("--" + option.name);
  throw std::invalid_argument(unknown_word("option of this strategy", "--" + name, {flags.begin(), flags.end()}));
}

}  // namespace

std::vector<Fault> message_faults(std::initializer_list<Fault> more) {
  std::vector<Fault> faults;
  for (const Fault each : all_faults()) {
    const FaultInfo::Harm harm = info_of(each).harm;
    if (harm == FaultInfo::Harm::messages || harm == FaultInfo::Harm::pace) faults.push_back(each);
  }
  for (const Fault each : more) faults.push_back(each);
  return faults;
}

OptionValues::OptionValues(const std::vector<Option>& options, const std::map<std::string, std::string>& given) {
  for (const Option& option : options) values_[option.name] = option.default_value;
  for (const auto& [name, text] : given) {
    const Option& option = find_option(options, name);
    values_[name] = whole_number("--" + name, text, option.min, option.max);
  }
}

std::int64_t OptionValues::integer(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end())
    throw std::logic_error("a strategy reads an option it does not declare: " + std::string(name));
  return found->second;
}

}  // namespace mznode
