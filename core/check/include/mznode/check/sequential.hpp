#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/json/codec.hpp"

/// Linearizability of any object that a small program can describe: a queue, a lock, an election.
namespace mznode::check {

struct Verdict;  // verdict.hpp

/// Judges a history.
using CheckFunction = std::function<Verdict(const History& history, const CheckOptions& options)>;

/// An operation as a sequential model sees it.
struct Call {
  std::string f;
  /// What it was invoked with.
  Json argument;
  /// What it was answered; nothing where no answer came, so that any would do.
  std::optional<Json> result;
};

/// An object that does one operation after the other. It is a value: `step` says what becomes of it by a call, or
/// nothing when it would not have given this result. A call without a result must be possible in every state in which
/// the object would have answered it at all.
///
///     struct Counter {
///       std::int64_t total = 0;
///       MZNODE_FIELDS(total)
///
///       std::optional<Counter> step(const Call& call) const {
///         if (call.f == "add") return Counter{total + *call.argument.as_int()};
///         if (call.result && *call.result != Json(total)) return std::nullopt;
///         return *this;
///       }
///       bool operator==(const Counter&) const = default;
///     };
///
/// MZNODE_FIELDS with all members of a model make the search much quicker, because a state is then found again by a
/// hash, and show the state in explanations. A model that the codec cannot write may have members of its own instead:
/// `hash()`, equal for equal states; `text()`, a std::string for explanations; and `bytes()`, what it keeps behind
/// pointers, for the limit of memory.
template <class Model>
concept SequentialModel = std::copyable<Model> && std::equality_comparable<Model> &&
    requires(const Model& model, const Call& call) {
  { model.step(call) } -> std::same_as<std::optional<Model>>;
};

namespace detail {

/// What a state is found again by, and what it keeps behind pointers, as far as its model says what it is made of.
struct Fingerprint {
  /// Equal for equal states.
  std::uint64_t hash = 0;
  std::size_t bytes = 0;
};
/// Of a state that has this text.
Fingerprint fingerprint_of(std::string_view text);

/// A state of a model, whatever its type: the search is compiled once.
class State {
 public:
  virtual ~State() = default;
  /// What becomes of it by a call; null when it would not have given this result.
  virtual std::shared_ptr<const State> step(const Call& call) const = 0;
  /// `other` is of the same model.
  virtual bool equals(const State& other) const = 0;
  virtual Fingerprint fingerprint() const = 0;
  /// Empty where a model has no words for it.
  virtual std::string text() const = 0;
};

template <SequentialModel Model>
class StateOf final : public State {
 public:
  explicit StateOf(Model model) : model_(std::move(model)) {}

  std::shared_ptr<const State> step(const Call& call) const override {
    std::optional<Model> next = model_.step(call);
    return next ? std::make_shared<StateOf>(std::move(*next)) : nullptr;
  }
  bool equals(const State& other) const override { return model_ == static_cast<const StateOf&>(other).model_; }
  Fingerprint fingerprint() const override {
    Fingerprint print;
    if constexpr (Fielded<Model>) print = fingerprint_of(to_json(model_).text());
    if constexpr (requires { std::uint64_t(model_.hash()); }) print.hash = model_.hash();
    if constexpr (requires { std::size_t(model_.bytes()); }) print.bytes = model_.bytes();
    print.bytes += sizeof(StateOf);
    return print;
  }
  std::string text() const override {
    if constexpr (requires { std::string(model_.text()); }) {
      return model_.text();
    } else if constexpr (Fielded<Model>) {
      return to_json(model_).text();
    } else {
      return {};
    }
  }

 private:
  Model model_;
};

/// linearizable() for a model that begins with this state.
CheckFunction linearizable_from(std::shared_ptr<const State> initial);

}  // namespace detail

/// A checker: whether the history of one object, which begins as `Model()`, is linearizable (Herlihy and Wing 1990):
/// whether there is an order of its operations that respects real time and that the model explains. An operation of
/// which no answer is known may have taken effect at any time behind its invocation, or not at all.
///
/// Exact, but the search gives up after a fiftieth of the steps of options.limits, since each makes a whole state, and
/// says unknown. Many unanswered operations at a time make that likely.
///
/// Finds a RegisterFinding.
template <SequentialModel Model>
CheckFunction linearizable() {
  return detail::linearizable_from(std::make_shared<detail::StateOf<Model>>(Model()));
}

}  // namespace mznode::check
