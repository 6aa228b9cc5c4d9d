#pragma once

#include "mznode/node/peer_message.hpp"

namespace mznode::raft {

/// What a group keeps the same on all its servers, as the group sees it: operations, questions and what comes of them
/// are JSON to it. Everything is to follow from the operations alone.
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // What comes from other servers, or from a disk, is checked before anybody relies on it. Each throws Error
  // malformed_request when the text is not what it should be; what they let pass never makes the others throw.
  virtual void demand_operation(const Json& text) const = 0;
  virtual void demand_result(const Json& text) const = 0;
  virtual void demand_question(const Json& text) const = 0;
  virtual void demand_answer(const Json& text) const = 0;
  virtual void demand_state(const Json& text) const = 0;

  /// Carries an operation out and returns its result.
  virtual Json apply_text(const Json& operation) = 0;
  /// Answers a question; changes nothing.
  virtual Json query_text(const Json& question) const = 0;
  virtual Json save_text() const = 0;
  virtual void restore_text(const Json& state) = 0;
};

/// A state machine whose operations, results, questions, answers and saved states have types that the codec knows.
template <class OperationType, class ResultType, class QuestionType, class AnswerType, class StateType>
class Machine : public StateMachine {
 public:
  using Operation = OperationType;
  using Result = ResultType;
  using Question = QuestionType;
  using Answer = AnswerType;
  using State = StateType;

  virtual Result apply(Operation operation) = 0;
  virtual Answer query(const Question& question) const = 0;
  virtual State save() const = 0;
  virtual void restore(State state) = 0;
  /// What the types cannot say of what the machine is asked; each throws Error malformed_request.
  virtual void check_operation(const Operation&) const {}
  virtual void check_question(const Question&) const {}

  void demand_operation(const Json& text) const final { check_operation(from_peer<Operation>(text)); }
  void demand_result(const Json& text) const final { from_peer<Result>(text); }
  void demand_question(const Json& text) const final { check_question(from_peer<Question>(text)); }
  void demand_answer(const Json& text) const final { from_peer<Answer>(text); }
  void demand_state(const Json& text) const final { from_peer<State>(text); }
  Json apply_text(const Json& operation) final { return to_json(apply(from_json<Operation>(operation))); }
  Json query_text(const Json& question) const final { return to_json(query(from_json<Question>(question))); }
  Json save_text() const final { return to_json(save()); }
  void restore_text(const Json& state) final { restore(from_json<State>(state)); }
};

}  // namespace mznode::raft
