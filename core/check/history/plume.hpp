#pragma once

#include <string>
#include <string_view>

#include "mznode/check/formats.hpp"

namespace mznode::check {

/// Plume's and PolySI's text: a line an event, `w(KEY,VALUE,SESSION,TRANSACTION)` or `r(…)`. Transaction -1 is one that
/// was aborted; what reads 0 where nobody writes it has read the initial state.
bool looks_like_plume(std::string_view text);
RecordedHistory read_plume(const std::string& text);

/// AWDIT's text for tests: a line an event, `w KEY VALUE` or `r KEY VALUE`; a line of `-` between two transactions and
/// one of `=` between two sessions.
bool looks_like_awdit(std::string_view text);
RecordedHistory read_awdit(const std::string& text);

}  // namespace mznode::check
