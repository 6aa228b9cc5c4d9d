#include "mznode/check/echo.hpp"

#include <nlohmann/json.hpp>

#include "compat/upstream.hpp"
#include "history/parts.hpp"
#include "mznode/check/errors.hpp"
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
    if (key == "echo") found = json_of(raw) == payload;
  } while (scanner.consume(','));
  return found;
}

}  // namespace

void EchoFinding::write_to(nlohmann::ordered_json& details) const {
  details["errors"] = nlohmann::ordered_json::array();
  for (const auto& [sent, reply] : errors) {
    details["errors"].push_back({"Expected a message with echo", to_details(sent), "But received",
                                 reply ? to_details(*reply) : nlohmann::ordered_json()});
  }
}

std::string EchoFinding::reason() const {
  if (errors.empty()) return {};
  const auto& [sent, reply] = errors.front();
  const std::string what = "echo " + shown(sent.text()) + " was ";
  const std::string more = errors.size() > 1 ? " (and " + std::to_string(errors.size() - 1) + " more like it)" : "";
  if (!reply || reply->type != Type::ok) return what + "not answered" + more;
  return what + "answered with " + shown(reply->value.text()) + more;
}

Verdict check_echo(const History& history, const CheckOptions& options) {
  const Pairing pairing(history);
  std::size_t judged = 0;
  EchoFinding finding;
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
    finding.errors.emplace_back(invocation.value,
                                completion == Pairing::none ? std::nullopt : std::optional(history[completion]));
  }
  const bool is_judged = judged > 0 || Upstream(options).accepts_nothing();
  const bool is_right = finding.errors.empty();
  if (is_right && !is_judged) return Verdict::unknown("nothing was to be echoed");
  Verdict verdict(is_right ? Valid::yes : Valid::no);
  verdict.may_lack_time = !is_right && may_lack_time;
  verdict.add(std::move(finding));
  return verdict;
}

}  // namespace mznode::check
