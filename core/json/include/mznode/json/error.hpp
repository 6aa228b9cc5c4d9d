#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mznode {

/// Maelstrom's error codes (Maelstrom, doc/protocol.md, "Errors").
enum class ErrorCode : int {
  timeout = 0,
  node_not_found = 1,
  not_supported = 10,
  temporarily_unavailable = 11,
  malformed_request = 12,
  crash = 13,
  abort = 14,
  key_does_not_exist = 20,
  key_already_exists = 21,
  precondition_failed = 22,
  txn_conflict = 30,
};

/// True when an error with this code promises that the operation did not and will not happen. Codes that Maelstrom does
/// not define are indefinite, as they are to its clients.
bool is_definite(ErrorCode code);

/// The code's name in Maelstrom's documents, such as "precondition-failed"; "unknown" for a code that has none.
std::string_view error_name(ErrorCode code);

/// An error reply, on either side of the wire: thrown in a handler it becomes the reply; an error reply to an RPC is
/// thrown at the `co_await`.
class Error : public std::runtime_error {
 public:
  /// `text` says what went wrong and, where the caller can do something about it, what.
  Error(ErrorCode code, const std::string& text) : Error(code, text, Origin::here) {}

  /// An error that arrived from another node, or the absence of its answer. It tells nothing certain about the request
  /// that caused the RPC, so a handler that lets it escape answers with `crash`, which is indefinite.
  static Error received(ErrorCode code, const std::string& text) { return Error(code, text, Origin::received); }

  ErrorCode code() const { return code_; }
  bool is_received() const { return origin_ == Origin::received; }
  /// The same error in this node's own words. Only for one that is certain for the request at hand, too: that was asked
  /// once, before anything else of the request had left the node. A handler may then throw it, definite as it is.
  Error restated() const { return Error(code_, what()); }

 private:
  enum class Origin { here, received };
  Error(ErrorCode code, const std::string& text, Origin origin)
      : std::runtime_error(text), code_(code), origin_(origin) {}

  ErrorCode code_;
  Origin origin_;
};

/// The text of an exception and of the causes nested in it (`std::throw_with_nested`), outermost first, joined by ": ".
std::string describe(const std::exception& exception);

}  // namespace mznode
