#include "stories/services.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "counted.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/node/names.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

/// What requests to services and their answers have.
struct Body {
  std::string type;
  std::optional<std::int64_t> msg_id;
  std::optional<std::int64_t> in_reply_to;
  std::optional<std::int64_t> code;
  std::optional<Json> key;
  std::optional<Json> value;
  std::optional<Json> from;
  std::optional<Json> to;
  MZNODE_FIELDS(type, msg_id, in_reply_to, code, key, value, from, to)
};

/// Nothing where fields have other types: no service answers that.
std::optional<Body> body_of(const sim::Packet& packet) {
  try {
    return from_json<Body>(Json::from_valid(packet.body));
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Puts calls together from the events of a run.
class Collector {
 public:
  explicit Collector(const sim::RunResult& run) : run_(run) {}

  std::vector<ServiceCall> collect() {
    for (const sim::JournalEntry& entry : run_.journal) {
      const sim::Packet& packet = run_.packets[entry.packet];
      const Duration at = entry.at - run_.started;
      const bool is_sent = entry.event == sim::JournalEntry::Event::send;
      if (is_sent && is_service_name(packet.dest)) ask(packet, at);
      if (is_sent && is_service_name(packet.src)) answer(packet);
      if (entry.event == sim::JournalEntry::Event::receive && is_service_name(packet.src)) hear(packet, at);
    }
    return std::move(calls_);
  }

 private:
  void ask(const sim::Packet& packet, Duration at) {
    const auto body = body_of(packet);
    const bool is_kv = body && (body->type == "read" || body->type == "write" || body->type == "cas");
    if (!is_kv || !body->msg_id || !body->key) return;
    waiting_[{packet.src, packet.dest, *body->msg_id}] = {.node = packet.src,
                                                          .service = packet.dest,
                                                          .type = body->type,
                                                          .key = *body->key,
                                                          .value = body->type == "cas" ? body->to : body->value,
                                                          .from = body->from,
                                                          .asked = at,
                                                          .message = packet.id};
  }
  void answer(const sim::Packet& packet) {
    const auto body = body_of(packet);
    if (!body || !body->in_reply_to) return;
    const auto asked = waiting_.find({packet.dest, packet.src, *body->in_reply_to});
    if (asked == waiting_.end()) return;
    ServiceCall call = asked->second;
    const bool is_absent = body->type == "error" && call.type == "read" &&
                           body->code == static_cast<std::int64_t>(ErrorCode::key_does_not_exist);
    if (body->type != call.type + "_ok" && !is_absent) return;
    if (call.type == "read") {
      call.value = body->value;
    } else if (!call.value) {
      call.value = Json();  // as services take it
    }
    answers_[packet.id] = calls_.size();
    calls_.push_back(std::move(call));
  }
  void hear(const sim::Packet& packet, Duration at) {
    const auto call = answers_.find(packet.id);
    if (call != answers_.end() && !calls_[call->second].heard) calls_[call->second].heard = at;
  }

  const sim::RunResult& run_;
  std::map<std::tuple<std::string, std::string, std::int64_t>, ServiceCall> waiting_;
  std::unordered_map<std::uint64_t, std::size_t> answers_;
  std::vector<ServiceCall> calls_;
};

/// What was asked of one key, in the order of the answers.
class Register {
 public:
  void add(const ServiceCall& call) {
    if (call.heard) heard_[call.node].emplace(*call.heard, calls_.size());
    calls_.push_back(&call);
    if (call.is_change()) changes_.push_back(calls_.size() - 1);
  }

  void find_overwrites(std::vector<Overwrite>& found) const {
    for (const std::size_t write : changes_) {
      if (calls_[write]->type != "write") continue;
      const auto known = known_before(write);
      const auto seen = known ? last_change_in(*known) : std::nullopt;
      if (!seen) continue;
      const auto end = std::lower_bound(changes_.begin(), changes_.end(), write);
      for (auto change = end; change != changes_.begin() && *std::prev(change) >= *seen; --change) {
        const ServiceCall& lost = *calls_[*std::prev(change)];
        found.push_back({.lost = lost, .known = *calls_[*known], .write = *calls_[write]});
      }
    }
  }

 private:
  /// The last that a node had heard of the key when it asked for a write.
  std::optional<std::size_t> known_before(std::size_t write) const {
    const auto of_node = heard_.find(calls_[write]->node);
    if (of_node == heard_.end()) return std::nullopt;
    auto next = of_node->second.upper_bound(calls_[write]->asked);
    while (next != of_node->second.begin()) {
      --next;
      if (next->second != write) return next->second;
    }
    return std::nullopt;
  }
  /// Behind the last change that left what a call showed, 0 where nothing had been written; nothing where no change
  /// did.
  std::optional<std::size_t> last_change_in(std::size_t known) const {
    if (!calls_[known]->value) return 0;
    for (std::size_t i = known + 1; i > 0; --i) {
      const ServiceCall& call = *calls_[i - 1];
      if (call.is_change() && call.value == calls_[known]->value) return i;
    }
    return std::nullopt;
  }

  std::vector<const ServiceCall*> calls_;
  /// The places of changes, and by node and time of calls whose answers it heard.
  std::vector<std::size_t> changes_;
  std::map<std::string, std::multimap<Duration, std::size_t>> heard_;
};

}  // namespace

std::vector<ServiceCall> service_calls(const sim::RunResult& run) {
  return Collector(run).collect();
}

std::vector<Overwrite> overwrites(const std::vector<ServiceCall>& calls) {
  std::map<std::pair<std::string, Json>, Register> registers;
  for (const ServiceCall& call : calls) registers[{call.service, call.key}].add(call);
  std::vector<Overwrite> found;
  for (const auto& [key, of_key] : registers) of_key.find_overwrites(found);
  std::stable_sort(found.begin(), found.end(),
                   [](const Overwrite& a, const Overwrite& b) { return a.write.asked < b.write.asked; });
  return found;
}

std::string place_of(const ServiceCall& call) {
  return shown(call.key) + " of " + call.service;
}

std::string words_of(const Overwrite& overwrite, std::size_t count) {
  const std::string& writer = overwrite.write.node;
  const std::string& other = overwrite.lost.node;
  return writer + " wrote " + place_of(overwrite.write) + " over what " + (other == writer ? "itself" : other) +
         " had written since " + writer + " read it" + (count > 1 ? ", one of " + counted(count, "time") : "");
}

void tell(const Overwrite& overwrite, std::vector<StoryEvent>& events) {
  const auto [lost, known, write] = overwrite;
  const std::string value = known.value ? shown(*known.value) : "nothing";
  events.push_back({.at = known.heard,
                    .text = write.node + " hears of " + place_of(known) + ": " + value,
                    .message = known.message});
  events.push_back({.at = lost.asked,
                    .text = lost.node + " asks for " + lost.type + ", and that leaves " + shown(*lost.value),
                    .message = lost.message});
  events.push_back({.at = write.asked,
                    .text = write.node + " writes " + shown(*write.value) + " over it",
                    .message = write.message});
}

}  // namespace mznode::story
