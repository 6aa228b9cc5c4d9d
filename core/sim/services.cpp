#include "mznode/sim/services.hpp"

#include <algorithm>
#include <optional>

#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/node/envelope.hpp"
#include "mznode/node/names.hpp"

namespace mznode::sim {
namespace {

struct KvRequest {
  Json key;
  std::optional<Json> value;
  std::optional<Json> from;
  std::optional<Json> to;
  std::optional<bool> create_if_not_exists;
  MZNODE_FIELDS(key, value, from, to, create_if_not_exists)
};

/// Missing fields are null to Maelstrom's services.
Json or_null(const std::optional<Json>& value) {
  return value.value_or(Json());
}

std::string ok(std::string_view type) {
  return "{\"type\":\"" + std::string(type) + "_ok\"}";
}

std::string read_ok(const Json& value) {
  return "{\"type\":\"read_ok\",\"value\":" + value.text() + "}";
}

std::string failure(ErrorCode code, const std::string& text) {
  return "{\"type\":\"error\",\"code\":" + std::to_string(static_cast<int>(code)) + ",\"text\":" + Json(text).text() +
         "}";
}

std::string no_such_key() {
  return failure(ErrorCode::key_does_not_exist, "key does not exist");
}

std::string mismatch(const Json& current, const Json& from) {
  return failure(ErrorCode::precondition_failed, "current value " + current.text() + " is not " + from.text());
}

/// A state that a request is applied to. Copies are cheap: an unchanged map is shared.
class KvState {
 public:
  /// Applies a request. Returns the answer; `changed` tells whether the state differs from before.
  std::string apply(const std::string& type, const KvRequest& request, bool& changed) {
    const auto found = map_->find(request.key);
    const bool exists = found != map_->end();
    changed = false;
    if (type == "read") return exists ? read_ok(found->second) : no_such_key();
    if (type == "write") {
      set(request.key, or_null(request.value), changed);
      return ok("write");
    }
    if (!exists && !request.create_if_not_exists.value_or(false)) return no_such_key();
    if (exists && found->second != or_null(request.from)) return mismatch(found->second, or_null(request.from));
    set(request.key, or_null(request.to), changed);
    return ok("cas");
  }

 private:
  using Map = std::map<Json, Json>;

  void set(const Json& key, const Json& value, bool& changed) {
    const auto found = map_->find(key);
    if (found != map_->end() && found->second == value) return;
    if (map_.use_count() > 1) map_ = std::make_shared<Map>(*map_);
    (*map_)[key] = value;
    changed = true;
  }

  std::shared_ptr<Map> map_ = std::make_shared<Map>();
};

bool is_kv_request(const Message& request) {
  return request.type == "read" || request.type == "write" || request.type == "cas";
}

class LinearizableKv final : public Service {
 public:
  std::string handle(const Message& request) override {
    if (!is_kv_request(request)) return {};
    bool changed = false;
    return state_.apply(request.type, request.as<KvRequest>(), changed);
  }

 private:
  KvState state_;
};

class SequentialKv final : public Service {
 public:
  explicit SequentialKv(const Chance& chance) : random_(chance, std::string(services::seq_kv), stream) {
    buffer_.emplace_back();
  }

  std::string handle(const Message& request) override {
    if (!is_kv_request(request)) return {};
    const auto body = request.as<KvRequest>();
    std::uint64_t& client = clients_[request.src];
    const std::uint64_t index = client + random_.about("how old a state").below(last_index_ - client + 1);
    KvState old = state_at(index);
    bool changed = false;
    std::string answer = old.apply(request.type, body, changed);
    if (!changed) {
      client = index;
      return answer;
    }
    // What would change an old state runs on the newest, and makes a new one even if that one stays as it is.
    KvState newest = buffer_.back();
    answer = newest.apply(request.type, body, changed);
    buffer_.push_back(std::move(newest));
    if (buffer_.size() > ring_size) buffer_.pop_front();
    client = ++last_index_;
    return answer;
  }

 private:
  static constexpr std::uint64_t stream = 0x736571;
  static constexpr std::size_t ring_size = 32;

  /// Maelstrom indexes its ring by an offset from the newest state, modulo the ring's length: an index that has left
  /// the ring wraps to a newer state.
  const KvState& state_at(std::uint64_t index) const {
    const std::uint64_t behind = (last_index_ - index) % buffer_.size();
    return buffer_[buffer_.size() - 1 - behind];
  }

  Random random_;
  std::map<std::string, std::uint64_t> clients_;
  std::uint64_t last_index_ = 0;
  std::deque<KvState> buffer_;
};

class EventualKv final : public Service {
 public:
  explicit EventualKv(const Chance& chance) : random_(chance, std::string(services::lww_kv), stream) {}

  std::string handle(const Message& request) override {
    if (!is_kv_request(request)) return {};
    const std::uint64_t source = random_.about("merged from").below(replicas_.size());
    const std::uint64_t target = random_.about("merged into").below(replicas_.size());
    replicas_[target] = merged(replicas_[source], replicas_[target]);
    const std::uint64_t chosen = random_.about("replica asked").below(replicas_.size());
    return apply(replicas_[chosen], request.type, request.as<KvRequest>());
  }

 private:
  static constexpr std::uint64_t stream = 0x6c7777;

  struct Entry {
    std::uint64_t ts = 0;
    Json value;
  };
  struct Replica {
    std::uint64_t clock = 0;
    std::map<Json, Entry> map;
  };

  static Replica merged(const Replica& a, const Replica& b) {
    Replica result{.clock = std::max(a.clock, b.clock), .map = a.map};
    for (const auto& [key, entry] : b.map) {
      const auto [mine, inserted] = result.map.try_emplace(key, entry);
      if (!inserted && mine->second.ts < entry.ts) mine->second = entry;
    }
    return result;
  }

  /// As upstream's, it pays no attention to create_if_not_exists.
  static std::string apply(Replica& replica, const std::string& type, const KvRequest& request) {
    const auto found = replica.map.find(request.key);
    const bool exists = found != replica.map.end();
    if (type == "read") return exists ? read_ok(found->second.value) : no_such_key();
    if (type == "cas") {
      if (!exists) return no_such_key();
      if (found->second.value != or_null(request.from)) return mismatch(found->second.value, or_null(request.from));
    }
    replica.map[request.key] = {replica.clock++, or_null(type == "cas" ? request.to : request.value)};
    return ok(type);
  }

  Random random_;
  std::vector<Replica> replicas_ = std::vector<Replica>(2);
};

class TimestampOracle final : public Service {
 public:
  std::string handle(const Message& request) override {
    if (request.type != "ts") return {};
    return "{\"type\":\"ts_ok\",\"ts\":" + std::to_string(next_++) + "}";
  }

 private:
  std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<Service> linearizable_kv() {
  return std::make_unique<LinearizableKv>();
}
std::unique_ptr<Service> sequential_kv(const Chance& chance) {
  return std::make_unique<SequentialKv>(chance);
}
std::unique_ptr<Service> eventual_kv(const Chance& chance) {
  return std::make_unique<EventualKv>(chance);
}
std::unique_ptr<Service> timestamp_oracle() {
  return std::make_unique<TimestampOracle>();
}

Services default_services(const Chance& chance) {
  Services made;
  made.emplace(services::lin_kv, linearizable_kv());
  made.emplace(services::seq_kv, sequential_kv(chance));
  made.emplace(services::lww_kv, eventual_kv(chance));
  made.emplace(services::lin_tso, timestamp_oracle());
  return made;
}

void connect(Services& services, Network& network) {
  for (auto& [name, service] : services) {
    network.add(name, Endpoint::service, [&network, &name = name, &service = *service](const Packet& packet) {
      MessageView view;
      const std::string line = envelope::around(packet.src, packet.dest, packet.body);
      if (view.scan(line) != MessageView::Status::ok) return;
      std::string answer;
      try {
        answer = service.handle(view.own());
      } catch (const Error&) {
        return;  // upstream's service would have failed and gone on
      }
      if (answer.empty()) return;
      answer.pop_back();
      answer += ",\"in_reply_to\":" + (view.msg_id().empty() ? "null" : std::string(view.msg_id())) + "}";
      network.send(name, packet.src, answer);
    });
  }
}

}  // namespace mznode::sim
