#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "driver.hpp"
#include "mznode/node/node.hpp"
#include "relay/relay.hpp"

namespace mznode::relay {

/// Brings messages between the nodes of a cluster, around broken links where there is a way. What a strategy sends and
/// handles through it, instead of through its node, may come twice, late and in another order, as on any network.
///
/// A message that wants an answer has a member `asks()`, and an answer `answers()`, which return the Token that
/// tells them to belong together. Without them silence is no sign of anything.
class Relays {
 public:
  /// The node must outlive it. It is made before what uses it when the node is initialised.
  explicit Relays(Node& node);

  /// As Node::on_peer, for messages that are sent with send(): `handler` takes the message and who it is from.
  template <class Message, class Handler>
  void on_peer(const std::string& type, Handler handler) {
    const auto shared = std::make_shared<Handler>(std::move(handler));
    node_.on_peer(type, [this, shared](Message message, Request request) {
      const Member from = hear(request.src);
      if constexpr (requires { message.answers(); }) relay_->answer(node_.now(), from, message.answers());
      (*shared)(std::move(message), request.src);
    });
    kinds_.emplace(
        type, [shared](const Json& fields, const std::string& src) { (*shared)(from_peer<Message>(fields), src); });
  }

  /// As Node::send, to another node of the cluster.
  template <class Message>
  void send(const std::string& dest, const std::string& type, const Message& message) {
    if constexpr (requires { message.asks(); }) ask(dest, message.asks());
    if (is_straight()) {
      node_.send(dest, type, message);
    } else {
      send_around(dest, type, to_json(message));
    }
  }

  /// Nobody waits for the answers to questions of this kind any more, if there are any: that they did not come is no
  /// sign of anything.
  void settle(Token::Kind kind) { relay_->settle(kind); }

 private:
  void start();
  bool is_straight() const { return !relay_->is_searching(); }
  void ask(const std::string& dest, const Token& token);
  /// Notes that a message has come straight from a node, and gives its place.
  Member hear(const std::string& src);
  void send_around(const std::string& dest, const std::string& kind, Json fields);
  void pass(const Parcel& parcel);
  void on_parcel(Parcel parcel);
  void wake();
  Member member(const std::string& name) const { return member_of(node_.node_ids(), name); }

  Node& node_;
  std::map<std::string, std::function<void(const Json& fields, const std::string& src)>> kinds_;
  std::optional<Relay> relay_;
  std::optional<Driver<Relay>> driver_;
};

}  // namespace mznode::relay
