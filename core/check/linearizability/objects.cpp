#include "mznode/check/objects.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "linearizability/containers.hpp"
#include "linearizability/growing.hpp"
#include "linearizability/timed_calls.hpp"
#include "mznode/check/linearizable.hpp"
#include "mznode/check/sequential.hpp"

namespace mznode::check {
namespace {

/// Refuses operations that a model does not have.
void demand_functions(const History& history, std::string_view model, std::span<const std::string_view> known) {
  for (const Operation& operation : history) {
    if (!operation.is_client() || operation.type != Type::invoke) continue;
    if (std::find(known.begin(), known.end(), operation.f) != known.end()) continue;
    std::string names;
    for (const std::string_view name : known) names += " " + std::string(name);
    refuse(operation, "a " + std::string(model) + " knows" + names + ", and not " + operation.f);
  }
}

Verdict check_register(const History& history, const CheckOptions& options) {
  static constexpr std::array<std::string_view, 2> functions = {"read", "write"};
  if (!Upstream(options).passes_over_functions()) demand_functions(history, "register", functions);
  return check_cas_register(history, options);
}

template <SequentialModel Model>
Verdict search_model(const History& history, const CheckOptions& options, Model initial) {
  const std::vector<TimedCall> calls = timed_calls(history);
  return judge_calls(history, calls, calls, std::make_shared<detail::StateOf<Model>>(std::move(initial)),
                     options.limits);
}

/// Who may hold it is not said: Knossos' mutex, too, is released by anybody.
struct Semaphore {
  std::int64_t free = 1;
  std::int64_t permits = 1;

  std::optional<Semaphore> step(const Call& call) const {
    const std::int64_t left = free + (call.f == "acquire" ? -1 : 1);
    if (left < 0 || left > permits) return std::nullopt;
    return Semaphore{left, permits};
  }
  std::uint64_t hash() const { return static_cast<std::uint64_t>(free); }
  std::string text() const {
    if (permits == 1) return free == 0 ? "held" : "free";
    return std::to_string(permits - free) + " of " + std::to_string(permits) + " held";
  }
  std::size_t bytes() const { return 0; }
  bool operator==(const Semaphore&) const = default;
};

Verdict check_semaphore(const History& history, const CheckOptions& options) {
  static constexpr std::array<std::string_view, 2> functions = {"acquire", "release"};
  demand_functions(history, options.permits == 1 ? "mutex" : "semaphore", functions);
  return search_model(history, options, Semaphore{options.permits, options.permits});
}

struct CounterObject {
  std::int64_t total = 0;
  MZNODE_FIELDS(total)

  std::optional<CounterObject> step(const Call& call) const {
    if (call.f == "read") {
      const bool fits = !call.result || call.result->is_null() || *call.result == Json(total);
      return fits ? std::optional(*this) : std::nullopt;
    }
    std::int64_t next = 0;
    if (__builtin_add_overflow(total, *call.argument.as_int(), &next)) return std::nullopt;
    return CounterObject{next};
  }
  bool operator==(const CounterObject&) const = default;
};

Verdict check_counter_object(const History& history, const CheckOptions& options) {
  static constexpr std::array<std::string_view, 2> functions = {"add", "read"};
  demand_functions(history, "counter", functions);
  for (const Operation& operation : history) {
    if (operation.is_client() && operation.f == "add") integer_of(operation);
  }
  return search_model(history, options, CounterObject{});
}

/// Transactions of reads and writes, one after the other.
struct MultiRegister {
  /// By canonical text; what is not here was not written.
  std::map<std::string, std::string> values;
  bool is_strict = false;

  std::optional<MultiRegister> step(const Call& call) const {
    MultiRegister next = *this;
    const Json& told = call.result && !call.result->is_null() ? *call.result : call.argument;
    const auto micro_operations = elements_of(told.text());
    for (const std::string_view each : micro_operations.value_or(std::vector<std::string_view>())) {
      const auto parts = elements_of(each);
      const bool is_write = parts->front().substr(1, 1) == "w";
      const std::string key = json_of((*parts)[1]).canonical();
      const std::string value = json_of((*parts)[2]).canonical();
      if (is_write) {
        next.values[key] = value;
        continue;
      }
      if (!call.result || (value == "null" && !is_strict)) continue;
      const auto known = next.values.find(key);
      if ((known == next.values.end() ? "null" : known->second) != value) return std::nullopt;
    }
    return next;
  }
  std::string text() const {
    std::string list;
    for (const auto& [key, value] : values) list += (list.empty() ? "" : ",") + key + ":" + value;
    return "{" + list + "}";
  }
  std::uint64_t hash() const { return detail::fingerprint_of(text()).hash; }
  std::size_t bytes() const { return text().size() + 64 * values.size(); }
  bool operator==(const MultiRegister&) const = default;
};

void demand_transaction(const Operation& operation) {
  const auto micro_operations = elements_of(operation.value.text());
  bool fits = micro_operations.has_value() || operation.value.is_null();
  for (const std::string_view each : micro_operations.value_or(std::vector<std::string_view>())) {
    const auto parts = elements_of(each);
    static constexpr std::array<std::string_view, 4> known = {"\"r\"", "\"read\"", "\"w\"", "\"write\""};
    fits = fits && parts && parts->size() == 3 && std::find(known.begin(), known.end(), parts->front()) != known.end();
  }
  if (!fits) refuse(operation, "expected a list of [read, key, value] and [write, key, value], with r and w for short");
}

Verdict check_multi_register(const History& history, const CheckOptions& options) {
  static constexpr std::array<std::string_view, 1> functions = {"txn"};
  demand_functions(history, "multi-register", functions);
  for (const Operation& operation : history) {
    if (operation.is_client()) demand_transaction(operation);
  }
  MultiRegister initial{.values = {}, .is_strict = options.strict_null_reads};
  const auto members = options.initial_value ? members_of(options.initial_value->text()) : std::nullopt;
  if (options.initial_value && !members) throw HistoryError("--initial-value of a multi-register is a map");
  if (members) {
    for (const auto& [key, value] : *members) {
      const std::string written = json_of(value).canonical();
      initial.values[Json(key).canonical()] = written;
    }
  }
  return search_model(history, options, std::move(initial));
}

/// A map is as many registers, each of which begins with nothing (Herlihy and Wing 1990, theorem 1).
Verdict check_map(const History& history, const CheckOptions& options) {
  static const std::map<std::string_view, std::string_view> functions = {
      {"get", "read"}, {"put", "write"}, {"read", "read"}, {"write", "write"}, {"cas", "cas"}};
  History registers = history;
  for (Operation& operation : registers) {
    if (!operation.is_client()) continue;
    if (operation.f == "delete" || operation.f == "remove") {
      const auto pair = pair_of(operation.value.text());
      if (pair && pair->second != "null") refuse(operation, "expected the key that is deleted");
      operation.f = "write";
      if (!pair) operation.value = Json::from_valid("[" + operation.value.text() + ",null]");
      continue;
    }
    const auto known = functions.find(operation.f);
    if (known == functions.end()) refuse(operation, "a map knows get, put, delete and cas, and not " + operation.f);
    operation.f = known->second;
  }
  CheckOptions strict = options;
  strict.strict_null_reads = true;
  return check_lin_kv(registers, strict);
}

constexpr SequentialModelInfo model_table[] = {
    {"register", "write of a value, read", check_register, judge_writes},
    {"cas-register", "the same, and cas of [from, to]", check_cas_register, judge_writes},
    {"multi-register", "txn of a list of [read, key, value] and [write, key, value]", check_multi_register,
     judge_multi_register_answers},
    {"map",
     "put of [key, value], get of [key, null] answered by [key, value], delete of a key, cas of [key, [from, to]]",
     check_map, judge_map_answers},
    {"set", "add, remove and contains of an element, read of all", check_set_object, judge_element_answers},
    {"queue", "enqueue of an element, dequeue of the oldest one, or of null where there is none", check_fifo_queue,
     judge_queue_answers},
    {"unordered-queue", "the same, dequeue of any", check_unordered_queue, judge_queue_answers},
    {"priority-queue", "the same, dequeue of the least one; elements are numbers", check_priority_queue,
     judge_queue_answers},
    {"stack", "push of an element, pop of the youngest one, or of null where there is none", check_stack,
     judge_queue_answers},
    {"mutex", "acquire, release", check_mutex, judge_functions},
    {"semaphore", "the same, of --permits", check_semaphore, judge_functions},
    {"counter", "add of an integer, read of the sum", check_counter_object, judge_writes},
    {"log", "append of an element, read of all in their order", check_log, judge_element_answers},
};

}  // namespace

std::span<const SequentialModelInfo> sequential_models() {
  return model_table;
}

const SequentialModelInfo* find_sequential_model(std::string_view name) {
  for (const SequentialModelInfo& model : model_table) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

Verdict check_linearizable(const History& history, const CheckOptions& options) {
  if (const SequentialModelInfo* model = find_sequential_model(options.model)) return model->function(history, options);
  std::string names;
  for (const SequentialModelInfo& model : model_table) names += (names.empty() ? "" : ", ") + std::string(model.name);
  throw HistoryError("--model names what the history is about: " + names);
}

Verdict check_mutex(const History& history, const CheckOptions& options) {
  CheckOptions one = options;
  one.permits = 1;
  return check_semaphore(history, one);
}

}  // namespace mznode::check
