#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "counter/counter.hpp"
#include "g_set/g_set.hpp"
#include "kafka/kafka.hpp"
#include "lin_kv/lin_kv.hpp"
#include "txn/txn.hpp"

/// Correct nodes for clusters of one, which hold everything in memory.
namespace mznode::nodes {

using Installed = std::shared_ptr<void>;

inline Installed g_set(Node& node) {
  auto elements = std::make_shared<std::vector<Json>>();
  node.on("add", [elements](mznode::g_set::Add request) { elements->push_back(request.element); });
  node.on("read", [elements] { return mznode::g_set::ReadOk{*elements}; });
  return nullptr;
}

inline Installed counter(Node& node) {
  auto sum = std::make_shared<std::int64_t>(0);
  node.on("add", [sum](mznode::counter::Add request) { *sum += request.delta; });
  node.on("read", [sum] { return mznode::counter::ReadOk{*sum}; });
  return nullptr;
}

inline Installed lin_kv(Node& node) {
  auto map = std::make_shared<std::map<Json, Json>>();
  const auto find = [map](const Json& key) -> Json& {
    const auto found = map->find(key);
    if (found == map->end()) throw Error(ErrorCode::key_does_not_exist, "no such key");
    return found->second;
  };
  node.on("read",
          [find](mznode::linearizable_kv::Read request) { return mznode::linearizable_kv::ReadOk{find(request.key)}; });
  node.on("write", [map](mznode::linearizable_kv::Write request) { (*map)[request.key] = request.value; });
  node.on("cas", [find](mznode::linearizable_kv::Cas request) {
    Json& value = find(request.key);
    if (value != request.from) throw Error(ErrorCode::precondition_failed, "another value");
    value = request.to;
  });
  return nullptr;
}

inline Installed kafka(Node& node) {
  struct State {
    std::map<std::string, std::vector<Json>> logs;
    mznode::kafka::Offsets committed;
  };
  auto state = std::make_shared<State>();
  node.on("send", [state](mznode::kafka::Send request) {
    auto& log = state->logs[request.key];
    log.push_back(request.msg);
    return mznode::kafka::SendOk{static_cast<mznode::kafka::Offset>(log.size()) - 1};
  });
  node.on("poll", [state](mznode::kafka::Poll request) {
    constexpr std::int64_t page = 5;
    mznode::kafka::PollOk reply;
    for (const auto& [key, from] : request.offsets) {
      const auto& log = state->logs[key];
      const auto end = std::min(from + page, static_cast<std::int64_t>(log.size()));
      for (auto i = from; i < end; ++i) reply.msgs[key].emplace_back(i, log[static_cast<std::size_t>(i)]);
    }
    return reply;
  });
  node.on("commit_offsets", [state](mznode::kafka::Poll request) {
    for (const auto& [key, offset] : request.offsets) {
      if (offset >= static_cast<std::int64_t>(state->logs[key].size()))
        throw std::runtime_error("an offset that is not there");
      state->committed[key] = std::max(state->committed[key], offset);
    }
  });
  node.on("list_committed_offsets", [state](mznode::kafka::ListCommitted request) {
    mznode::kafka::Poll reply;
    for (const auto& key : request.keys) {
      if (state->committed.contains(key)) reply.offsets[key] = state->committed[key];
    }
    return reply;
  });
  return nullptr;
}

/// For both kinds of transactions.
inline Installed txn(Node& node) {
  auto values = std::make_shared<std::map<Json, Json>>();
  node.on("txn", [values](mznode::txn::Txn request) {
    for (auto& [function, key, value] : request.txn) {
      Json& stored = (*values)[key];
      if (function == "r") {
        value = stored;
      } else if (function == "w") {
        stored = value;
      } else {
        auto list = stored.is_null() ? std::vector<Json>() : from_json<std::vector<Json>>(stored);
        list.push_back(value);
        stored = to_json(list);
      }
    }
    return request;
  });
  return nullptr;
}

}  // namespace mznode::nodes
