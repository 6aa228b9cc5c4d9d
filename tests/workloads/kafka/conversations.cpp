#include "tests/workloads/kafka/conversations.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

namespace mznode::kafka {
namespace {

using nlohmann::json;
using Highest = std::map<std::string, std::int64_t>;

std::int64_t at_or_none(const Highest& highest, const std::string& key) {
  const auto found = highest.find(key);
  return found == highest.end() ? -1 : found->second;
}

void raise(Highest& highest, const std::string& key, std::int64_t offset) {
  std::int64_t& known = highest.try_emplace(key, offset).first->second;
  known = std::max(known, offset);
}

/// Calls `begin` with each conversation when it was asked, and `end` when it was answered, in the order of these events.
template <class Begin, class End>
void replay(std::vector<Conversation>& all, Begin&& begin, End&& end) {
  std::vector<Conversation*> by_asking;
  for (Conversation& each : all) by_asking.push_back(&each);
  std::sort(by_asking.begin(), by_asking.end(), [](const auto* a, const auto* b) { return a->asked < b->asked; });
  auto next = by_asking.begin();
  for (Conversation& answered : all) {
    for (; next != by_asking.end() && (*next)->asked < answered.answered; ++next) begin(**next);
    end(answered);
  }
}

std::string words(const Conversation& it, const std::string& key) {
  return "key " + key + " in answer " + std::to_string(it.answered) + " to " + it.request.dump() + ": " + it.reply.dump();
}

}  // namespace

std::vector<Conversation> conversations(const std::vector<sim::Packet>& packets) {
  std::map<std::tuple<std::string, std::string, std::int64_t>, Conversation> open;
  std::vector<Conversation> all;
  for (std::size_t place = 0; place < packets.size(); ++place) {
    const auto& [id, src, dest, text] = packets[place];
    if (!sim::is_client_name(src) && !sim::is_client_name(dest)) continue;
    json body = json::parse(text);
    if (sim::is_client_name(src)) {
      const std::string type = body.at("type");
      const std::int64_t msg_id = body.at("msg_id");
      open[{src, dest, msg_id}] = {type, std::move(body), {}, place, 0};
      continue;
    }
    const auto asked = open.find({dest, src, body.value("in_reply_to", std::int64_t{-1})});
    if (asked == open.end()) continue;
    if (body.at("type") != "error") {
      all.push_back(std::move(asked->second));
      all.back().reply = std::move(body);
      all.back().answered = place;
    }
    open.erase(asked);
  }
  return all;
}

std::vector<std::string> commits_that_go_back(const std::vector<sim::Packet>& packets) {
  auto all = conversations(packets);
  Highest asked_for;
  for (const auto& [id, src, dest, text] : packets) {
    if (!sim::is_client_name(src) || text.find("\"commit_offsets\"") == std::string::npos) continue;
    const json body = json::parse(text);
    for (const auto& [key, offset] : body.at("offsets").items()) raise(asked_for, key, offset);
  }
  Highest known;
  std::map<const Conversation*, Highest> known_before;
  std::vector<std::string> found;
  const auto begin = [&](const Conversation& it) {
    if (it.type == "list_committed_offsets") known_before[&it] = known;
  };
  const auto end = [&](const Conversation& it) {
    if (it.type == "commit_offsets") {
      for (const auto& [key, offset] : it.request.at("offsets").items()) raise(known, key, offset);
    } else if (it.type == "list_committed_offsets") {
      for (const std::string key : it.request.at("keys")) {
        const std::int64_t offset = it.reply.at("offsets").value(key, std::int64_t{-1});
        const bool is_wrong = offset < at_or_none(known_before[&it], key) || offset > at_or_none(asked_for, key);
        if (is_wrong) found.push_back(words(it, key));
        raise(known, key, offset);
      }
    }
  };
  replay(all, begin, end);
  return found;
}

std::vector<std::string> polls_with_gaps(const std::vector<sim::Packet>& packets) {
  std::vector<std::string> found;
  for (const Conversation& it : conversations(packets)) {
    if (it.type != "poll") continue;
    for (const auto& [key, messages] : it.reply.at("msgs").items()) {
      std::int64_t expected = it.request.at("offsets").at(key);
      for (const json& message : messages) {
        if (message.at(0) != expected++) found.push_back(words(it, key));
      }
    }
  }
  return found;
}

std::vector<std::string> stale_polls(const std::vector<sim::Packet>& packets) {
  auto all = conversations(packets);
  Highest sent;
  std::map<const Conversation*, Highest> sent_before;
  std::vector<std::string> found;
  const auto begin = [&](const Conversation& it) {
    if (it.type == "poll") sent_before[&it] = sent;
  };
  const auto end = [&](const Conversation& it) {
    if (it.type == "send") raise(sent, it.request.at("key"), it.reply.at("offset"));
    if (it.type != "poll") return;
    for (const auto& [key, from] : it.request.at("offsets").items()) {
      const auto& messages = it.reply.at("msgs");
      const bool is_empty = !messages.contains(key) || messages.at(key).empty();
      if (is_empty && at_or_none(sent_before[&it], key) >= from) found.push_back(words(it, key));
    }
    sent_before.erase(&it);
  };
  replay(all, begin, end);
  return found;
}

}  // namespace mznode::kafka
