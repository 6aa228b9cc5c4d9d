#include <string>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

/// What reads of groups show, by upstream's names.
class SequentialKeys {
 public:
  void read(const Operation& read) {
    const auto value = pair_of(read.value.text());
    const auto keys = value ? elements_of(value->second) : std::nullopt;
    if (!keys) refuse(read, "expected [group, [last key, …, first key]] as the value of a read");
    ++reads_;
    if (keys->size() > 1) ++of_several_;
    bool any = false;
    bool all = true;
    bool is_trailing = false;
    for (const std::string_view key : *keys) {
      const bool is_missing = key == "null";
      is_trailing = is_trailing || (is_missing && any);
      any = any || !is_missing;
      all = all && !is_missing;
    }
    all_ += all;
    some_ += !all;
    none_ += !any;
    if (!is_trailing) return;
    violations_.add("trailing-nil", {read},
                    named(read) + " shows a later key of group " + shown(value->first) +
                        " and then misses an earlier one: " + shown(value->second));
  }

  Verdict verdict(bool accepts_nothing) && {
    violations_.count("all-count", all_);
    violations_.count("some-count", some_);
    violations_.count("none-count", none_);
    std::string why;
    if (of_several_ == 0) why = reads_ == 0 ? "no read was answered" : "no read is of several keys";
    if (of_several_ > 0 && none_ == reads_) why = "no read shows any key";
    return std::move(violations_).verdict(accepts_nothing ? "" : why);
  }

 private:
  std::size_t reads_ = 0;
  std::size_t of_several_ = 0;
  std::size_t all_ = 0;
  std::size_t some_ = 0;
  std::size_t none_ = 0;
  Violations violations_;
};

}  // namespace

Verdict check_sequential(const History& history, const CheckOptions& options) {
  SequentialKeys keys;
  for (const Operation& operation : history) {
    if (operation.is_client() && operation.type == Type::ok && operation.f == "read") keys.read(operation);
  }
  return std::move(keys).verdict(Upstream(options).accepts_nothing());
}

}  // namespace mznode::check
