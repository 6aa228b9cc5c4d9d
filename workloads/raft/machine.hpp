#pragma once

#include <concepts>

#include "mznode/node/peer_message.hpp"

namespace mznode::raft {

/// What a group keeps the same on all its servers, as the group sees it: operations, questions and what comes of them
/// are text to it. Everything is to follow from the operations alone.
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // What comes from other servers, or from a disk, is checked before anybody relies on it. Each throws Error
  // malformed_request when the text is not what it should be; what they let pass never makes the others throw.
  virtual void demand_operation(const Json& text) const = 0;
  virtual void demand_outcome(const Json& text) const = 0;
  virtual void demand_question(const Json& text) const = 0;
  virtual void demand_answer(const Json& text) const = 0;
  virtual void demand_state(const Json& text) const = 0;

  /// Carries an operation out and returns what came of it.
  virtual Json apply_text(const Json& operation) = 0;
  /// Answers a question; changes nothing.
  virtual Json query_text(const Json& question) const = 0;
  virtual Json save_text() const = 0;
  virtual void restore_text(const Json& state) = 0;
};

/// A type that knows how it is written, where that is not how the codec would write its members.
template <class T>
concept OwnText = requires(const T& value, const Json& text) {
  { value.to_text() } -> std::same_as<Json>;
  /// Throws Error malformed_request.
  { T::from_text(text) } -> std::same_as<T>;
};

/// A value of a machine as the text that a group carries and stores.
template <class T>
Json write_text(const T& value) {
  if constexpr (OwnText<T>) {
    return value.to_text();
  } else {
    return to_json(value);
  }
}
/// The opposite; throws Error malformed_request.
template <class T>
T read_text(const Json& text) {
  if constexpr (OwnText<T>) {
    return T::from_text(text);
  } else {
    return from_json<T>(text);
  }
}
/// read_text() of what another server has said: a number in it that is no count is refused too.
template <class T>
T read_peer_text(const Json& text) {
  if constexpr (OwnText<T>) {
    return T::from_text(text);
  } else {
    return from_peer<T>(text);
  }
}

/// A state machine in types of its own: what it is told to do and what comes of that, which may be that it refuses;
/// what it is asked and what it answers; and what it saves.
template <class OperationType, class OutcomeType, class QuestionType, class AnswerType, class StateType>
class Machine : public StateMachine {
 public:
  using Operation = OperationType;
  using Outcome = OutcomeType;
  using Question = QuestionType;
  using Answer = AnswerType;
  using State = StateType;

  virtual Outcome apply(Operation operation) = 0;
  virtual Answer query(const Question& question) const = 0;
  virtual State save() const = 0;
  virtual void restore(State state) = 0;
  /// What the types cannot say of what the machine is asked; each throws Error malformed_request.
  virtual void check_operation(const Operation&) const {}
  virtual void check_question(const Question&) const {}

  void demand_operation(const Json& text) const final { check_operation(read_peer_text<Operation>(text)); }
  void demand_outcome(const Json& text) const final { read_peer_text<Outcome>(text); }
  void demand_question(const Json& text) const final { check_question(read_peer_text<Question>(text)); }
  void demand_answer(const Json& text) const final { read_peer_text<Answer>(text); }
  void demand_state(const Json& text) const final { read_peer_text<State>(text); }
  Json apply_text(const Json& operation) final { return write_text(apply(read_text<Operation>(operation))); }
  Json query_text(const Json& question) const final { return write_text(query(read_text<Question>(question))); }
  Json save_text() const final { return write_text(save()); }
  void restore_text(const Json& state) final { restore(read_text<State>(state)); }
};

}  // namespace mznode::raft
