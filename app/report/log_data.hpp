#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/workloads/harness.hpp"

namespace mznode::app {

/// What nodes logged, in the order of time; a place in each column is one line.
struct LogColumns {
  /// The place of the node among those of the settings.
  std::vector<std::int64_t> node;
  /// In microseconds since the line before; the first since the first operation.
  std::vector<std::int64_t> at;
  /// Shortened.
  std::vector<std::string> text;
  /// How many there were; the page has those nearest to `moments`.
  std::size_t total = 0;
  MZNODE_FIELDS(node, at, text, total)
};

LogColumns log_columns(const TestReport& report, const std::vector<std::string>& nodes,
                       const std::vector<std::int64_t>& moments);

}  // namespace mznode::app
