#pragma once

#include <string>
#include <vector>

#include "mznode/check/registry.hpp"
#include "mznode/workloads/story.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode::story {

using check::Operation;
using check::Type;

/// A run as a test writes it down: operations and messages with their times in milliseconds.
class Script {
 public:
  explicit Script(std::size_t nodes) : nodes_(sim::node_names(nodes)) {}

  /// The history is a part of another one.
  Script& begin_at(std::int64_t index) {
    first_index_ = index;
    return *this;
  }
  Script& operation(std::int64_t ms, Type type, std::int64_t process, const std::string& f, const std::string& value) {
    Operation operation;
    operation.index = first_index_ + static_cast<std::int64_t>(run_.history.size());
    operation.time_ns = ms * 1'000'000;
    operation.type = type;
    operation.process = process;
    operation.f = f;
    operation.value = Json::parse(value);
    run_.history.push_back(std::move(operation));
    return *this;
  }
  /// An operation that is answered in the same instant.
  Script& answered(std::int64_t ms, std::int64_t process, const std::string& f, const std::string& asked,
                   const std::string& answer) {
    return operation(ms, Type::invoke, process, f, asked).operation(ms, Type::ok, process, f, answer);
  }
  Script& message(std::int64_t ms, const std::string& src, const std::string& dest, const std::string& body,
                  sim::JournalEntry::Event fate) {
    const std::uint64_t id = run_.packets.size();
    run_.packets.push_back({.id = id, .src = src, .dest = dest, .body = body});
    const Time at = run_.started + std::chrono::milliseconds(ms);
    run_.journal.push_back({.at = at, .event = sim::JournalEntry::Event::send, .packet = id});
    run_.journal.push_back({.at = at, .event = fate, .packet = id});
    return *this;
  }
  /// Another copy of the last message arrives.
  Script& again(std::int64_t ms) {
    run_.journal.push_back({.at = run_.started + std::chrono::milliseconds(ms),
                            .event = sim::JournalEntry::Event::receive,
                            .packet = run_.packets.back().id});
    return *this;
  }
  Script& fault(const sim::FaultSpan& span) {
    run_.fault_spans.push_back(span);
    return *this;
  }

  Script& mark_final() {
    run_.history.back().is_final = run_.history[run_.history.size() - 2].is_final = true;
    return *this;
  }

  std::vector<Story> told(const std::string& checker) const {
    TestVerdict verdict;
    verdict.workload = check::find_checker(checker)->check(run_.history, {});
    return stories(run_, verdict, nodes_, nodes_.size());
  }

 private:
  std::vector<std::string> nodes_;
  std::int64_t first_index_ = 0;
  sim::RunResult run_;
};

inline std::string text_of(const Story& story) {
  std::string text = story.title + "\n";
  for (const StoryEvent& event : story.events) {
    text += (event.at ? std::to_string(*event.at / 1ms) + " " : "- ") + event.text + "\n";
  }
  return text;
}

inline constexpr auto received = sim::JournalEntry::Event::receive;
inline constexpr auto lost = sim::JournalEntry::Event::drop;

}  // namespace mznode::story
