#include "stories/services.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "counted.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/tokens.hpp"
#include "mznode/node/names.hpp"
#include "stories/witness.hpp"

namespace mznode::story {
namespace {

/// The texts of what requests to services and their answers have; empty where they have it not.
struct Body {
  std::string_view type;
  std::string_view msg_id;
  std::string_view in_reply_to;
  std::string_view code;
  std::string_view key;
  std::string_view value;
  std::string_view from;
  std::string_view to;

  std::string_view* field_of(std::string_view name) {
    if (name == "type") return &type;
    if (name == "key") return &key;
    if (name == "value") return &value;
    if (name == "msg_id") return &msg_id;
    if (name == "in_reply_to") return &in_reply_to;
    if (name == "code") return &code;
    if (name == "from") return &from;
    return name == "to" ? &to : nullptr;
  }
  explicit Body(const sim::Packet& packet) {
    codec::decode_object(packet.body, [this](std::string_view name, std::string_view text) {
      std::string_view* field = field_of(name);
      if (field != nullptr && text != "null") *field = text;
    });
    type = unquoted(type);
  }
};

std::optional<Json> json_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(Json::from_valid(std::string(text)));
}

/// Nothing for what is no whole number.
std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// Puts calls together from the events of a run.
class Collector {
 public:
  explicit Collector(const sim::RunResult& run) : run_(run), answers_(run.packets.size(), none) {}

  std::vector<ServiceCall> collect() {
    const auto is_answer = [](const sim::Packet& packet) { return is_service_name(packet.src); };
    const auto answers = std::count_if(run_.packets.begin(), run_.packets.end(), is_answer);
    calls_.reserve(static_cast<std::size_t>(answers));
    waiting_.reserve(static_cast<std::size_t>(answers));
    for (const sim::JournalEntry& entry : run_.journal) {
      const sim::Packet& packet = run_.packets[entry.packet];
      const Duration at = entry.at - run_.started;
      if (entry.event == sim::JournalEntry::Event::send) {
        if (is_service_name(packet.dest)) ask(packet, at);
        if (is_service_name(packet.src)) answer(packet, entry.packet);
      } else if (entry.event == sim::JournalEntry::Event::receive) {
        hear(entry.packet, at);
      }
    }
    return std::move(calls_);
  }

 private:
  static constexpr std::size_t none = SIZE_MAX;

  /// Who asked whom, and the number of the request.
  struct Way {
    std::string_view node;
    std::string_view service;
    std::int64_t msg_id = 0;
    bool operator==(const Way&) const = default;
  };
  struct HashOfWay {
    std::size_t operator()(const Way& way) const {
      const std::hash<std::string_view> of_name;
      constexpr std::size_t factor = 1'000'003;
      return (of_name(way.node) * factor + of_name(way.service)) * factor + static_cast<std::size_t>(way.msg_id);
    }
  };
  struct Asked {
    Body body;
    Duration at;
    std::uint64_t message;
  };

  void ask(const sim::Packet& packet, Duration at) {
    const Body body(packet);
    const bool is_kv = body.type == "read" || body.type == "write" || body.type == "cas";
    const auto msg_id = number_of(body.msg_id);
    if (!is_kv || !msg_id || body.key.empty()) return;
    waiting_.insert_or_assign(Way{packet.src, packet.dest, *msg_id}, Asked{body, at, packet.id});
  }
  void answer(const sim::Packet& packet, std::size_t place) {
    const Body body(packet);
    const auto in_reply_to = number_of(body.in_reply_to);
    if (!in_reply_to) return;
    const auto found = waiting_.find({packet.dest, packet.src, *in_reply_to});
    if (found == waiting_.end()) return;
    const auto& [asked, at, message] = found->second;
    const bool is_absent = body.type == "error" && asked.type == "read" &&
                           number_of(body.code) == static_cast<std::int64_t>(ErrorCode::key_does_not_exist);
    const bool is_done = body.type.ends_with("_ok") && body.type.substr(0, body.type.size() - 3) == asked.type;
    if (!is_done && !is_absent) return;
    ServiceCall call{.node = packet.dest,
                     .service = packet.src,
                     .type = std::string(asked.type),
                     .key = *json_of(asked.key),
                     .value = json_of(asked.type == "read"  ? body.value
                                      : asked.type == "cas" ? asked.to
                                                            : asked.value),
                     .from = json_of(asked.from),
                     .asked = at,
                     .message = message};
    if (call.is_change() && !call.value) call.value = Json();  // as services take it
    answers_[place] = calls_.size();
    calls_.push_back(std::move(call));
  }
  void hear(std::size_t place, Duration at) {
    const std::size_t call = answers_[place];
    if (call != none && !calls_[call].heard) calls_[call].heard = at;
  }

  const sim::RunResult& run_;
  std::unordered_map<Way, Asked, HashOfWay> waiting_;
  /// By packet: the call that it answers.
  std::vector<std::size_t> answers_;
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
        found.push_back({.lost = calls_[*std::prev(change)], .known = calls_[*known], .write = calls_[write]});
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

bool may_overwrite(const sim::RunResult& run) {
  return std::any_of(run.packets.begin(), run.packets.end(), [](const sim::Packet& packet) {
    return is_service_name(packet.dest) && packet.body.find("\"write\"") != std::string::npos;
  });
}

std::vector<Overwrite> overwrites(const std::vector<ServiceCall>& calls) {
  std::map<std::pair<std::string, Json>, Register> registers;
  // Most nodes spell a key in one way.
  std::map<std::pair<std::string_view, std::string_view>, Register*> by_text;
  for (const ServiceCall& call : calls) {
    Register*& of_text = by_text[{call.service, call.key.text()}];
    if (of_text == nullptr) of_text = &registers[{call.service, call.key}];
    of_text->add(call);
  }
  std::vector<Overwrite> found;
  for (const auto& [key, of_key] : registers) of_key.find_overwrites(found);
  std::stable_sort(found.begin(), found.end(),
                   [](const Overwrite& a, const Overwrite& b) { return a.write->asked < b.write->asked; });
  return found;
}

std::string place_of(const ServiceCall& call) {
  return shown(call.key) + " of " + call.service;
}

std::string words_of(const Overwrite& overwrite, std::size_t count) {
  const std::string& writer = overwrite.write->node;
  const std::string& other = overwrite.lost->node;
  return writer + " wrote " + place_of(*overwrite.write) + " over what " + (other == writer ? "itself" : other) +
         " had written since " + writer + " read it" + (count > 1 ? ", one of " + counted(count, "time") : "");
}

void tell(const Overwrite& overwrite, std::vector<StoryEvent>& events) {
  const auto [lost, known, write] = overwrite;
  const std::string value = known->value ? shown(*known->value) : "nothing";
  events.push_back({.at = known->heard,
                    .text = write->node + " hears of " + place_of(*known) + ": " + value,
                    .message = known->message});
  events.push_back({.at = lost->asked,
                    .text = lost->node + " asks for " + lost->type + ", and that leaves " + shown(*lost->value),
                    .message = lost->message});
  events.push_back({.at = write->asked,
                    .text = write->node + " writes " + shown(*write->value) + " over it",
                    .message = write->message});
}

}  // namespace mznode::story
