#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"

namespace mznode::check {

inline const CheckOptions defaults{};
inline const CheckOptions compat{.compat_jepsen = true};

/// A history from lines such as "0 invoke add 5" and "0 ok read [5]": process, type, f and value as JSON (null when it
/// is left out). A process `!0` marks the operation as final, `nemesis` is itself. One entry a millisecond, from 0.
inline History shorthand(const std::vector<std::string>& lines) {
  History history;
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string process, type, value;
    Operation operation;
    words >> process >> type >> operation.f;
    std::getline(words >> std::ws, value);
    operation.index = static_cast<std::int64_t>(history.size());
    operation.time_ns = operation.index * 1'000'000;
    if (process.front() == '!') {
      operation.is_final = true;
      process.erase(0, 1);
    }
    if (process != "nemesis") operation.process = std::stoll(process);
    for (const Type known : {Type::invoke, Type::ok, Type::fail, Type::info}) {
      if (type == type_name(known)) operation.type = known;
    }
    if (!value.empty()) operation.value = Json::parse(value);
    history.push_back(std::move(operation));
  }
  return history;
}

}  // namespace mznode::check
