#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

struct Row {
  Json val;
  /// Null where rows have none.
  Json sts;
};

/// A row as `{val, sts, …}`, or `val` alone; nothing where the value tells none.
std::optional<Row> row_of(std::string_view text) {
  if (text == "null") return std::nullopt;
  const auto members = members_of(text);
  if (!members) return Row{.val = json_of(text), .sts = {}};
  Row row;
  for (const auto& [name, value] : *members) {
    if (name == "val") row.val = json_of(value);
    if (name == "sts") row.sts = json_of(value);
  }
  return row.val.is_null() ? std::nullopt : std::optional(std::move(row));
}

class Monotonic {
 public:
  explicit Monotonic(const History& history) : history_(history) {}

  /// False where there is no read.
  bool run() {
    const Operation* read = nullptr;
    for (const Operation& operation : history_) {
      if (!operation.is_client()) continue;
      if (operation.f == "read" && operation.type == Type::ok) read = &operation;
      if (operation.f == "add" && operation.type != Type::invoke) note_add(operation);
    }
    if (read == nullptr) return false;
    judge(*read);
    return true;
  }

  Violations& violations() { return violations_; }
  bool is_of_several() const { return rows_ > 1 || !acknowledged_.empty(); }

 private:
  void note_add(const Operation& add) {
    const auto row = row_of(add.value.text());
    if (!row) return;
    if (add.type == Type::ok) acknowledged_.emplace(row->val, &add);
    // A row that failed has a number of its own only where the client chose it.
    if (add.type == Type::fail) failed_.emplace(row->val, &add);
  }

  void judge(const Operation& read) {
    const auto list = elements_of(read.value.text());
    if (!list) refuse(read, "expected a list of rows as the value of a read");
    std::map<Json, std::size_t> shown_times;
    std::optional<Row> previous;
    for (const std::string_view text : *list) {
      std::optional<Row> row = row_of(text);
      if (!row) refuse(read, "expected a number, or a row with val, and not " + shown(text));
      if (++shown_times[row->val] == 2) {
        violations_.add("duplicates", {read}, named(read) + " shows " + shown(row->val.text()) + " several times");
      }
      if (previous) judge_order(read, *previous, *row);
      previous = std::move(row);
    }
    rows_ = list->size();
    violations_.count("row-count", rows_);
    violations_.count("acknowledged-count", acknowledged_.size());
    for (const auto& [val, add] : acknowledged_) {
      if (shown_times.contains(val)) continue;
      violations_.add("lost", {*add, read},
                      named(*add) + " was acknowledged with " + shown(val.text()) +
                          ", which the last read (operation " + std::to_string(read.index) + ") does not show");
    }
    for (const auto& [val, add] : failed_) {
      const bool is_revived = shown_times.contains(val) && !acknowledged_.contains(val);
      if (!is_revived) continue;
      violations_.add("revived", {*add, read},
                      named(*add) + " failed to add " + shown(val.text()) + ", which the last read shows");
    }
  }

  void judge_order(const Operation& read, const Row& earlier, const Row& later) {
    const auto tell = [&](const char* name, const Json& a, const Json& b) {
      violations_.add(name, {read}, named(read) + " shows " + shown(a.text()) + " before " + shown(b.text()));
    };
    if (!(earlier.val < later.val)) tell("value-reorders", earlier.val, later.val);
    if (later.sts < earlier.sts) tell("order-by-errors", earlier.sts, later.sts);
  }

  const History& history_;
  std::map<Json, const Operation*> acknowledged_;
  std::map<Json, const Operation*> failed_;
  std::size_t rows_ = 0;
  Violations violations_;
};

}  // namespace

Verdict check_monotonic(const History& history, const CheckOptions& options) {
  Monotonic monotonic(history);
  const bool accepts_nothing = Upstream(options).accepts_nothing();
  if (!monotonic.run()) {
    Verdict verdict = Verdict::unknown("the rows were never read");
    if (accepts_nothing) verdict.valid = Valid::no;
    return verdict;
  }
  const bool is_judged = monotonic.is_of_several() || accepts_nothing;
  return std::move(monotonic.violations()).verdict(is_judged ? "" : "nothing was added, and no rows were read");
}

}  // namespace mznode::check
