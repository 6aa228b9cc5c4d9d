#include <gtest/gtest.h>

#include "broadcast/broadcast.hpp"
#include "tests/workloads/nodes.hpp"
#include "tests/workloads/trial.hpp"

// What the tests make of nodes that write null for an empty list, or answer something else than they were asked.
namespace mznode {
namespace {

Trial seconds_of(const char* workload) {
  return {.workload = workload, .nodes = 1, .concurrency_per_node = 2, .rate = 50, .time_limit = 4s};
}

check::Verdict as_upstream(const Trial& trial, const sim::Installer& install) {
  auto options = trial.options();
  options.compat_jepsen = true;
  const auto run = sim::simulate(find_workload(trial.workload).test, options, install);
  EXPECT_TRUE(run.malformed_replies.empty());
  return check::find_checker(trial.workload)->check(run.history, {.compat_jepsen = true});
}

bool names_another_answer(const check::Verdict& verdict) {
  return verdict.valid == check::Valid::no && to_details(verdict).contains("other-than-asked") &&
         to_details(verdict)["explanation"][0].get<std::string>().find("answers something else than was asked") !=
             std::string::npos;
}

/// A set whose reads have their elements, or null, in this field.
sim::Installer set_of_nulls(const std::string& field) {
  return [field](Node& node) -> std::shared_ptr<void> {
    auto elements = std::make_shared<std::vector<Json>>();
    node.on("topology", [] {});
    node.on("broadcast", [elements](broadcast::Broadcast request) { elements->push_back(request.message); });
    node.on("add", [elements](g_set::Add request) { elements->push_back(request.element); });
    node.on("read", [elements, field] {
      const std::string list = elements->empty() ? "null" : to_json(*elements).text();
      return Reply{"read_ok", Json::parse("{\"" + field + "\":" + list + "}")};
    });
    return nullptr;
  };
}

TEST(Replies, NullStandsForAnEmptyListOfASet) {
  for (const auto& [workload, field] : {std::pair("broadcast", "messages"), std::pair("g-set", "value")}) {
    const auto result = seconds_of(workload).run(set_of_nulls(field));
    EXPECT_TRUE(result.is_valid()) << to_details(result.workload).dump();
  }
}

/// Logs that answer polls with the object of messages that `messages` makes, and requests for committed offsets with
/// that of `offsets`.
template <class Messages>
sim::Installer logs(Messages messages, const std::string& offsets = "{}") {
  return [messages, offsets](Node& node) -> std::shared_ptr<void> {
    auto logs = std::make_shared<std::map<std::string, std::vector<Json>>>();
    node.on("send", [logs](kafka::Send request) {
      (*logs)[request.key].push_back(request.msg);
      return kafka::SendOk{static_cast<kafka::Offset>((*logs)[request.key].size()) - 1};
    });
    node.on("poll", [logs, messages](kafka::Poll request) {
      std::string text;
      for (const auto& [key, from] : request.offsets) {
        const auto& log = (*logs)[key];
        const auto at = static_cast<std::size_t>(from);
        text += (text.empty() ? "" : ",") + Json(key).text() + ":";
        text += at < log.size() ? "[[" + std::to_string(from) + "," + log[at].text() + "]]" : "null";
      }
      return Reply{"poll_ok", Json::parse("{\"msgs\":" + messages(text) + "}")};
    });
    node.on("commit_offsets", [] {});
    node.on("list_committed_offsets", [offsets] {
      return Reply{"list_committed_offsets_ok", Json::parse("{\"offsets\":" + offsets + "}")};
    });
    return nullptr;
  };
}

std::string as_asked(const std::string& members) {
  return "{" + members + "}";
}

Trial trial_of_logs() {
  Trial trial = seconds_of("kafka");
  trial.rate = 300;
  trial.time_limit = 6s;
  return trial;
}

TEST(Replies, NullStandsForAnEmptyListOfMessagesButForNoMap) {
  const auto result = trial_of_logs().run(logs(as_asked));
  EXPECT_TRUE(result.is_valid()) << to_details(result.workload).dump();
  const auto no_map = [](const std::string&) { return std::string("null"); };
  EXPECT_FALSE(trial_of_logs().run(logs(no_map)).run.malformed_replies.empty());
  EXPECT_FALSE(trial_of_logs().run(logs(as_asked, "null")).run.malformed_replies.empty());
}

TEST(Replies, MessagesThatAreNoListAreMalformed) {
  const auto node_of_maps = [](Node& node) -> std::shared_ptr<void> {
    node.on("topology", [] {});
    node.on("broadcast", [] {});
    node.on("read", [] { return Reply{"read_ok", Json::parse(R"({"messages":{"1":true}})")}; });
    return nullptr;
  };
  const auto result = seconds_of("broadcast").run(node_of_maps);
  ASSERT_FALSE(result.run.malformed_replies.empty());
  EXPECT_NE(result.run.malformed_replies[0].find("messages is no list; expected {\"type\": \"read_ok\""),
            std::string::npos);
}

/// Answers transactions with what `alter` makes of the true answer.
template <class Alter>
sim::Installer transactions(Alter alter) {
  return [alter](Node& node) -> std::shared_ptr<void> {
    auto values = std::make_shared<std::map<Json, Json>>();
    node.on("txn", [values, alter](txn::Txn request) {
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
      alter(request.txn);
      return request;
    });
    return nullptr;
  };
}

TEST(Replies, TransactionsThatWereNotAskedAreNamed) {
  using MicroOps = txn::MicroOps;
  const std::vector<std::function<void(MicroOps&)>> faults = {
      [](MicroOps& txn) { txn.clear(); },
      [](MicroOps& txn) { txn.pop_back(); },
      [](MicroOps& txn) { txn.push_back(txn.front()); },
      [](MicroOps& txn) { std::get<1>(txn.front()) = Json(70'000); },
      [](MicroOps& txn) { std::get<1>(txn.back()) = Json(std::get<1>(txn.back()).text()); },
      [](MicroOps& txn) { std::erase_if(txn, [](const auto& it) { return std::get<0>(it) != "r"; }); },
      [](MicroOps& txn) {
        for (auto& [function, key, value] : txn) {
          if (function != "r") value = Json(90'000);
        }
      },
  };
  for (const char* workload : {"txn-list-append", "txn-rw-register"}) {
    EXPECT_TRUE(seconds_of(workload).run(transactions([](MicroOps&) {})).is_valid()) << workload;
    for (std::size_t i = 0; i < faults.size(); ++i) {
      const auto result = seconds_of(workload).run(transactions(faults[i]));
      EXPECT_TRUE(names_another_answer(result.workload)) << workload << " " << i;
    }
  }
  EXPECT_EQ(to_details(as_upstream(seconds_of("txn-rw-register"), transactions(faults[1]))).count("other-than-asked"),
            0u);
}

TEST(Replies, ElementsThatNobodySentAreNamedUnlessUpstreamIsFollowed) {
  const auto garbage = [](Node& node) -> std::shared_ptr<void> {
    auto elements = std::make_shared<std::vector<Json>>();
    node.on("add", [elements](g_set::Add request) { elements->push_back(request.element); });
    node.on("read", [elements] {
      g_set::ReadOk reply{*elements};
      reply.value.push_back(Json(123'456));
      return reply;
    });
    return nullptr;
  };
  const auto result = seconds_of("g-set").run(garbage);
  EXPECT_EQ(result.workload.valid, check::Valid::no);
  EXPECT_EQ(to_details(result.workload)["unexpected"].dump(), "[123456]");
  EXPECT_EQ(as_upstream(seconds_of("g-set"), garbage).valid, check::Valid::yes);
}

TEST(Replies, KeysOfLogsThatWereNotAskedAreNamed) {
  const auto with_another = [](const std::string& members) {
    return "{" + members + (members.empty() ? "" : ",") + R"("900":[]})";
  };
  const std::pair<sim::Installer, const char*> cases[] = {
      {logs(with_another), "poll of the keys"}, {logs(as_asked, R"({"900":1})"), "list_committed_offsets of the keys"}};
  for (const auto& [node, request] : cases) {
    const auto result = trial_of_logs().run(node);
    ASSERT_FALSE(result.run.malformed_replies.empty()) << request;
    const std::string told = "answers something else than was asked: " + std::string(request);
    EXPECT_NE(result.run.malformed_replies[0].find(told), std::string::npos) << result.run.malformed_replies[0];
    as_upstream(trial_of_logs(), node);
  }
}

}  // namespace
}  // namespace mznode
