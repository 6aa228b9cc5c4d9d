#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "thread.hpp"

namespace mznode::trace {

/// What becomes of a call of the system that a thread is about to make.
struct Outcome {
  enum class Kind : std::uint8_t {
    allow,   ///< it is made
    result,  ///< it is not made, and returns this
    hold,    ///< the thread stands still first
    yield,   ///< it is not made, returns this, and other threads have their turn
    vain,    ///< it is made and finds nothing; one that does so again and again stands still first
  };
  Kind kind = Kind::allow;
  std::int64_t value = 0;
  Hold hold = Hold();
  /// Called when the call was made.
  std::function<void()> at_exit = {};

  static Outcome allow() { return {}; }
  static Outcome allow_then(std::function<void()> at_exit) {
    Outcome outcome;
    outcome.at_exit = std::move(at_exit);
    return outcome;
  }
  static Outcome result(std::int64_t value) { return {.kind = Kind::result, .value = value}; }
  static Outcome yield() { return {.kind = Kind::yield}; }
  /// `hold` says what ends the standing still before its time, and what the call returns then.
  static Outcome in_vain(Hold hold) { return {.kind = Kind::vain, .value = 0, .hold = std::move(hold)}; }
  static Outcome wait(Hold hold) { return {.kind = Kind::hold, .value = 0, .hold = std::move(hold)}; }
};

}  // namespace mznode::trace
