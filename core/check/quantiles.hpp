#pragma once

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

namespace mznode::check {

/// The quantiles that Jepsen reports, {"0":…,"0.5":…,"0.95":…,"0.99":…,"1":…}: of n sorted values the one at
/// floor(n·p), at most the last. `values` must not be empty.
template <typename Number>
nlohmann::ordered_json quantiles(std::vector<Number> values) {
  struct Point {
    const char* name;
    double p;
  };
  static constexpr Point points[] = {{"0", 0.0}, {"0.5", 0.5}, {"0.95", 0.95}, {"0.99", 0.99}, {"1", 1.0}};
  std::sort(values.begin(), values.end());
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  for (const Point& point : points) {
    const auto index = static_cast<std::size_t>(static_cast<double>(values.size()) * point.p);
    result[point.name] = values[std::min(index, values.size() - 1)];
  }
  return result;
}

}  // namespace mznode::check
