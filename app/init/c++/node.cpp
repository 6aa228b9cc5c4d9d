// A node for Maelstrom, on nothing but C++'s standard library. Build it: make
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "json.hpp"

/// A message: who sent it, and what it says.
struct Message {
  std::string src;
  Json body;
};

/// Knows its own name and that of every node. Messages are handled one after the other, so that what handlers share
/// needs no lock.
class Node {
 public:
  std::string id;
  std::vector<std::string> ids;

  /// Names the function that handles messages of a type.
  void on(const std::string& kind, std::function<void(const Message&)> handler) {
    handlers_[kind] = std::move(handler);
  }

  /// Sends a message to a node, a client or a service such as lin-kv.
  void send(const std::string& dest, const Json& body) {
    // Without flush the line would wait in a buffer, and nobody would ever see it.
    std::cout << Json::object({{"src", id}, {"dest", dest}, {"body", body}}).text() << "\n" << std::flush;
  }

  /// Answers a request.
  void reply(const Message& request, Json body) {
    body.set("in_reply_to", request.body["msg_id"]);
    send(request.src, body);
  }

  /// Handles messages until standard input ends.
  void run() {
    for (std::string line; std::getline(std::cin, line);) {
      const Json parsed = Json::parse(line);
      const Message message{parsed["src"].string(), parsed["body"]};
      const std::string kind = message.body["type"].string();
      const auto handler = handlers_.find(kind);
      if (handler != handlers_.end()) {
        handler->second(message);
      } else if (!message.body["msg_id"].is_null()) {
        reply(message, Json::object({{"type", "error"}, {"code", 10}, {"text", "no handler for " + kind}}));
      }
    }
  }

 private:
  std::map<std::string, std::function<void(const Message&)>> handlers_;
};

int main() {
  Node node;

  node.on("init", [&](const Message& request) {
    node.id = request.body["node_id"].string();
    for (const Json& id : request.body["node_ids"].items()) node.ids.push_back(id.string());
    node.reply(request, Json::object({{"type", "init_ok"}}));
  });

  // Challenge 1: the request comes back as it is.
  node.on("echo", [&](const Message& request) {
    node.reply(request, Json::object({{"type", "echo_ok"}, {"echo", request.body["echo"]}}));
  });

  // Challenge 3a, broadcast, goes here: node.on for "topology", "broadcast" and "read", which are answered with
  // topology_ok, broadcast_ok and read_ok {"messages": [...]}. Logs go to standard error: std::cerr.

  node.run();
}
