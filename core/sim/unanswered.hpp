#pragma once

#include <string>
#include <utility>

#include "mznode/sim/connection.hpp"

namespace mznode::sim {

/// A request to which no reply came in time.
class Unanswered : public RequestFailed {
 public:
  explicit Unanswered(std::string type) : RequestFailed(false, Json("net-timeout")), type_(std::move(type)) {}
  /// The request's.
  const std::string& type() const { return type_; }

 private:
  std::string type_;
};

}  // namespace mznode::sim
