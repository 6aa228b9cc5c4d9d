#include "lin_kv/lin_kv.hpp"

#include <map>

#include "mznode/node/node.hpp"
#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

using namespace mznode::linearizable_kv;

/// A correct proxy of the service, of which each mutant breaks one thing.
class Proxy {
 public:
  explicit Proxy(Node& node) : node_(node) {
    node.on("read", this, &Proxy::handle_read);
    node.on("write", this, &Proxy::handle_write);
    node.on("cas", this, &Proxy::handle_cas);
  }
  virtual ~Proxy() = default;

 protected:
  virtual Task<Json> read(Read request) {
    auto reply = co_await ask("read", to_json(request));
    co_return reply.as<ReadOk>().value;
  }
  virtual Task<> write(Write request) { co_await ask("write", to_json(request)); }
  virtual Task<> cas(Cas request) { co_await ask("cas", to_json(request)); }

  Task<Message> ask(std::string type, Json fields) {
    try {
      co_return co_await node_.rpc("lin-kv", type, fields);
    } catch (const Error& error) {
      throw Error(error.code(), error.what());
    }
  }

  Node& node_;

 private:
  Task<ReadOk> handle_read(Read request) {
    auto value = co_await read(std::move(request));
    co_return ReadOk{value};
  }
  Task<> handle_write(Write request) { co_await write(std::move(request)); }
  Task<> handle_cas(Cas request) { co_await cas(std::move(request)); }
};

class ReadsFromACache final : public Proxy {
 public:
  using Proxy::Proxy;

 private:
  Task<Json> read(Read request) override {
    const auto known = cache_.find(request.key);
    if (known != cache_.end() && node_.now() - known->second.since < 300ms) co_return known->second.value;
    auto value = co_await Proxy::read(request);
    cache_[request.key] = {node_.now(), value};
    co_return value;
  }

  struct Cached {
    Time since;
    Json value;
  };
  std::map<Json, Cached> cache_;
};

class LosesWrites final : public Proxy {
 public:
  using Proxy::Proxy;

 private:
  Task<> write(Write request) override {
    if (++count_ % 5 == 0) co_return;
    co_await Proxy::write(request);
  }

  int count_ = 0;
};

class CasIgnoresTheExpected final : public Proxy {
 public:
  using Proxy::Proxy;

 private:
  Task<> cas(Cas request) override {
    const Write write{request.key, request.to};
    co_await Proxy::write(write);
  }
};

class CasFailsAndSets final : public Proxy {
 public:
  using Proxy::Proxy;

 private:
  Task<> cas(Cas request) override {
    co_await Proxy::cas(request);
    if (++count_ % 5 == 0) throw Error(ErrorCode::precondition_failed, "another value");
  }

  int count_ = 0;
};

class CallsAnOpenOutcomeAFailure final : public Proxy {
 public:
  using Proxy::Proxy;

 private:
  Task<> write(Write request) override {
    if (++count_ % 5 == 0) {
      node_.send("lin-kv", "write", request);
      throw Error(ErrorCode::temporarily_unavailable, "no answer");
    }
    co_await Proxy::write(request);
  }

  int count_ = 0;
};

}  // namespace

Installed lin_kv_reads_from_a_cache(Node& node) {
  return std::make_shared<ReadsFromACache>(node);
}
Installed lin_kv_loses_writes(Node& node) {
  return std::make_shared<LosesWrites>(node);
}
Installed lin_kv_cas_ignores_the_expected(Node& node) {
  return std::make_shared<CasIgnoresTheExpected>(node);
}
Installed lin_kv_cas_fails_and_sets(Node& node) {
  return std::make_shared<CasFailsAndSets>(node);
}
Installed lin_kv_calls_an_open_outcome_a_failure(Node& node) {
  return std::make_shared<CallsAnOpenOutcomeAFailure>(node);
}

}  // namespace mznode::mutants
