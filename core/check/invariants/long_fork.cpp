#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

struct MicroOperation {
  bool is_write = false;
  Json key;
  Json value;
};

std::vector<MicroOperation> micro_operations_of(const Operation& operation) {
  const auto list = elements_of(operation.value.text());
  if (!list) refuse(operation, "expected a list of micro-operations [\"r\", key, value] and [\"w\", key, value]");
  std::vector<MicroOperation> micro_operations;
  for (const std::string_view each : *list) {
    const auto parts = elements_of(each);
    const bool is_known = parts && parts->size() == 3 && (parts->front() == "\"r\"" || parts->front() == "\"w\"");
    if (!is_known) refuse(operation, "expected a micro-operation [\"r\", key, value] or [\"w\", key, value]");
    micro_operations.push_back({parts->front() == "\"w\"", json_of((*parts)[1]), json_of((*parts)[2])});
  }
  return micro_operations;
}

/// A transaction that reads a group of keys.
struct Read {
  const Operation* operation = nullptr;
  /// Of each key of the group, in its order, whether anything was there.
  std::vector<bool> shows;
  std::size_t shown = 0;
};

struct Group {
  std::vector<Read> reads;
  /// The first value of each key that was read, and who read it.
  std::vector<std::pair<Json, const Operation*>> values;
};

bool shows_all_of(const Read& larger, const Read& smaller) {
  for (std::size_t i = 0; i < smaller.shows.size(); ++i) {
    if (smaller.shows[i] && !larger.shows[i]) return false;
  }
  return true;
}

class LongFork {
 public:
  LongFork(const History& history, const CheckOptions& options)
      : history_(history), pairing_(history), upstream_(options), group_size_(options.group_size) {}

  Verdict run() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (history_[i].is_client() && history_[i].type == Type::invoke) note_write(i);
    }
    if (!repeated_.empty()) return Verdict::unknown("multiple-writes: key " + repeated_ + " is written several times");
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (history_[i].is_client() && history_[i].type == Type::ok) read(i);
    }
    for (auto& [keys, group] : groups_) find_forks(keys, group);
    violations_.count("reads-count", reads_);
    violations_.count("early-read-count", early_);
    violations_.count("late-read-count", late_);
    const bool tells_nothing = early_ + late_ == reads_ && !upstream_.accepts_nothing();
    return std::move(violations_)
        .verdict(reads_ == 0 && tells_nothing ? "no read was answered"
                 : tells_nothing ? "no read shows some of its keys without the others, so that none tells of an order"
                                 : "");
  }

 private:
  void note_write(std::size_t position) {
    if (history_[position].value.is_null()) return;  // some clients say only afterwards what they read
    const auto micro_operations = micro_operations_of(history_[position]);
    if (micro_operations.size() != 1 || !micro_operations.front().is_write) return;
    const bool is_new = writes_.emplace(micro_operations.front().key, position).second;
    if (!is_new && repeated_.empty()) repeated_ = micro_operations.front().key.text();
  }

  void read(std::size_t position) {
    const Operation& operation = history_[position];
    const auto micro_operations = micro_operations_of(operation);
    const auto writes = std::count_if(micro_operations.begin(), micro_operations.end(),
                                      [](const MicroOperation& each) { return each.is_write; });
    if (writes > 0) {
      if (micro_operations.size() > 1 && !upstream_.passes_over_functions()) {
        refuse(operation, "long-fork judges transactions that read a group of keys, or write one key");
      }
      return;
    }
    std::map<Json, Json> values;
    for (const MicroOperation& each : micro_operations) values.insert_or_assign(each.key, each.value);
    if (!group_size_) group_size_ = values.size();
    if (values.size() != *group_size_) {
      refuse(operation, "every read should show " + std::to_string(*group_size_) +
                            " keys (--group-size), and this one shows " + std::to_string(values.size()));
    }
    add(operation, values);
    for (const auto& [key, value] : values) judge_value(position, key, value);
  }

  void add(const Operation& operation, const std::map<Json, Json>& values) {
    std::vector<Json> keys;
    Read read{.operation = &operation, .shows = {}};
    for (const auto& [key, value] : values) {
      keys.push_back(key);
      read.shows.push_back(!value.is_null());
      read.shown += read.shows.back();
    }
    ++reads_;
    early_ += read.shown == 0;
    late_ += read.shown == keys.size();
    Group& group = groups_[keys];
    group.values.resize(keys.size());
    std::size_t i = 0;
    for (const auto& [key, value] : values) {
      auto& [first, reader] = group.values[i++];
      if (value.is_null()) continue;
      if (reader == nullptr) {
        first = value;
        reader = &operation;
      } else if (first != value && (writes_.empty() || upstream_.ignores_impossible_elements())) {
        refuse(operation, "key " + key.text() + " has several values, " + first.text() + " (operation " +
                              std::to_string(reader->index) + ") and " + value.text() +
                              "; long-fork judges keys that are written once");
      }
    }
    group.reads.push_back(std::move(read));
  }

  /// Values that cannot have been there, where the history tells the writes.
  void judge_value(std::size_t position, const Json& key, const Json& value) {
    if (value.is_null() || writes_.empty() || upstream_.ignores_impossible_elements()) return;
    const Operation& read = history_[position];
    const std::string what = shown(value.text()) + " of key " + shown(key.text());
    const auto known = writes_.find(key);
    const bool is_written = known != writes_.end() && known->second < position &&
                            micro_operations_of(history_[known->second]).front().value == value;
    if (!is_written) return violations_.add_impossible({read}, what, false);
    if (!has_failed(history_, pairing_, known->second)) return;
    violations_.add_impossible({read, history_[pairing_.completion(known->second)]}, what, true);
  }

  /// Reads are of one order where each shows all that the next smaller one does.
  void find_forks(const std::vector<Json>& keys, Group& group) {
    std::stable_sort(group.reads.begin(), group.reads.end(),
                     [](const Read& a, const Read& b) { return a.shown < b.shown; });
    for (std::size_t i = 1; i < group.reads.size(); ++i) {
      const Read& smaller = group.reads[i - 1];
      const Read& larger = group.reads[i];
      if (shows_all_of(larger, smaller)) continue;
      const auto only_in = [&](const Read& one, const Read& other) {
        std::size_t key = 0;
        while (!one.shows[key] || other.shows[key]) ++key;
        return shown(keys[key].text());
      };
      violations_.add("long-fork", {*smaller.operation, *larger.operation},
                      named(*smaller.operation) + " shows key " + only_in(smaller, larger) + " without key " +
                          only_in(larger, smaller) + ", and " + named(*larger.operation) + " the other way round");
    }
  }

  const History& history_;
  const Pairing pairing_;
  const Upstream upstream_;
  std::optional<std::size_t> group_size_;
  std::map<Json, std::size_t> writes_;  // the position of the invocation, by key
  std::string repeated_;
  std::map<std::vector<Json>, Group> groups_;
  std::size_t reads_ = 0;
  std::size_t early_ = 0;
  std::size_t late_ = 0;
  Violations violations_;
};

}  // namespace

Verdict check_long_fork(const History& history, const CheckOptions& options) {
  return LongFork(history, options).run();
}

}  // namespace mznode::check
