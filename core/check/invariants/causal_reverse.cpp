#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/independent.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

constexpr std::size_t never = static_cast<std::size_t>(-1);

struct Write {
  /// The last invocation, and the first acknowledgement, as positions in the history.
  std::size_t begun = never;
  std::size_t acknowledged = never;
  /// The first invocation that may have had an effect, and the first one that failed.
  std::size_t first_begun = never;
  std::size_t first_failed = never;
};

/// What was written to one object.
struct Object {
  std::map<Json, Write> writes;
  /// The acknowledged writes in the order of their acknowledgements, and the positions of these.
  std::vector<const std::pair<const Json, Write>*> acknowledged;
};

class CausalReverse {
 public:
  CausalReverse(const History& history, const CheckOptions& options)
      : history_(history), pairing_(history), independent_(history), upstream_(options) {}

  Verdict run() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (history_[i].is_client() && history_[i].f == "write") note_write(i);
    }
    for (auto& [key, object] : objects_) sort(object);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const Operation& operation = history_[i];
      if (operation.is_client() && operation.f == "read" && operation.type == Type::ok) read(i);
    }
    violations_.count("read-count", reads_);
    violations_.count("expected-count", expected_);
    const std::string why = reads_ == 0      ? "no read was answered"
                            : expected_ == 0 ? "no read shows a write that began after another one was acknowledged"
                                             : "";
    return std::move(violations_).verdict(upstream_.accepts_nothing() ? "" : why);
  }

 private:
  void note_write(std::size_t position) {
    const Operation& operation = history_[position];
    const bool is_begun = operation.type == Type::invoke;
    if (!is_begun && operation.type != Type::ok) return;
    const Independent::Part part = independent_.part(operation);
    Write& write = objects_[part.key].writes[json_of(part.value)];
    if (is_begun) {
      write.begun = position;
      std::size_t& first = has_failed(history_, pairing_, position) ? write.first_failed : write.first_begun;
      first = std::min(first, position);
    } else {
      write.acknowledged = std::min(write.acknowledged, position);
    }
  }

  static void sort(Object& object) {
    for (const auto& write : object.writes) {
      if (write.second.acknowledged != never) object.acknowledged.push_back(&write);
    }
    std::sort(object.acknowledged.begin(), object.acknowledged.end(),
              [](const auto* a, const auto* b) { return a->second.acknowledged < b->second.acknowledged; });
  }

  void read(std::size_t position) {
    const Operation& read = history_[position];
    const Independent::Part part = independent_.part(read);
    ++reads_;
    if (part.value == "null") return;
    const auto list = elements_of(part.value);
    if (!list) refuse(read, "expected a list as the value of a read");
    const Object& object = objects_[part.key];
    std::set<const Write*> seen;
    const std::pair<const Json, Write>* latest = nullptr;
    for (const std::string_view element : *list) {
      const auto write = object.writes.find(json_of(element));
      const bool is_written = write != object.writes.end() && write->second.first_begun < position;
      if (!is_written && !upstream_.ignores_impossible_elements()) {
        const bool is_aborted = write != object.writes.end() && write->second.first_failed < position;
        violations_.add_impossible({read}, shown(element), is_aborted);
      }
      if (write == object.writes.end() || write->second.begun == never) continue;
      seen.insert(&write->second);
      if (latest == nullptr || latest->second.begun < write->second.begun) latest = &*write;
    }
    if (latest != nullptr) judge(read, object, *latest, seen);
  }

  /// A read that shows `latest`, the last write to begin of what it shows, must show all that was acknowledged before.
  void judge(const Operation& read, const Object& object, const std::pair<const Json, Write>& latest,
             const std::set<const Write*>& seen) {
    std::vector<Json> missing;
    for (const auto* write : object.acknowledged) {
      if (write->second.acknowledged > latest.second.begun) break;
      ++expected_;
      if (!seen.contains(&write->second)) missing.push_back(write->first);
    }
    if (missing.empty()) return;
    violations_.add("missing", {read, history_[latest.second.begun]},
                    named(read) + " shows " + shown(latest.first.text()) + ", but not " + few_of(missing) +
                        ", which had been acknowledged before " + named(history_[latest.second.begun]) + " began");
  }

  const History& history_;
  const Pairing pairing_;
  const Independent independent_;
  const Upstream upstream_;
  std::map<Json, Object> objects_;
  std::size_t reads_ = 0;
  std::size_t expected_ = 0;
  Violations violations_;
};

}  // namespace

Verdict check_causal_reverse(const History& history, const CheckOptions& options) {
  return CausalReverse(history, options).run();
}

}  // namespace mznode::check
