#pragma once

#include <optional>

#include "caspaxos/messages.hpp"

namespace mznode::caspaxos {

/// The memory of one node for one register (paper, section 2.2). Pure. What it has promised and accepted must be
/// durable before anybody hears of it.
class Acceptor {
 public:
  /// What is made durable.
  struct Saved {
    Ballot promised;
    /// Absent when it is what it was.
    std::optional<Accepted> accepted;
    MZNODE_FIELDS(promised, accepted)
    void validate() const {
      const bool is_blank = promised == Ballot() && accepted && accepted->ballot == Ballot();
      demand(!accepted || accepted->ballot < promised || is_blank, "what is accepted was promised before");
    }
  };

  Reply receive(const Request& request);

  const Ballot& promised() const { return promised_; }
  const Accepted& accepted() const { return accepted_; }

  /// True when it has promised and accepted nothing.
  bool is_blank() const { return promised_ == Ballot() && accepted_.ballot == Ballot(); }

  /// What has changed since the last call; nothing when nothing has.
  std::optional<Saved> take_unsaved();
  Saved saved() const { return {promised_, accepted_}; }
  /// Takes in what an earlier process has made durable, record by record. Throws Error malformed_request when a record
  /// takes something back.
  void restore(const Saved& saved);

 private:
  Reply on(const Prepare& prepare);
  Reply on(const Accept& accept);
  Reply on(const Query& query) const;

  Ballot promised_;
  Accepted accepted_;
  Ballot saved_promise_;
  Ballot saved_accepted_;
};

}  // namespace mznode::caspaxos
