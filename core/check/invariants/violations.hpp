#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "history/parts.hpp"
#include "mznode/check/invariants.hpp"

namespace mznode::check {

/// Collects what a checker finds, and makes a verdict of it.
class Violations {
 public:
  template <std::integral Number>
  void count(std::string name, Number number) {
    finding_.counts.emplace_back(std::move(name), static_cast<std::int64_t>(number));
  }
  void add(std::string_view name, std::vector<Operation> operations, std::string text);
  /// Of a read, the first of the operations, that shows what nobody had begun to write, or a write that failed.
  void add_impossible(std::vector<Operation> operations, const std::string& what, bool is_aborted);
  bool empty() const { return finding_.violations.empty(); }

  /// Invalid where there is any. Otherwise unknown for the reason why nothing was judged, and valid where that is
  /// empty.
  Verdict verdict(const std::string& why_unjudged) &&;

 private:
  ViolationsFinding finding_;
};

}  // namespace mznode::check
