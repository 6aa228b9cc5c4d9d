#include "linearizability/registers.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "history/integers.hpp"
#include "history/parts.hpp"

namespace mznode::check {
namespace {

using Kind = RegisterOperation::Kind;

/// Gives equal values equal numbers, counted from 0 in the order in which they appear.
class Numbers {
 public:
  /// The second is whether it is a new one.
  std::pair<std::uint32_t, bool> of(std::string_view text) {
    // Most equal values are spelled alike, and a text is compared faster than a value.
    if (const auto known = by_text_.find(text); known != by_text_.end()) return {known->second, false};
    const auto [equal, is_new] = by_value_.try_emplace(json_of(text), next_);
    if (is_new) ++next_;
    by_text_.emplace(text, equal->second);
    return {equal->second, is_new};
  }

 private:
  std::uint32_t next_ = 0;
  std::unordered_map<std::string_view, std::uint32_t> by_text_;  // of the history, which outlives this
  std::unordered_map<Json, std::uint32_t> by_value_;
};

class Reader {
 public:
  Reader(const History& history, Keyed keyed, NullRead null_read, const Json& initial)
      : history_(history), keyed_(keyed), null_read_(null_read), initial_(initial), pairing_(history) {}

  std::vector<RegisterHistory> read() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (history_[i].is_client() && history_[i].type == Type::invoke) read_operation(i);
    }
    return std::move(registers_);
  }

 private:
  void read_operation(std::size_t position) {
    const Operation& invocation = history_[position];
    const std::size_t completion = pairing_.completion(position);
    const Type outcome = completion == Pairing::none ? Type::info : history_[completion].type;
    const Operation& told = outcome == Type::ok ? history_[completion] : invocation;

    std::string_view value = told.value.text();
    const std::size_t number = keyed_ == Keyed::yes ? register_of(invocation, told, value) : only_register();
    ++registers_[number].invoked;
    RegisterOperation operation{.kind = kind_of(invocation),
                                .is_definite = outcome == Type::ok,
                                .invocation = position,
                                .completion = outcome == Type::ok ? completion : RegisterOperation::never};
    if (outcome == Type::fail || (operation.kind == Kind::read && outcome != Type::ok)) return;
    if (operation.kind == Kind::read && value == "null" && null_read_ == NullRead::tells_nothing) return;
    if (operation.kind == Kind::cas) {
      const auto change = pair_of(value);
      if (!change) refuse(told, "expected [from, to] as the value of cas");
      operation.from = number_of(number, change->first);
      operation.to = number_of(number, change->second);
      // To find a value and leave it is to read it; whether that happened matters only where it certainly did.
      if (operation.from == operation.to && !operation.is_definite) return;
      if (operation.from == operation.to) operation.kind = Kind::read;
    } else {
      operation.from = operation.to = number_of(number, value);
    }
    registers_[number].operations.push_back(operation);
  }

  static Kind kind_of(const Operation& operation) {
    if (operation.f == "read") return Kind::read;
    if (operation.f == "write") return Kind::write;
    if (operation.f == "cas") return Kind::cas;
    refuse(operation, "a register knows read, write and cas, and not " + operation.f);
  }

  std::size_t only_register() {
    if (registers_.empty()) add_register(std::nullopt);
    return 0;
  }

  /// Takes the key off `value`, which is that of `told`.
  std::size_t register_of(const Operation& invocation, const Operation& told, std::string_view& value) {
    const auto invoked = pair_of(invocation.value.text());
    const auto pair = &told == &invocation ? invoked : pair_of(value);
    if (!invoked || !pair) refuse(invoked ? told : invocation, "expected [key, value] as the value of " + told.f);
    const auto [number, is_new] = keys_.of(invoked->first);
    if (&told != &invocation && keys_.of(pair->first).first != number) {
      refuse(told, "completes an operation on another key");
    }
    if (is_new) add_register(json_of(invoked->first));
    value = pair->second;
    return number;
  }

  void add_register(std::optional<Json> key) {
    registers_.push_back({.key = std::move(key), .operations = {}, .values = {initial_}});
    values_.emplace_back().of(initial_.text());
  }

  RegisterValue number_of(std::size_t number, std::string_view text) {
    const auto [value, is_new] = values_[number].of(text);
    if (is_new) registers_[number].values.push_back(json_of(text));
    return value;
  }

  const History& history_;
  const Keyed keyed_;
  const NullRead null_read_;
  const Json& initial_;
  const Pairing pairing_;
  Numbers keys_;
  std::vector<RegisterHistory> registers_;
  std::vector<Numbers> values_;  // of each register
};

}  // namespace

std::vector<RegisterHistory> read_registers(const History& history, Keyed keyed, NullRead null_read,
                                            const Json& initial) {
  return Reader(history, keyed, null_read, initial).read();
}

}  // namespace mznode::check
