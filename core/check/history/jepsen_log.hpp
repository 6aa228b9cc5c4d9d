#pragma once

#include <string>
#include <string_view>

#include "mznode/check/formats.hpp"

namespace mznode::check {

/// The lines in which jepsen.util logs operations, as Jepsen's and Porcupine's logs of etcd hold them:
/// `INFO  jepsen.util - 0	:invoke	:write	4`. What did not succeed may tell an error instead of a value.
bool looks_like_jepsen_log(std::string_view text);
RecordedHistory read_jepsen_log(const std::string& text);

/// Porcupine's histories of a key-value store: EDN whose operations have a `:key` beside their value, and `put`,
/// `append` or `get` it. The value becomes a pair [key, value].
bool looks_like_porcupine(std::string_view text);
RecordedHistory read_porcupine(const std::string& text);

}  // namespace mznode::check
