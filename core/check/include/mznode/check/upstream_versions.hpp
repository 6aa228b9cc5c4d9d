#pragma once

#include <span>
#include <string_view>

#include "mznode/check/options.hpp"

namespace mznode::check {

/// A version of Jepsen or of Elle whose verdicts can be had.
struct UpstreamVersion {
  std::string_view name;
  /// What it differs in, in a line.
  std::string_view summary;
};

/// All of them, in the order in which they are listed to users.
std::span<const UpstreamVersion> upstream_versions();

/// Sets what makes the checks judge as that version does. Throws std::invalid_argument for one that is not known.
void follow_upstream(CheckOptions& options, std::string_view version);

}  // namespace mznode::check
