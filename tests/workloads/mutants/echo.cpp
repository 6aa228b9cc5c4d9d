#include "echo/echo.hpp"

#include <algorithm>

#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

/// A reply that names its request by itself; the framework would not let a field called in_reply_to pass for that.
struct ForgedReply {
  Json echo;
  Json in_reply_to;
  MZNODE_FIELDS(echo, in_reply_to)
};

Json number(const std::string& text) {
  return Json::parse(text);
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
    node.send(from.src, "echo_ok", ForgedReply{request.echo, number(from.msg_id)});
    return request;
  });
  return nullptr;
}

Installed echo_wrong_in_reply_to(Node& node) {
  node.on("echo", [&node](Message message, Request from) {
    const auto echo = message.as<echo::Echo>().echo;
    const bool lies = std::count(echo.text().begin(), echo.text().end(), '7') != 0;
    node.send(from.src, "echo_ok", ForgedReply{echo, number(lies ? "1" + from.msg_id : from.msg_id)});
    return node.sleep(1h);  // so that the framework does not answer too
  });
  return nullptr;
}

}  // namespace mznode::mutants
