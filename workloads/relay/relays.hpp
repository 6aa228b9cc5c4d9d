#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
///
/// The node's requests to its peers (Node::rpc, Node::retry) and their replies take the same ways with carry_calls().
class Relays final : private Carrier {
 public:
  /// The node must outlive it. It is made before what uses it when the node is initialised.
  explicit Relays(Node& node);

  /// From now on it is the node's Carrier: requests to other nodes of the cluster, and the replies to them, go around
  /// broken links, too. Each request is a question, and so is each of its repetitions.
  void carry_calls();

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
  void note_request(std::string_view dest, std::uint64_t number) override;
  void note_arrival(std::string_view src, std::optional<std::uint64_t> number) override;
  bool is_carrying() const override { return !is_straight(); }
  void carry(std::string_view dest, Json body) override;
  void deliver(const Json& body, const std::string& src);
  void ask(std::string_view dest, const Token& token);
  /// Notes that a message has come straight from a node, and gives its place.
  Member hear(std::string_view src);
  void send_around(std::string_view dest, const std::string& kind, Json fields);
  void pass(const Parcel& parcel);
  void on_parcel(Parcel parcel);
  void wake();
  Member member(std::string_view name) const { return member_of(node_.node_ids(), name); }

  Node& node_;
  std::map<std::string, std::function<void(const Json& fields, const std::string& src)>> kinds_;
  std::optional<Relay> relay_;
  std::optional<Driver<Relay>> driver_;
  bool is_delivering_ = false;
};

}  // namespace mznode::relay
