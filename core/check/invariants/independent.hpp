#pragma once

#include <optional>
#include <string_view>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Takes the keys off the values of a history of one object, or of several (jepsen.independent), whose values are all
/// pairs [key, value]. It is of several where each invocation with a value has a pair.
class Independent {
 public:
  explicit Independent(const History& history);

  bool has_keys() const { return has_keys_; }

  struct Part {
    /// Null where there is only one object.
    Json key;
    std::string_view value;
  };
  /// Throws HistoryError where the value is no pair although the history is of several objects.
  Part part(const Operation& operation) const;

 private:
  bool has_keys_ = false;
};

}  // namespace mznode::check
