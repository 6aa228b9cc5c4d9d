#pragma once

#include <string>
#include <string_view>

#include "mznode/check/formats.hpp"

namespace mznode::check {

/// dbcop's histories, in each form that it has had: sessions of transactions of events as JSON, alone or as the `data`
/// of an object, where an event is {"Write": {"variable": 0, "version": 1}}, ["w", 0, 1], or
/// {"write": true, "variable": 0, "value": 1, "success": true}; and its text, `[x:=1 y==2]` a transaction, with a line
/// of
/// `-` between sessions. What reads 0 where nobody writes it has read the initial state.
bool looks_like_dbcop(std::string_view text);
RecordedHistory read_dbcop(const std::string& text);

}  // namespace mznode::check
