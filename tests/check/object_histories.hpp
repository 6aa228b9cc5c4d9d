#pragma once

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Draws histories of an object that several processes use at a time.
class ObjectHistory {
 public:
  struct Shape {
    int processes = 3;
    int operations = 8;
    /// Of a hundred operations: how many are never answered, half of which have taken effect.
    int crashes = 0;
    /// Whether the history says so of all of these, and not only of some.
    bool tells_crashes = false;
    /// Of a hundred operations: how many are not what they should be.
    int bugs = 0;
    /// Of a hundred elements: how many have been there before.
    int repeats = 0;
  };
  /// What an operation asks for.
  struct Request {
    std::string f;
    std::string argument;
  };

  ObjectHistory(std::uint64_t seed, Shape shape) : random_(seed * 0x9e3779b97f4a7c15 + 1), shape_(shape) {}
  virtual ~ObjectHistory() = default;

  History draw() {
    std::vector<Worker> workers(static_cast<std::size_t>(shape_.processes));
    for (std::size_t i = 0; i < workers.size(); ++i) workers[i].process = static_cast<std::int64_t>(i);
    std::int64_t next_process = shape_.processes;
    int begun = 0;
    for (int busy = 0; begun < shape_.operations || busy > 0;) {
      Worker& worker = workers[draw(workers.size())];
      if (worker.stage == Stage::idle) {
        if (begun == shape_.operations) continue;
        ++begun;
        ++busy;
        worker.request = request();
        add(worker, Type::invoke, worker.request.argument);
        worker.stage = Stage::begun;
        worker.crashes = chance(shape_.crashes);
        if (worker.crashes && chance(50)) worker.stage = Stage::done;
      } else if (worker.stage == Stage::begun) {
        worker.answer = take_effect(worker.request);
        worker.stage = Stage::done;
      } else {
        --busy;
        if (worker.crashes) {
          if (shape_.tells_crashes || chance(50)) add(worker, Type::info, worker.request.argument);
          worker.process = next_process++;
        } else {
          const bool fails = worker.answer.empty();
          add(worker, fails ? Type::fail : Type::ok, fails ? worker.request.argument : worker.answer);
        }
        worker.stage = Stage::idle;
      }
    }
    return std::move(history_);
  }

 protected:
  virtual Request request() = 0;
  /// What it is answered when it takes effect; empty where it fails.
  virtual std::string take_effect(const Request& request) = 0;
  /// Adds to an entry of the history what else it tells.
  virtual void decorate(Operation&) {}

  std::size_t draw(std::size_t bound) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    return static_cast<std::size_t>((random_ >> 33) % bound);
  }
  bool chance(int of_a_hundred) { return static_cast<int>(draw(100)) < of_a_hundred; }
  bool is_bug() { return chance(shape_.bugs); }
  std::string element() {
    if (elements_ > 0 && chance(shape_.repeats)) return std::to_string(draw(elements_));
    return std::to_string(elements_++);
  }

 private:
  enum class Stage : std::uint8_t { idle, begun, done };
  struct Worker {
    std::int64_t process = 0;
    Stage stage = Stage::idle;
    Request request = {};
    std::string answer = {};
    bool crashes = false;
  };

  void add(const Worker& worker, Type type, const std::string& value) {
    Operation& operation = history_.emplace_back();
    operation.index = static_cast<std::int64_t>(history_.size()) - 1;
    operation.time_ns = 1'000'000 * operation.index;
    operation.process = worker.process;
    operation.type = type;
    operation.f = worker.request.f;
    operation.value = Json::parse(value);
    decorate(operation);
  }

  std::uint64_t random_;
  Shape shape_;
  std::size_t elements_ = 0;
  History history_;
};

/// Of a queue or a stack.
class ContainerDraw final : public ObjectHistory {
 public:
  enum class Kind : std::uint8_t { queue, unordered, stack, priority };
  /// `empties`: of a hundred operations on an empty one, how many take out; they fail where that is below zero.
  ContainerDraw(std::uint64_t seed, Shape shape, Kind kind, int empties = 100)
      : ObjectHistory(seed, shape), kind_(kind), empties_(empties) {}

 private:
  Request request() override {
    const bool is_stack = kind_ == Kind::stack;
    const bool puts = chance(52) || (held_.empty() && !chance(std::abs(empties_)));
    if (puts) return {is_stack ? "push" : "enqueue", kind_ == Kind::priority ? priority() : element()};
    return {is_stack ? "pop" : "dequeue", "null"};
  }

  std::string take_effect(const Request& request) override {
    if (request.argument != "null") {
      held_.push_back(request.argument);
      return request.argument;
    }
    if (held_.empty()) return empties_ < 0 ? "" : "null";
    if (is_bug()) {
      const std::size_t which = draw(5);
      if (which == 0 && empties_ >= 0) return "null";
      if (which == 1) return held_.front();  // and leaves it there
      return take(draw(held_.size()));
    }
    if (kind_ == Kind::priority) return take(least());
    return take(kind_ == Kind::queue ? 0 : kind_ == Kind::unordered ? draw(held_.size()) : held_.size() - 1);
  }

  /// The numbers below a prime in another order.
  std::string priority() { return std::to_string(std::stoull(element()) * 7919 % 1'000'003); }

  std::size_t least() const {
    std::size_t least = 0;
    for (std::size_t i = 1; i < held_.size(); ++i) {
      if (std::stoull(held_[i]) < std::stoull(held_[least])) least = i;
    }
    return least;
  }

  std::string take(std::size_t place) {
    std::string element = held_[place];
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(place));
    return element;
  }

  Kind kind_;
  int empties_;
  std::deque<std::string> held_;
};

/// Of a set or a log that only grows, or of a set of which elements are taken out and asked for.
class GrowingDraw final : public ObjectHistory {
 public:
  enum class Kind : std::uint8_t { set, log, asked_set, mixed_set };
  GrowingDraw(std::uint64_t seed, Shape shape, Kind kind) : ObjectHistory(seed, shape), kind_(kind) {}

 private:
  Request request() override {
    const bool reads = kind_ != Kind::asked_set && chance(kind_ == Kind::mixed_set ? 25 : 40);
    if (reads) return {"read", "null"};
    if (kind_ == Kind::log) return {"append", element()};
    if (kind_ == Kind::set) return {"add", element()};
    static const char* const functions[] = {"add", "remove", "contains"};
    return {functions[draw(3)], std::to_string(draw(3))};
  }

  std::string take_effect(const Request& request) override {
    std::size_t place = 0;
    while (place < held_.size() && held_[place] != request.argument) ++place;
    const bool is_there = place < held_.size();
    if (request.f == "read") return list();
    const std::string says = is_bug()             ? "true"
                             : request.f == "add" ? is_there ? "false" : "true"
                             : is_there           ? "true"
                                                  : "false";
    if (request.f == "contains") return says;
    if (request.f == "remove") {
      if (is_there) held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(place));
    } else if (kind_ == Kind::log || !is_there) {
      held_.insert(is_bug() ? held_.begin() : held_.end(), request.argument);
    }
    return kind_ == Kind::asked_set ? says : request.argument;
  }

  std::string list() {
    std::string text;
    const std::size_t left_out = !held_.empty() && is_bug() ? draw(held_.size()) : held_.size();
    for (std::size_t i = 0; i < held_.size(); ++i) {
      if (i != left_out) text += (text.empty() ? "" : ",") + held_[i];
    }
    return "[" + text + "]";
  }

  Kind kind_;
  std::vector<std::string> held_;
};

}  // namespace mznode::check
