#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace mznode::check {

/// The quantiles that Jepsen reports of n sorted values: the one at floor(n·p), at most the last.
template <typename Number>
struct Quantiles {
  Number least{};
  Number median{};
  Number p95{};
  Number p99{};
  Number largest{};

  /// Nothing of no values.
  static std::optional<Quantiles> of(std::vector<Number> values) {
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end());
    const auto at = [&](double p) {
      const auto index = static_cast<std::size_t>(static_cast<double>(values.size()) * p);
      return values[std::min(index, values.size() - 1)];
    };
    return Quantiles{at(0), at(0.5), at(0.95), at(0.99), at(1)};
  }

  /// Those that figures are told by: median, 95 %, 99 % and the largest.
  std::array<double, 4> figures() const {
    return {static_cast<double>(median), static_cast<double>(p95), static_cast<double>(p99),
            static_cast<double>(largest)};
  }

  /// Under the names that Jepsen gives them.
  nlohmann::ordered_json to_details() const {
    return {{"0", least}, {"0.5", median}, {"0.95", p95}, {"0.99", p99}, {"1", largest}};
  }
};

}  // namespace mznode::check
