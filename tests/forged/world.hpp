#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"
#include "mznode/sim/services.hpp"
#include "mznode/workloads/registry.hpp"

namespace mznode::forged {

/// A cluster of nodes of one strategy with Maelstrom's services, in which a test sees every message before it arrives,
/// and may say anything in anybody's name.
class World {
 public:
  /// What passes a message on; a test may put another one in its place.
  using Carry = std::function<void(const SentMessage&)>;

  World(const WorkloadInfo& workload, const StrategyInfo& strategy, const std::map<std::string, std::string>& options,
        std::size_t size = 3) {
    for (std::size_t i = 1; i <= size; ++i) names_.push_back("n" + std::to_string(i));
    for (const auto& name : names_) {
      Host& host = hosts_.emplace_back(names_.size() + hosts_.size());
      host.node.set_client_timeout(workload.client_timeout);
      host.strategy = strategy.install(host.node, OptionValues(strategy.options, options));
      host.runtime.init(host.node, name, names_);
    }
  }

  const std::vector<std::string>& names() const { return names_; }
  FakeRuntime& runtime(const std::string& name) { return host(name).runtime; }

  /// Delivers a body to a node.
  void deliver(const std::string& src, const std::string& dest, const std::string& body) {
    host(dest).runtime.deliver(src, body);
  }

  /// Lets time pass; what is sent arrives a step later.
  void run(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += step) {
      for (Host& host : hosts_) host.runtime.advance(step);
      for (const SentMessage& message : take_all()) {
        if (!message.dest.starts_with("n") || !cut_.contains(message.dest) || !message.src.starts_with("n")) {
          on_message ? on_message(message) : carry(message);
        }
      }
    }
  }

  void carry(const SentMessage& message) {
    if (message.dest.starts_with("c")) {
      if (message.in_reply_to) replies_.insert_or_assign(*message.in_reply_to, message);
    } else if (const auto service = services_.find(message.dest); service != services_.end()) {
      answer(*service->second, message);
    } else if (std::find(names_.begin(), names_.end(), message.dest) != names_.end()) {
      deliver(message.src, message.dest, message.body.text());
    }  // else it is an error for somebody who was only pretended
  }

  /// Asks a node something as a client: `fields` are the members of the body. Returns the id of the request.
  std::int64_t ask(const std::string& node, const std::string& fields) {
    deliver("c1", node, R"({"msg_id":)" + std::to_string(++asked_) + "," + fields + "}");
    return asked_;
  }
  /// What was answered to a request; null when nothing was.
  const SentMessage* reply(std::int64_t id) const {
    const auto found = replies_.find(id);
    return found == replies_.end() ? nullptr : &found->second;
  }
  /// Asks, and waits for the answer: its body, or "no answer".
  std::string ask_and_wait(const std::string& node, const std::string& fields, Duration patience = 6s) {
    const auto id = ask(node, fields);
    for (Duration passed{0}; passed < patience && reply(id) == nullptr; passed += 10 * step) run(10 * step);
    return reply(id) == nullptr ? "no answer" : reply(id)->body.text();
  }

  /// What is sent to this node is lost from now on, until heal().
  void cut_off(const std::string& node) { cut_.insert(node); }
  void heal() { cut_.clear(); }

  /// Gets every message in the place of carry().
  Carry on_message;

 private:
  static constexpr Duration step = 5ms;

  struct Host {
    explicit Host(std::uint64_t seed) : runtime(seed), node(runtime) {}
    FakeRuntime runtime;
    std::unique_ptr<Strategy> strategy;  // outlives the node, whose tasks are its own
    Node node;
  };

  Host& host(const std::string& name) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return hosts_[i];
    }
    throw std::logic_error("there is no node " + name);
  }

  std::vector<SentMessage> take_all() {
    std::vector<SentMessage> all;
    for (Host& host : hosts_) {
      for (SentMessage& message : host.runtime.take_all()) all.push_back(std::move(message));
    }
    return all;
  }

  void answer(sim::Service& service, const SentMessage& request) {
    std::string body;
    try {
      body = service.handle(request);
    } catch (const Error&) {
      return;
    }
    if (body.empty() || !request.msg_id) return;
    body.pop_back();
    body += R"(,"in_reply_to":)" + std::to_string(*request.msg_id) + "}";
    SentMessage reply;
    reply.src = request.dest;
    reply.dest = request.src;
    reply.body = Json::parse(body);
    reply.in_reply_to = request.msg_id;
    reply.type = from_json<Typed>(reply.body).type;
    pass_reply(reply);
  }
  void pass_reply(const SentMessage& reply) {
    if (on_service_reply) {
      on_service_reply(reply);
    } else {
      deliver(reply.src, reply.dest, reply.body.text());
    }
  }
  struct Typed {
    std::string type;
    MZNODE_FIELDS(type)
  };

 public:
  /// Gets every answer of a service, in the place of deliver().
  Carry on_service_reply;

 private:
  std::vector<std::string> names_;
  std::deque<Host> hosts_;
  std::map<std::string, std::unique_ptr<sim::Service>> services_ = sim::default_services(1);
  std::map<std::int64_t, SentMessage> replies_;
  std::set<std::string> cut_;
  std::int64_t asked_ = 0;
};

}  // namespace mznode::forged
