// What one message costs, layer by layer, without pipes and processes.

#include <benchmark/benchmark.h>

#include <functional>
#include <utility>

#include "mznode/json/codec.hpp"
#include "mznode/node/message.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

/// A runtime that goes nowhere: what is sent is overwritten by the next message, time stands still.
class NullRuntime final : public Runtime {
 public:
  Time now() const override { return Time{}; }
  std::int64_t wall_time_ns() const override { return 0; }
  TextBuffer& begin_message(std::string_view src, std::string_view dest) override {
    out_.clear();
    out_.append("{\"src\":\"").append(src).append("\",\"dest\":\"").append(dest).append("\",\"body\":");
    return out_;
  }
  void finish_message() override { out_ += '}'; }
  TimerId set_timer(Time, std::function<void()>) override { return ++timers_; }
  void cancel_timer(TimerId) override {}
  std::uint64_t random() override { return 42; }
  void offload(std::function<void()> work, std::function<void()> done) override {
    work();
    done();
  }
  std::unique_ptr<Storage> open_storage(const std::string&, const std::vector<std::string>&) override {
    return std::make_unique<NoStorage>();
  }
  void log(LogLevel, std::string_view) override {}
  bool logs(LogLevel) const override { return false; }

  std::string_view sent() const { return out_.view(); }

 private:
  TextBuffer out_;
  TimerId timers_ = 0;
};

struct Echo {
  Json echo;
  MZNODE_FIELDS(echo)
};

struct Gossip {
  std::int64_t from = 0;
  std::vector<std::int64_t> elements;
  MZNODE_FIELDS(from, elements)
};

const std::string init_line =
    R"({"id":0,"src":"c0","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0","n1"]}})";
const std::string echo_line =
    R"({"id":17,"src":"c2","dest":"n0","body":{"type":"echo","echo":"Please echo 5e0ba1c97f21d3a4","msg_id":123456}})";

std::string gossip_line() {
  std::string line = R"({"src":"n1","dest":"n0","body":{"type":"gossip","from":7,"elements":[0)";
  for (int i = 1; i < 300; ++i) line += "," + std::to_string(i * 37);
  return line + "]}}";
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}

void scan(benchmark::State& state, const std::string& line) {
  MessageView view;
  for (auto _ : state) benchmark::DoNotOptimize(view.scan(line));
  count_bytes(state, line.size());
}
BENCHMARK_CAPTURE(scan, echo, echo_line);
BENCHMARK_CAPTURE(scan, gossip_of_300, gossip_line());

template <class Body>
void decode_body(benchmark::State& state, const std::string& line, Body) {
  MessageView view;
  view.scan(line);
  for (auto _ : state) benchmark::DoNotOptimize(view.as<Body>());
  count_bytes(state, line.size());
}
BENCHMARK_CAPTURE(decode_body, echo, echo_line, Echo{});
BENCHMARK_CAPTURE(decode_body, gossip_of_300, gossip_line(), Gossip{});

template <class Body>
void encode_body(benchmark::State& state, const std::string& line, Body) {
  MessageView view;
  view.scan(line);
  const auto body = view.as<Body>();
  TextBuffer out;
  for (auto _ : state) {
    out.clear();
    encode(out, body);
    benchmark::DoNotOptimize(out.data());
  }
  count_bytes(state, out.size());
}
BENCHMARK_CAPTURE(encode_body, echo, echo_line, Echo{});
BENCHMARK_CAPTURE(encode_body, gossip_of_300, gossip_line(), Gossip{});

const Json object = Json::parse(R"({"b":[1,2.50,"x\u00e9"],"a":{"z":null,"y":true},"c":18446744073709551615})");
const Json same_object = Json::parse(R"({"c":18446744073709551615,"a":{"y":true,"z":null},"b":[1,25e-1,"xé"]})");

void json_canonical(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(object.canonical());
}
BENCHMARK(json_canonical);

void json_equal(benchmark::State& state, const Json& a, const Json& b) {
  for (auto _ : state) benchmark::DoNotOptimize(a == b);
}
BENCHMARK_CAPTURE(json_equal, integers, Json(123456), Json(123456));
BENCHMARK_CAPTURE(json_equal, objects_spelled_alike, object, object);
BENCHMARK_CAPTURE(json_equal, objects_spelled_differently, object, same_object);

void json_hash(benchmark::State& state, const Json& json) {
  for (auto _ : state) benchmark::DoNotOptimize(json.hash());
}
BENCHMARK_CAPTURE(json_hash, integer, Json(123456));
BENCHMARK_CAPTURE(json_hash, object, object);

/// A request from its line to its reply's text.
template <class Handler>
void dispatch(benchmark::State& state, Handler handler) {
  NullRuntime runtime;
  Node node(runtime);
  node.on("echo", handler);
  node.receive(init_line);
  for (auto _ : state) {
    node.receive(echo_line);
    benchmark::DoNotOptimize(runtime.sent().data());
  }
  count_bytes(state, echo_line.size());
}

Echo answer_at_once(Echo request) {
  return request;
}
Task<Echo> answer_as_task(Echo request) {
  co_return request;
}
BENCHMARK_CAPTURE(dispatch, function, answer_at_once);
BENCHMARK_CAPTURE(dispatch, coroutine, answer_as_task);

Task<> ask(Node* node, std::int64_t* replies) {
  const Empty nothing;
  auto reply = co_await node->rpc("n1", "ping", nothing);
  if (reply.type == "ping_ok") ++*replies;
}

/// A request to a peer, its reply, and the coroutine that waited for it.
void rpc_round_trip(benchmark::State& state) {
  NullRuntime runtime;
  Node node(runtime);
  node.receive(init_line);
  std::int64_t replies = 0;
  std::int64_t msg_id = 0;
  for (auto _ : state) {
    node.spawn(ask(&node, &replies));
    node.receive(R"({"src":"n1","dest":"n0","body":{"type":"ping_ok","in_reply_to":)" + std::to_string(++msg_id) +
                 "}}");
  }
  if (replies != static_cast<std::int64_t>(state.iterations())) state.SkipWithError("a reply was lost");
}
BENCHMARK(rpc_round_trip);

}  // namespace
}  // namespace mznode
