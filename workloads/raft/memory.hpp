#pragma once

#include <functional>
#include <optional>

#include "enrolment/enrolment.hpp"
#include "raft/saved.hpp"

namespace mznode::raft {

/// What a server of a group keeps in the storage of its node: whose memory it is (Enrolment), and what Raft must not
/// forget.
class Memory {
 public:
  /// `admit` is called when it is certain that this node has never had another memory. The node and the relays must
  /// outlive it.
  Memory(Node& node, relay::Relays& relays, std::function<void()> admit);

  /// Takes in what an earlier process of this server has saved, or begins a new life. Throws Error when a server of
  /// this cluster cannot have saved it.
  Saved load();
  /// Appends to the storage, or begins it anew. It is durable when the node has synced.
  void write(const Unsaved& unsaved);

  Enrolment& enrolment() { return enrolment_; }
  const Enrolment& enrolment() const { return enrolment_; }

 private:
  /// A record of the storage.
  struct Record {
    std::optional<Enrolment::Saved> enrolment;
    std::optional<Unsaved> unsaved;
    MZNODE_FIELDS(enrolment, unsaved)
  };
  void append(const Record& record);

  Node& node_;
  Enrolment enrolment_;
};

}  // namespace mznode::raft
