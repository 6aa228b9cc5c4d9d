#include "kafka/remarks.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "counted.hpp"
#include "kafka/kafka.hpp"
#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/seconds.hpp"
#include "mznode/json/tokens.hpp"

namespace mznode::kafka {
namespace {

/// The texts of what requests of clients and their answers have; of its type and key, what stands between the quotes.
struct Body {
  std::string_view type;
  std::string_view msg_id;
  std::string_view in_reply_to;
  std::string_view key;
  std::string_view offset;
  std::string_view keys;
  std::string_view offsets;
  std::string_view msgs;

  explicit Body(const sim::Packet& packet) {
    codec::decode_object(packet.body, [this](std::string_view name, std::string_view value) {
      if (name == "type") type = unquoted(value);
      if (name == "msg_id") msg_id = value;
      if (name == "in_reply_to") in_reply_to = value;
      if (name == "key") key = unquoted(value);
      if (name == "offset") offset = value;
      if (name == "keys") keys = value;
      if (name == "offsets") offsets = value;
      if (name == "msgs") msgs = value;
    });
  }
};

/// Of a field that is missing, what stands for nothing.
std::string_view given(std::string_view text) {
  return text.empty() ? "null" : text;
}

/// Throws Error for a text of another form, such as that of a field that is missing.
template <class T>
T read_as(std::string_view text) {
  T value{};
  decode(given(text), value);
  return value;
}

/// Calls `visit` with each key and its offset.
template <class Visit>
void for_each_offset(std::string_view offsets, Visit&& visit) {
  codec::decode_object(given(offsets),
                       [&](std::string_view key, std::string_view offset) { visit(key, read_as<Offset>(offset)); });
}

/// A place in the order of all that was sent.
using Place = std::size_t;
constexpr Place never = SIZE_MAX;

// What follows refers to the packets of the run.

/// A commit of one key's offset.
struct Commit {
  std::string_view node;
  Offset offset = 0;
  Place asked = 0;
  Place answered = never;
};

/// A node that listed less of a key than had been acknowledged.
struct LowList {
  std::string_view node;
  std::string_view key;
  std::optional<Offset> listed;
  Commit commit;
  Place asked = 0;
  Place answered = 0;
};

/// A poll that showed nothing though its node had acknowledged something that belongs there.
struct OldPoll {
  std::string_view node;
  std::string_view key;
  Offset from = 0;
  Offset acknowledged = 0;
  Place sent = 0;
  Place answered = 0;
};

/// What a client waits for.
struct Request {
  std::string_view node;
  Body body;
  Place asked = 0;
  /// Of a poll: what it shows too little of where it shows nothing.
  std::optional<OldPoll> own = {};
};

/// Reads what clients and nodes said to each other, in the order of sending. Each client has one request at a time.
class Conversations {
 public:
  explicit Conversations(const sim::RunResult& run) : run_(run) {}

  void read() {
    for (Place place = 0; place < run_.packets.size(); ++place) {
      const sim::Packet& packet = run_.packets[place];
      const bool is_asked = sim::is_client_name(packet.src);
      if (!is_asked && !sim::is_client_name(packet.dest)) continue;
      try {
        if (is_asked) {
          ask(packet, place);
        } else {
          answer(packet, place);
        }
      } catch (const Error&) {
        continue;  // of another form, which others say
      }
    }
  }

  const std::vector<LowList>& low_lists() const { return low_lists_; }
  const std::vector<OldPoll>& old_polls() const { return old_polls_; }

 private:
  void ask(const sim::Packet& packet, Place place) {
    requests_.erase(packet.src);
    Request request{.node = packet.dest, .body = Body(packet), .asked = place};
    if (request.body.type == "poll") {
      for_each_offset(request.body.offsets, [&](std::string_view key, Offset from) {
        const auto sent = sent_.find({packet.dest, key});
        if (sent == sent_.end() || sent->second.first < from) return;
        const auto& [acknowledged, at] = sent->second;
        request.own = OldPoll{packet.dest, sent->first.second, from, acknowledged, at};
      });
      if (!request.own) return;
    }
    if (request.body.type == "commit_offsets") {
      for_each_offset(request.body.offsets, [&](std::string_view key, Offset offset) {
        commits_[std::string(key)].push_back({packet.dest, offset, place});
      });
    }
    requests_.emplace(packet.src, request);
  }

  void answer(const sim::Packet& packet, Place place) {
    const auto found = requests_.find(packet.dest);
    if (found == requests_.end() || found->second.node != packet.src) return;
    const Body reply(packet);
    const Request& request = found->second;
    if (reply.in_reply_to != request.body.msg_id) return;
    if (reply.type == "send_ok") {
      const auto offset = read_as<Offset>(reply.offset);
      auto& [highest, at] = sent_.try_emplace({packet.src, request.body.key}, offset, place).first->second;
      if (offset > highest) std::tie(highest, at) = std::pair(offset, place);
    } else if (reply.type == "commit_offsets_ok") {
      for_each_offset(request.body.offsets, [&](std::string_view key, Offset) { end_commit(key, request, place); });
    } else if (reply.type == "list_committed_offsets_ok") {
      judge_list(request, reply, place);
    } else if (reply.type == "poll_ok" && request.own && is_empty(reply)) {
      old_polls_.push_back(*request.own);
      old_polls_.back().answered = place;
    }
    requests_.erase(found);
  }

  void end_commit(std::string_view key, const Request& request, Place answered) {
    std::vector<Commit>& commits = commits_.find(key)->second;
    const auto commit = std::lower_bound(commits.begin(), commits.end(), request.asked,
                                         [](const Commit& each, Place place) { return each.asked < place; });
    commit->answered = answered;
  }

  /// Right is what a commit left that may have been the last one, and what is no lower than any that was acknowledged
  /// before: the former where a commit takes the place of another, the latter where offsets only grow.
  void judge_list(const Request& request, const Body& reply, Place answered) {
    std::map<std::string_view, Offset> listed;
    for_each_offset(reply.offsets, [&](std::string_view key, Offset offset) { listed[key] = offset; });
    codec::decode_array(given(request.body.keys), [&](std::string_view key_text) {
      const std::string_view key = unquoted(key_text);
      const auto of_key = commits_.find(key);
      if (of_key == commits_.end()) return;
      const Commit* highest = nullptr;
      Place last_asked = 0;
      for (const Commit& each : of_key->second) {
        if (each.answered >= request.asked) continue;
        if (highest == nullptr || each.offset >= highest->offset) highest = &each;
        last_asked = std::max(last_asked, each.asked);
      }
      if (highest == nullptr) return;
      const auto found = listed.find(key);
      const auto offset = found != listed.end() ? std::optional(found->second) : std::nullopt;
      const auto may_be_last = [&](const Commit& each) { return each.offset == offset && each.answered > last_asked; };
      const bool is_right = offset && (*offset >= highest->offset ||
                                       std::any_of(of_key->second.begin(), of_key->second.end(), may_be_last));
      if (!is_right) low_lists_.push_back({request.node, key, offset, *highest, request.asked, answered});
    });
  }

  static bool is_empty(const Body& reply) {
    bool is_empty = true;
    codec::decode_object(given(reply.msgs), [&](std::string_view, std::string_view messages) {
      codec::decode_array(messages, [&](std::string_view) { is_empty = false; });
    });
    return is_empty;
  }

  const sim::RunResult& run_;
  /// By client.
  std::unordered_map<std::string_view, Request> requests_;
  std::map<std::string, std::vector<Commit>, std::less<>> commits_;
  /// By node and key: the highest offset that the node acknowledged a send with, and where.
  std::map<std::pair<std::string_view, std::string_view>, std::pair<Offset, Place>> sent_;
  std::vector<LowList> low_lists_;
  std::vector<OldPoll> old_polls_;
};

/// Whether a message says something of an offset of a key.
bool tells(const sim::Packet& packet, std::string_view key, Offset offset) {
  if (packet.body.find(key) == std::string::npos) return false;
  bool has_key = false;
  bool has_offset = false;
  for (Tokens tokens(packet.body); tokens.next();) {
    has_key = has_key || unquoted(tokens.text()) == key;
    has_offset = has_offset || tokens.text() == std::to_string(offset);
  }
  return has_key && has_offset;
}

/// Of so many lists the plainest is told.
constexpr std::size_t looked_at = 50;

/// Words about the moments of a run.
class Teller {
 public:
  explicit Teller(const sim::RunResult& run) : run_(run) {}

  std::string text_of(const std::vector<LowList>& all) const {
    const auto has_reached_nobody = [this](const LowList& each) { return is_kept(each) && !is_asked(each); };
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), looked_at));
    const auto plainest = std::find_if(all.begin(), end, has_reached_nobody);
    const LowList& list = plainest == end ? all.front() : *plainest;
    const std::string lister(list.node);
    const std::string committer(list.commit.node);
    const bool is_own = lister == committer;
    std::string text = lister + " listed " + (list.listed ? std::to_string(*list.listed) : "nothing") +
                       " as committed of key " + std::string(list.key) + at(list.answered) + ", though " +
                       (is_own ? "it" : committer) + " had acknowledged a commit of " +
                       std::to_string(list.commit.offset) + at(list.commit.answered);
    if (!is_own && is_kept(list)) {
      text += ": " + committer + " had told nobody of it";
      if (!is_asked(list)) text += ", and " + lister + " asked nobody";
    }
    return text + one_of(all.size(), "list") + "; Maelstrom does not compare them";
  }

  std::string text_of(const std::vector<OldPoll>& all) const {
    const OldPoll& poll = all.front();
    return std::string(poll.node) + " answered a poll of key " + std::string(poll.key) + " from offset " +
           std::to_string(poll.from) + " with nothing" + at(poll.answered) + ", though it had acknowledged offset " +
           std::to_string(poll.acknowledged) + " itself" + at(poll.sent) +
           ": its polls show an older state than its sends" + one_of(all.size(), "poll") + "; Maelstrom lets polls lag";
  }

 private:
  /// Whether the node that acknowledged a commit had told nobody by when it was listed.
  bool is_kept(const LowList& list) const {
    return !is_sent(list.commit.node, list.commit.asked, list.answered,
                    [&](const sim::Packet& packet) { return tells(packet, list.key, list.commit.offset); });
  }
  /// Whether the node that listed it asked others for that.
  bool is_asked(const LowList& list) const {
    return is_sent(list.node, list.asked, list.answered, [](const sim::Packet&) { return true; });
  }
  /// Whether a node sent others such a message between two places.
  template <class Is>
  bool is_sent(std::string_view node, Place from, Place to, Is&& is) const {
    return std::any_of(run_.packets.begin() + static_cast<std::ptrdiff_t>(from),
                       run_.packets.begin() + static_cast<std::ptrdiff_t>(to), [&](const sim::Packet& packet) {
                         return packet.src == node && !sim::is_client_name(packet.dest) && is(packet);
                       });
  }
  /// When what stands at a place was sent.
  std::string at(Place place) const {
    const auto sent = std::find_if(run_.journal.begin(), run_.journal.end(), [place](const sim::JournalEntry& entry) {
      return entry.event == sim::JournalEntry::Event::send && entry.packet == place;
    });
    return sent == run_.journal.end() ? "" : " at " + seconds_text((sent->at - run_.started).count());
  }
  static std::string one_of(std::size_t count, const std::string& noun) {
    return count > 1 ? " (one of " + counted(count, noun) + ")" : "";
  }

  const sim::RunResult& run_;
};

}  // namespace

std::vector<std::string> remarks(const sim::RunResult& run) {
  const bool has_kills = std::any_of(run.fault_spans.begin(), run.fault_spans.end(),
                                     [](const sim::FaultSpan& span) { return span.fault == Fault::kill; });
  if (has_kills) return {};
  Conversations conversations(run);
  conversations.read();
  const Teller teller(run);
  std::vector<std::string> lines;
  if (!conversations.low_lists().empty()) lines.push_back(teller.text_of(conversations.low_lists()));
  if (!conversations.old_polls().empty()) lines.push_back(teller.text_of(conversations.old_polls()));
  return lines;
}

}  // namespace mznode::kafka
