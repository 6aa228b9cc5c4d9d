#pragma once

#include <string>

#include "mznode/json/json.hpp"

namespace mznode::sim {

/// What an error is called, given as the history has it (RequestFailed::error): "error 10 (not-supported): no such
/// type". Empty for what is no error reply.
std::string error_words(const Json& error);

}  // namespace mznode::sim
