#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "invariants/violations.hpp"

namespace mznode::check {
namespace {

std::string name_of(std::string_view text) {
  return details_key(json_of(text));
}

/// The group and the place of a key that has the name which upstream gives it: group_place.
std::optional<std::pair<std::string, std::uint64_t>> place_of(const std::string& key) {
  const std::size_t line = key.rfind('_');
  if (line == std::string::npos) return std::nullopt;
  std::uint64_t place = 0;
  const char* end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data() + line + 1, end, place);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return std::pair(key.substr(0, line), place);
}

/// What reads of groups show, by upstream's names.
class SequentialKeys {
 public:
  /// `tells_writes` says that the history has any, without which nothing can be said of what is shown.
  SequentialKeys(bool believes_keys, bool tells_writes) : believes_keys_(believes_keys), tells_writes_(tells_writes) {}

  /// A write that begins: of a group, or of one key of it.
  void write(const Operation& write, bool fails) {
    const auto pair = pair_of(write.value.text());
    (fails ? failed_ : written_).insert(name_of(pair ? pair->first : std::string_view(write.value.text())));
  }

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
    if (!believes_keys_) judge_keys(read, value->first, *keys);
    if (!is_trailing) return;
    violations_.add("trailing-nil", {read},
                    named(read) + " shows a later key of group " + shown(value->first) +
                        " and then misses an earlier one: " + shown(value->second));
  }

  Verdict verdict(bool accepts_nothing) && {
    if (violations_.empty() && misread_) return Verdict::unknown(*misread_);
    violations_.count("all-count", all_);
    violations_.count("some-count", some_);
    violations_.count("none-count", none_);
    std::string why;
    if (of_several_ == 0) why = reads_ == 0 ? "no read was answered" : "no read is of several keys";
    if (of_several_ > 0 && none_ == reads_) why = "no read shows any key";
    return std::move(violations_).verdict(accepts_nothing ? "" : why);
  }

 private:
  /// Each key that is shown is one of the group, in its place, and was written where the history tells of writes.
  void judge_keys(const Operation& read, std::string_view group, const std::vector<std::string_view>& keys) {
    const std::string group_name = name_of(group);
    std::optional<std::uint64_t> later;
    for (const std::string_view key : keys) {
      if (key == "null") continue;
      const std::string name = name_of(key);
      const auto is_in = [&](const auto& writes) { return writes.contains(group_name) || writes.contains(name); };
      if (tells_writes_ && !is_in(written_)) violations_.add_impossible({read}, shown(key), is_in(failed_));
      const auto place = place_of(name);
      if (!place) continue;
      const bool is_misplaced = place->first != group_name || (later && *later <= place->second);
      if (is_misplaced && !misread_) {
        misread_ = "operation " + std::to_string(read.index) + ": expected the keys of group " + group_name +
                   ", from the last to the first, and not " + name + " there";
      }
      later = place->second;
    }
  }

  const bool believes_keys_;
  const bool tells_writes_;
  /// Groups and keys whose writes may have had an effect, and whose writes failed.
  std::set<std::string> written_;
  std::set<std::string> failed_;
  /// The first read of which it is not known what it says.
  std::optional<std::string> misread_;
  std::size_t reads_ = 0;
  std::size_t of_several_ = 0;
  std::size_t all_ = 0;
  std::size_t some_ = 0;
  std::size_t none_ = 0;
  Violations violations_;
};

}  // namespace

Verdict check_sequential(const History& history, const CheckOptions& options) {
  const bool tells_writes = std::any_of(history.begin(), history.end(), [](const Operation& each) {
    return each.is_client() && each.type == Type::invoke && each.f == "write";
  });
  SequentialKeys keys(Upstream(options).ignores_impossible_elements(), tells_writes);
  const Pairing pairing(history);
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    if (!operation.is_client()) continue;
    if (operation.type == Type::invoke && operation.f == "write") {
      keys.write(operation, has_failed(history, pairing, i));
    }
    if (operation.type == Type::ok && operation.f == "read") keys.read(operation);
  }
  return std::move(keys).verdict(Upstream(options).accepts_nothing());
}

}  // namespace mznode::check
