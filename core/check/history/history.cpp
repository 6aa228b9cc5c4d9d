#include "mznode/check/history.hpp"

#include <unordered_map>

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
