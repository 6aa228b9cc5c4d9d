#include "workloads/strategy.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "core/check/suggestion.hpp"

namespace mznode {
namespace {

const Option& find_option(const std::vector<Option>& options, const std::string& name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  if (found != options.end()) return *found;
  std::vector<std::string> flags;
  for (const Option& option : options) flags.push_back("--" + option.name);
  throw std::invalid_argument(unknown_word("option of this strategy", "--" + name, {flags.begin(), flags.end()}));
}

std::int64_t parse(const Option& option, const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < option.min || value > option.max) {
    throw std::invalid_argument("--" + option.name + " takes a whole number from " + std::to_string(option.min) + " to " +
                                std::to_string(option.max) + ", not " + text);
  }
  return value;
}

}  // namespace

std::vector<Fault> message_faults(std::initializer_list<Fault> more) {
  std::vector<Fault> faults = {Fault::partition, Fault::partition_one_way, Fault::loss, Fault::duplicate,
                               Fault::reorder,   Fault::slow,              Fault::pause};
  for (const Fault each : more) faults.push_back(each);
  return faults;
}

OptionValues::OptionValues(const std::vector<Option>& options, const std::map<std::string, std::string>& given) {
  for (const Option& option : options) values_[option.name] = option.default_value;
  for (const auto& [name, text] : given) values_[name] = parse(find_option(options, name), text);
}

std::int64_t OptionValues::integer(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error("a strategy reads an option it does not declare: " + std::string(name));
  return found->second;
}

}  // namespace mznode
