#pragma once

#include <utility>

#include "mznode/workloads/strategy.hpp"
#include "raft/group.hpp"
#include "raft/group_options.hpp"

namespace mznode::raft {

/// A strategy whose nodes form a group around a Machine, which is spoken to in the machine's own types. A Group is part
/// of one of these and of nothing else, so whoever watches groups from outside finds them all.
template <class MachineType>
class GroupStrategy : public Strategy {
 public:
  const Group* group() const final { return &group_; }

 protected:
  using Operation = typename MachineType::Operation;
  using Outcome = typename MachineType::Outcome;
  using Question = typename MachineType::Question;
  using Answer = typename MachineType::Answer;

  GroupStrategy(Node& node, MachineType machine, const OptionValues& options)
      : machine_(std::move(machine)), group_(node, machine_, group_settings(options)) {}

  /// Group::execute().
  Task<Outcome> execute(Operation operation) {
    Json text = write_text(operation);
    auto outcome = co_await group_.execute(std::move(text));
    co_return read_text<Outcome>(outcome);
  }
  /// Group::query().
  Task<Answer> query(Question question) {
    Json text = write_text(question);
    auto answer = co_await group_.query(std::move(text));
    co_return read_text<Answer>(answer);
  }

 private:
  MachineType machine_;
  Group group_;
};

}  // namespace mznode::raft
