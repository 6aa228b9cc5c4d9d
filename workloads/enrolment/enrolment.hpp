#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "enrolment/admission.hpp"
#include "mznode/node/node.hpp"
#include "relay/relays.hpp"

namespace mznode {

/// Whose memory a storage holds.
struct MemoryOwner {
  MemoryId life = 0;
  std::vector<std::string> members;
  MZNODE_FIELDS(life, members)
};
/// What Enrolment must find in the storage again, to which other records may belong as well.
struct EnrolmentRecord {
  std::optional<MemoryOwner> identity;
  std::vector<std::pair<Member, MemoryId>> met;
  MZNODE_FIELDS(identity, met)
};

/// Binds Admission to a node: introduces the node until all others know it, answers those who introduce themselves, and
/// tells when this one is admitted.
class Enrolment {
 public:
  using Saved = EnrolmentRecord;

  /// `save` appends to the node's storage; `admit` is called when it is certain that this node has never had another
  /// memory. Node and relays must outlive it.
  Enrolment(Node& node, relay::Relays& relays, std::function<void(const Saved&)> save, std::function<void()> admit);

  /// Takes in what an earlier process has saved, record by record. Throws Error not_supported when it was a node of
  /// another cluster.
  void restore(const Saved& saved);
  /// Begins a new life unless one was restored.
  void begin();
  /// Goes to the others. `is_admitted` says that an earlier process of this life was admitted.
  void introduce(bool is_admitted);

  MemoryId memory() const { return admission_->memory(); }
  /// Everything, to begin the storage anew.
  Saved saved() const;
  const std::vector<std::string>& members() const { return node_.node_ids(); }
  /// The place of a node among the members. Throws Error malformed_request when it is none.
  Member member(const std::string& name) const { return member_of(members(), name); }

 private:
  void announce();
  void take_verdict();
  void on_hello(const Hello& hello, const std::string& src);
  void on_welcome(const Welcome& welcome, const std::string& src);

  Node& node_;
  relay::Relays& relays_;
  std::function<void(const Saved&)> save_;
  std::function<void()> admit_;
  std::optional<Admission> admission_;
  bool is_admitted_ = false;
};

}  // namespace mznode
