#include "echo/echo.hpp"

#include <algorithm>

#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

/// A reply that names its request by itself. The framework lets no field of a body be called in_reply_to; but it trusts
/// the text of a value, behind which another field can be slipped in.
echo::Echo forged_reply(const Json& echo, const std::string& in_reply_to) {
  return {Json::from_valid(echo.text() + R"(,"in_reply_to":)" + in_reply_to)};
}

}  // namespace

Installed echo_wrong_payload(Node& node) {
  auto count = std::make_shared<int>(0);
  node.on("echo", [count](echo::Echo request) {
    if (++*count % 10 == 0) request.echo = Json("something else");
    return request;
  });
  return nullptr;
}

Installed echo_answers_twice(Node& node) {
  node.on("echo", [&node](echo::Echo request, Request from) {
    node.send(from.src, "echo_ok", forged_reply(request.echo, from.msg_id));
    return request;
  });
  return nullptr;
}

Installed echo_wrong_in_reply_to(Node& node) {
  node.on("echo", [&node](Message message, Request from) {
    const auto echo = message.as<echo::Echo>().echo;
    const bool lies = std::count(echo.text().begin(), echo.text().end(), '7') != 0;
    node.send(from.src, "echo_ok", forged_reply(echo, lies ? "1" + from.msg_id : from.msg_id));
    return node.sleep(1h);  // so that the framework does not answer too
  });
  return nullptr;
}

}  // namespace mznode::mutants
