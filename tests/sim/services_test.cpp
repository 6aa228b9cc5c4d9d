#include "mznode/sim/services.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace mznode::sim {
namespace {

/// Asks a service as a client of the given name and returns the body of its answer.
nlohmann::json ask(Service& service, const std::string& src, const nlohmann::json& body) {
  Message request;
  request.src = src;
  request.dest = "service";
  request.type = body.at("type").get<std::string>();
  request.body = Json::from(body);
  const std::string answer = service.handle(request);
  return answer.empty() ? nlohmann::json() : nlohmann::json::parse(answer);
}

nlohmann::json read(Service& service, const std::string& src, const nlohmann::json& key) {
  return ask(service, src, {{"type", "read"}, {"key", key}});
}
nlohmann::json write(Service& service, const std::string& src, const nlohmann::json& key, const nlohmann::json& value) {
  return ask(service, src, {{"type", "write"}, {"key", key}, {"value", value}});
}
nlohmann::json cas(Service& service, const nlohmann::json& key, const nlohmann::json& from, const nlohmann::json& to) {
  return ask(service, "n1", {{"type", "cas"}, {"key", key}, {"from", from}, {"to", to}});
}

/// The value that a read shows; null when there is no such key.
nlohmann::json value_of(Service& service, const std::string& src, const nlohmann::json& key) {
  const auto answer = read(service, src, key);
  return answer.contains("value") ? answer["value"] : nlohmann::json();
}

TEST(LinKv, ReadsWritesAndComparesAsUpstreamDoes) {
  const auto kv = linearizable_kv();
  EXPECT_EQ(read(*kv, "n1", "x"), (nlohmann::json{{"type", "error"}, {"code", 20}, {"text", "key does not exist"}}));
  EXPECT_EQ(write(*kv, "n1", "x", 1), (nlohmann::json{{"type", "write_ok"}}));
  EXPECT_EQ(read(*kv, "n2", "x"), (nlohmann::json{{"type", "read_ok"}, {"value", 1}}));
  const auto mismatch = cas(*kv, "x", 2, 3);
  EXPECT_EQ(mismatch["code"], 22);
  EXPECT_EQ(mismatch["text"], "current value 1 is not 2");
  EXPECT_EQ(cas(*kv, "x", 1, 3), (nlohmann::json{{"type", "cas_ok"}}));
  EXPECT_EQ(value_of(*kv, "n1", "x"), 3);
  EXPECT_EQ(cas(*kv, "y", 0, 1)["code"], 20);
}

TEST(LinKv, CreatesWithACasThatSaysSoWhateverItExpects) {
  const auto kv = linearizable_kv();
  const nlohmann::json create = {{"type", "cas"}, {"key", "x"}, {"from", 7}, {"to", 1}, {"create_if_not_exists", true}};
  EXPECT_EQ(ask(*kv, "n1", create)["type"], "cas_ok");
  EXPECT_EQ(ask(*kv, "n1", create)["code"], 22);
  EXPECT_EQ(value_of(*kv, "n1", "x"), 1);
}

TEST(LinKv, KeysAndValuesAreAnyJsonAndComparedByValue) {
  const auto kv = linearizable_kv();
  write(*kv, "n1", {{"a", 1}, {"b", 2}}, {1, nullptr, "x"});
  EXPECT_EQ(value_of(*kv, "n1", {{"b", 2}, {"a", 1}}), (nlohmann::json{1, nullptr, "x"}));
  write(*kv, "n1", 1, "one");
  EXPECT_EQ(read(*kv, "n1", "1")["code"], 20);
  EXPECT_EQ(read(*kv, "n1", 1.0)["code"], 20);
  write(*kv, "n1", "nothing", nullptr);
  EXPECT_EQ(read(*kv, "n1", "nothing")["type"], "read_ok");
}

TEST(LinKv, DoesNotAnswerWhatItDoesNotKnow) {
  const auto kv = linearizable_kv();
  EXPECT_TRUE(ask(*kv, "n1", {{"type", "delete"}, {"key", "x"}}).is_null());
}

TEST(SeqKv, ReadsOfAnotherClientMayBeStaleButNeverGoBack) {
  bool was_stale = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto kv = sequential_kv(seed);
    std::int64_t last = 0;
    for (int i = 1; i <= 20; ++i) {
      write(*kv, "writer", "x", i);
      const auto seen = value_of(*kv, "reader", "x");
      const std::int64_t value = seen.is_null() ? 0 : seen.get<std::int64_t>();
      EXPECT_GE(value, last);
      was_stale = was_stale || value < i;
      last = value;
    }
    EXPECT_EQ(value_of(*kv, "writer", "x"), 20) << "a client sees its own writes";
  }
  EXPECT_TRUE(was_stale);
}

TEST(SeqKv, AReadAfterTheLastWriteMayStillBeStale) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto kv = sequential_kv(seed);
    write(*kv, "writer", "x", 1);
    seen.insert(read(*kv, "reader", "x").dump());
  }
  EXPECT_EQ(seen.size(), 2u);
}

TEST(SeqKv, AWriteOfANewValueForcesRecency) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto kv = sequential_kv(seed);
    for (int i = 1; i <= 10; ++i) write(*kv, "writer", "x", i);
    write(*kv, "reader", "unique", static_cast<int>(seed));
    EXPECT_EQ(value_of(*kv, "reader", "x"), 10);
  }
}

TEST(SeqKv, AWriteThatChangesNothingInAnOldStateRunsThere) {
  // The key does not exist in the first state, so whatever a cas expects, it fails there with 20.
  bool failed_in_the_past = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto kv = sequential_kv(seed);
    write(*kv, "writer", "x", 1);
    const auto answer = cas(*kv, "x", 1, 2);
    failed_in_the_past = failed_in_the_past || answer.value("code", 0) == 20;
  }
  EXPECT_TRUE(failed_in_the_past);
}

TEST(SeqKv, BehindTheRingReadsWrapToNewerStatesAndMayGoBack) {
  bool went_back = false;
  for (std::uint64_t seed = 0; seed < 50 && !went_back; ++seed) {
    const auto kv = sequential_kv(seed);
    for (int i = 1; i <= 200; ++i) write(*kv, "writer", "x", i);
    // 200 states behind: the 32 that are left all show 169 to 200.
    std::int64_t last = 0;
    for (int i = 0; i < 20; ++i) {
      const auto seen = value_of(*kv, "reader", "x");
      ASSERT_FALSE(seen.is_null());
      EXPECT_GE(seen.get<std::int64_t>(), 169);
      went_back = went_back || seen.get<std::int64_t>() < last;
      last = seen.get<std::int64_t>();
    }
  }
  EXPECT_TRUE(went_back);
}

TEST(LwwKv, ReadsMayGoBackAndAreTheLastWriteInTheEnd) {
  bool went_back = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto kv = eventual_kv(seed);
    std::int64_t last = 0;
    for (int i = 1; i <= 20; ++i) {
      write(*kv, "n1", "x", i);
      const auto seen = value_of(*kv, "n1", "x");
      const std::int64_t value = seen.is_null() ? 0 : seen.get<std::int64_t>();
      went_back = went_back || value < last;
      last = value;
    }
    // Reads merge the replicas at random, so that after enough of them both agree.
    std::set<std::string> final_values;
    for (int i = 0; i < 50; ++i) value_of(*kv, "n1", "x");
    for (int i = 0; i < 20; ++i) final_values.insert(value_of(*kv, "n1", "x").dump());
    EXPECT_EQ(final_values.size(), 1u);
  }
  EXPECT_TRUE(went_back);
}

TEST(LwwKv, PaysNoAttentionToCreateIfNotExists) {
  const auto kv = eventual_kv(1);
  const nlohmann::json create = {{"type", "cas"}, {"key", "x"}, {"from", 7}, {"to", 1}, {"create_if_not_exists", true}};
  EXPECT_EQ(ask(*kv, "n1", create)["code"], 20);
}

TEST(LinTso, CountsFromZero) {
  const auto tso = timestamp_oracle();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ask(*tso, "n" + std::to_string(i % 2), {{"type", "ts"}}), (nlohmann::json{{"type", "ts_ok"}, {"ts", i}}));
  }
  EXPECT_TRUE(ask(*tso, "n1", {{"type", "read"}, {"key", 1}}).is_null());
}

TEST(Services, HaveMaelstromsNames) {
  std::vector<std::string> names;
  for (const auto& [name, service] : default_services(0)) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"lin-kv", "lin-tso", "lww-kv", "seq-kv"}));
}

}  // namespace
}  // namespace mznode::sim
