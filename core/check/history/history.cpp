#include "mznode/check/history.hpp"

#include <unordered_map>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"

namespace mznode::check {
namespace {

/// The open invocation of every process. Processes are numbered from 0 and few compared with operations, so nearly all
/// of them have a place in a table; the map is for histories that number them otherwise.
class OpenInvocations {
 public:
  explicit OpenInvocations(std::size_t operations) : table_(operations + 1, Pairing::none) {}

  std::size_t& of(std::int64_t process) {
    const auto number = static_cast<std::uint64_t>(process);
    if (number < table_.size()) return table_[number];
    return others_.try_emplace(process, Pairing::none).first->second;
  }

 private:
  std::vector<std::size_t> table_;
  std::unordered_map<std::int64_t, std::size_t> others_;
};

[[noreturn]] void refuse_process(const Operation& operation, const std::string& why) {
  throw HistoryError("operation " + std::to_string(operation.index) + ": process " + std::to_string(operation.process) +
                     " " + why);
}

bool is_json(const std::string& text) {
  static constexpr std::string_view blank = " \t\r\n,";
  std::size_t at = text.find_first_not_of(blank);
  if (at != std::string::npos && text[at] == '[') at = text.find_first_not_of(blank, at + 1);
  if (at == std::string::npos || text[at] != '{') return false;
  at = text.find_first_not_of(blank, at + 1);
  if (at == std::string::npos || text[at] != '"') return false;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  // EDN has no colon behind a key, but a keyword may be the value of a key that is a string: {"type" :ok}.
  const std::size_t colon = text.find_first_not_of(blank, at + 1);
  if (colon == std::string::npos || text[colon] != ':') return false;
  const char next = text[colon + 1];
  return colon == at + 1 || !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
}

History read_unmarked(const std::string& text) {
  return is_json(text) ? read_jsonl(text) : read_edn(text);
}

}  // namespace

std::string_view type_name(Type type) {
  switch (type) {
    case Type::invoke: return "invoke";
    case Type::ok: return "ok";
    case Type::fail: return "fail";
    case Type::info: return "info";
  }
  return "info";
}

History read_history(const std::string& text) {
  // Some programs put a byte order mark before UTF-8.
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (!text.starts_with(byte_order_mark)) return read_unmarked(text);
  return read_unmarked(text.substr(byte_order_mark.size()));
}

Pairing::Pairing(const History& history) : partner_(history.size(), none) {
  OpenInvocations open(history.size());
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    if (!operation.is_client()) continue;
    std::size_t& invocation = open.of(operation.process);
    if (operation.type == Type::invoke) {
      if (invocation != none) {
        refuse_process(operation,
                       "invokes before its operation " + std::to_string(history[invocation].index) + " has ended");
      }
      invocation = i;
      continue;
    }
    if (invocation == none) refuse_process(operation, "completes what it has not invoked");
    partner_[invocation] = i;
    partner_[i] = invocation;
    invocation = none;
  }
}

}  // namespace mznode::check
