#include "mznode/check/txn/models.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace mznode::check {
namespace {

using txn::Names;

Names prohibited(std::string_view models) {
  return txn::prohibited_anomalies(ConsistencyModels::parse(models));
}

std::string refusal(std::string_view models) {
  try {
    ConsistencyModels::parse(models);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(ConsistencyModels, AreSplitAtCommasWithOrWithoutBlanks) {
  EXPECT_EQ(ConsistencyModels().text(), "strict-serializable");
  EXPECT_EQ(ConsistencyModels::parse("serializable,read-atomic").text(), "read-atomic,serializable");
  EXPECT_EQ(ConsistencyModels::parse(" read-atomic , :serializable,"),
            ConsistencyModels::parse("serializable,read-atomic"));
}

TEST(ConsistencyModels, UnknownNamesAreRefusedInOneLineWithTheNearest) {
  const std::string text = refusal("serializable,read-comitted");
  EXPECT_TRUE(text.starts_with("no consistency model is called read-comitted; did you mean read-committed?"));
  EXPECT_NE(refusal("xyzzy").find("strong-session-snapshot-isolation"), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_FALSE(refusal(" , ").empty());
}

TEST(ConsistencyModels, ForbidWhatWeakerOnesForbidAndWhatImpliesIt) {
  EXPECT_TRUE(prohibited("read-uncommitted").contains("G0"));
  EXPECT_FALSE(prohibited("read-uncommitted").contains("G1a"));
  EXPECT_TRUE(prohibited("read-committed").contains("incompatible-order"));
  EXPECT_TRUE(prohibited("repeatable-read").contains("G2-item"));
  EXPECT_FALSE(prohibited("snapshot-isolation").contains("G2-item"));
  EXPECT_TRUE(prohibited("snapshot-isolation").contains("G-single-item"));
  EXPECT_FALSE(prohibited("serializable").contains("G-single-item-process"));
  EXPECT_TRUE(prohibited("strong-session-snapshot-isolation").contains("G-single-item-process"));
  EXPECT_FALSE(prohibited("strong-session-serializable").contains("G0-realtime"));
  EXPECT_TRUE(prohibited("strict-serializable").contains("G2-item-realtime"));
  EXPECT_TRUE(prohibited("causal-cerone").contains("future-read"));
  EXPECT_EQ(prohibited("serializable"), prohibited("PL-3"));
}

TEST(ConsistencyModels, ThatForbidNothingAreNamedWithWhatImpliesThem) {
  const auto unchecked = [](std::string_view models) {
    return ConsistencyModels::parse(models).unchecked(false).value_or("");
  };
  for (const std::string_view model :
       {"linearizable", "sequential", "causal", "PRAM", "read-your-writes", "monotonic-reads", "monotonic-writes",
        "writes-follow-reads", "session-serializable", "1SR"}) {
    EXPECT_EQ(unchecked(model), "nothing is checked behind the consistency model " + std::string(model) +
                                    " of transactions; ask for strict-serializable, which implies it");
  }
  EXPECT_NE(unchecked("serializable,view-serializable").find("ask for serializable,"), std::string::npos);
  for (const std::string_view model :
       {"strict-serializable", "read-uncommitted", "causal-cerone", "PL-MSR", "prefix"}) {
    EXPECT_EQ(unchecked(model), "") << model;
  }
  // No model that holds for every history gets by without a name.
  for (const std::string_view model : ConsistencyModels::known()) {
    EXPECT_EQ(prohibited(model).empty(), !unchecked(model).empty()) << model;
  }
}

TEST(ConsistencyModels, TheBoundaryOfWhatIsRuledOut) {
  const txn::Boundary skew = txn::ruled_out({"G2-item"});
  EXPECT_EQ(skew.weakest, Names{"repeatable-read"});
  EXPECT_EQ(skew.stronger, (Names{"serializable", "strict-serializable", "strong-session-serializable"}));
  EXPECT_EQ(txn::ruled_out({"G-single-item-realtime"}).weakest, Names{"strong-snapshot-isolation"});
  EXPECT_TRUE(txn::ruled_out({}).weakest.empty());
}

TEST(ConsistencyModels, TheStrongestThatAnomaliesLeave) {
  using Models = std::vector<std::string_view>;
  EXPECT_EQ(txn::strongest_models({}), Models{"strict-serializable"});
  EXPECT_EQ(txn::strongest_models({"G-single-item-realtime"}),
            (Models{"strong-session-serializable", "strong-read-committed"}));
  EXPECT_EQ(txn::strongest_models({"G-single-item-process"}), (Models{"serializable", "strong-read-committed"}));
  EXPECT_EQ(txn::strongest_models({"G2-item"}), Models{"strong-snapshot-isolation"});
  EXPECT_EQ(txn::strongest_models({"G1a"}), Models{"strong-read-uncommitted"});
  EXPECT_EQ(txn::strongest_models({"G0"}), Models{});
  EXPECT_EQ(txn::common_models({"serializable"}, {"strong-snapshot-isolation"}), Models{"snapshot-isolation"});
  EXPECT_EQ(txn::common_models({"strict-serializable"}, {}), Models{});
}

}  // namespace
}  // namespace mznode::check
