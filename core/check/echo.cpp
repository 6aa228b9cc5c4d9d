#include "echo.hpp"

#include "mznode/check/lack_of_time.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

/// True when `reply` is an object whose member `echo` is `payload`.
bool is_body_with(const Json& reply, const Json& payload) {
  Scanner scanner(reply.text());
  if (!scanner.consume('{') || scanner.peek() == '}') return false;
  bool found = false;
  do {
    std::string_view key;
    std::string_view raw;
    scanner.string(key);
    scanner.consume(':');
    scanner.value(raw);
    if (key == "echo") found = Json::from_valid(std::string(raw)) == payload;
  } while (scanner.consume(','));
  return found;
}

}  // namespace

Verdict check_echo(const History& history, const CheckOptions& options) {
  const Pairing pairing(history);
  std::size_t judged = 0;
  nlohmann::ordered_json errors = nlohmann::ordered_json::array();
  bool may_lack_time = true;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& invocation = history[i];
    if (invocation.type != Type::invoke || !invocation.is_client() || invocation.f != "echo") continue;
    ++judged;
    const std::size_t completion = pairing.completion(i);
    const bool answered = completion != Pairing::none && history[completion].type == Type::ok;
    may_lack_time = may_lack_time && (completion == Pairing::none || is_late(history[completion]) || answered);
    if (answered) {
      const Json& reply = history[completion].value;
      if (reply == invocation.value || is_body_with(reply, invocation.value)) continue;
      may_lack_time = false;
    }
    errors.push_back({"Expected a message with echo", to_details(invocation.value), "But received",
                      completion == Pairing::none ? nlohmann::ordered_json() : to_details(history[completion])});
  }
  const bool is_judged = judged > 0 || options.compat_jepsen;
  Verdict verdict(!errors.empty() ? Valid::no : is_judged ? Valid::yes : Valid::unknown);
  if (!is_judged) verdict.details["error"] = "nothing was to be echoed";
  note_lack_of_time(verdict, may_lack_time);
  verdict.details["errors"] = std::move(errors);
  return verdict;
}

}  // namespace mznode::check
