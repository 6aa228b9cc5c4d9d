#pragma once

#include <string>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Reads JSON objects, one an operation, with white space between them or as one array. Throws HistoryError.
History read_jsonl(const std::string& text);

/// Writes one operation a line:
/// {"index":5,"type":"ok","process":1,"f":"read","value":[1],"time":77,"error":"…","final?":true}
/// where `error` and `final?` appear only if they are set; other fields stand before them.
std::string write_jsonl(const History& history);
void append_jsonl(std::string& out, const Operation& operation);

}  // namespace mznode::check
