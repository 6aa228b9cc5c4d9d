#include "tests/workloads/mutants/mutants.hpp"
#include "workloads/echo/echo.hpp"

namespace mznode::mutants {

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
    node.send(from.src, "echo_ok",
              Json::parse("{\"echo\":" + request.echo.text() + ",\"in_reply_to\":" + from.msg_id + "}"));
    return request;
  });
  return nullptr;
}

Installed echo_wrong_in_reply_to(Node& node) {
  node.on("echo", [&node](Message message, Request from) {
    if (message.as<echo::Echo>().echo.text().find('7') == std::string::npos) {
      node.send(from.src, "echo_ok",
                Json::parse("{\"echo\":" + message.as<echo::Echo>().echo.text() + ",\"in_reply_to\":" + from.msg_id + "}"));
    } else {
      node.send(from.src, "echo_ok", Json::parse("{\"echo\":null,\"in_reply_to\":1" + from.msg_id + "}"));
    }
    return node.sleep(1h);  // so that the framework does not answer too
  });
  return nullptr;
}

}  // namespace mznode::mutants
