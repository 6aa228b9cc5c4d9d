#pragma once

#include <string>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Reads a history in EDN as Jepsen's history.edn holds it: maps, one an operation, with any white space between them
/// or in one vector or list; they may be tagged (`#jepsen.history.Op{…}`). Throws HistoryError.
///
/// Values become JSON: keywords, symbols, characters and ratios are strings; where values hold a keyword and a string
/// of one name, that string has its quotes in it; lists, vectors and sets are arrays; keys of maps are strings (of
/// other keys their JSON text); a tagged element is what stands behind its tag; digits of integers and floats are kept,
/// the suffixes N and M are not. Nesting is bounded by memory and not by the stack.
History read_edn(const std::string& text);

/// Writes one map a line, in the layout of Jepsen's history.edn. JSON does not tell keywords from strings, so what
/// Jepsen's checkers need as keywords is written as such: `type`, `f`, the names of micro-operations in the values of
/// `txn`, `send` and `poll`, and the names that begin an error or a nemesis value. Every other string is a string.
std::string write_edn(const History& history);
void append_edn(std::string& out, const Operation& operation);

}  // namespace mznode::check
