// Judges the labelled histories of transactions that lie next to the source tree, where they do.

#include <gtest/gtest.h>

#include <iostream>

#include "mznode/check/registry.hpp"
#include "tests/check/labels.hpp"
#include "tests/check/transactions/transactions.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

struct Tally {
  std::size_t verdicts = 0;
  std::size_t anomalies = 0;
};

/// Elle gives examples, so what it found must be among what is found here. That some cycle exists which a model forbids
/// it says where it finds none in time, so there a cycle may be found.
void expect_anomalies(const ordered_json& expected, const Verdict& verdict, Tally& tally) {
  const ordered_json types = to_details(verdict).value("anomaly-types", ordered_json::array());
  txn::Names found;
  for (const ordered_json& type : types) found.insert(type.get_ref<const std::string&>());
  const txn::Names impossible = txn::impossible_models(found);
  for (const ordered_json& anomaly : expected) {
    if (impossible.contains(txn::model_of_cycle_exists(anomaly.get_ref<const std::string&>()))) continue;
    EXPECT_TRUE(std::find(types.begin(), types.end(), anomaly) != types.end()) << anomaly << " is not among " << types;
    ++tally.anomalies;
  }
}

/// With linearizable-keys, Elle 0.2.2 finds cyclic versions in these histories, which have none: a bug that was mended
/// since (see core/check/compat/elle_followers.hpp). `--compat jepsen` finds them, too.
bool rests_on_upstream_bug(const ordered_json& label) {
  static const std::set<std::string> files = {
      "txn/rw-0008.edn", "txn/rw-0025.edn", "txn/rw-0027.edn", "txn/rw-0040.edn", "txn/rw-0050.edn", "txn/rw-0053.edn",
      "txn/rw-0071.edn", "txn/rw-0076.edn", "txn/rw-0090.edn", "txn/rw-0126.edn", "txn/rw-0141.edn"};
  return files.contains(label["file"].get<std::string>());
}

/// Transactions of these read nil and then a value, which Elle 0.2.2 calls nothing and 0.2.7 internal.
bool reads_a_value_after_nil(const ordered_json& label) {
  return label["file"] == "txn/rw-0113.edn";
}

void check_model(const ordered_json& label, const History& history, CheckOptions options, const std::string& model,
                 const ordered_json& valid, const ordered_json* anomalies, Tally& tally) {
  SCOPED_TRACE(model);
  options.consistency_models = ConsistencyModels::parse(model);
  if (reads_a_value_after_nil(label)) {
    const Verdict today = find_checker(label["model"].get<std::string>())->check(history, options);
    const bool is_forbidden = txn::prohibited_anomalies(options.consistency_models).contains("internal");
    EXPECT_EQ(types(today).contains("internal"), is_forbidden && !options.compat_jepsen);
    options.compat_elle_0_2_2 = true;
  }
  const Verdict verdict = find_checker(label["model"].get<std::string>())->check(history, options);
  if (options.assume.linearizable_keys && !options.compat_jepsen && rests_on_upstream_bug(label)) {
    EXPECT_FALSE(types(verdict).contains("cyclic-versions"));
    return;
  }
  EXPECT_EQ(to_details(verdict.valid), valid) << to_details(verdict).dump(1).substr(0, 4000);
  if (anomalies != nullptr) expect_anomalies(*anomalies, verdict, tally);
  ++tally.verdicts;
}

void check_label(const ordered_json& label, const History& history, Tally& tally) {
  const CheckOptions as_elle{.complete = CompleteCheck::left_out};
  for (const auto& [model, valid] : label["verdicts"].items()) {
    const auto& by_model = label["anomalies_by_model"];
    check_model(label, history, as_elle, model, valid, by_model.contains(model) ? &by_model[model] : nullptr, tally);
  }
  if (!label.contains("options")) return;
  for (const auto& [name, expected] : label["options"].items()) {
    SCOPED_TRACE(name);
    CheckOptions options = as_elle;
    options.assume = {.wfr_keys = name == "wfr-keys",
                      .sequential_keys = name == "sequential-keys",
                      .linearizable_keys = name == "linearizable-keys"};
    for (const auto& [model, valid] : expected["verdicts"].items()) {
      const bool is_strict = model == "strict-serializable";
      const ordered_json* anomalies = is_strict ? &expected["anomalies"] : nullptr;
      check_model(label, history, options, model, valid, anomalies, tally);
      if (!options.assume.linearizable_keys) continue;
      CheckOptions as_upstream = options;
      as_upstream.compat_jepsen = true;
      check_model(label, history, as_upstream, model, valid, anomalies, tally);
    }
  }
}

TEST(LabelledTransactions, VerdictsAndAnomaliesAgree) {
  const fs::path histories = find_histories();
  if (histories.empty()) {
    std::cout << "no ../shared/histories: nothing to compare\n";
    return;
  }
  Tally tally;
  for (const ordered_json& label : read_labels(histories)) {
    if (!label.contains("anomalies_by_model")) continue;
    const fs::path file = histories / label["file"].get<std::string>();
    SCOPED_TRACE(label["file"]);
    check_label(label, read_history(contents(file)), tally);
    check_label(label, read_history(contents(fs::path(file).replace_extension(".jsonl"))), tally);
  }
  std::cout << tally.verdicts << " verdicts and " << tally.anomalies << " anomalies compared\n";
  EXPECT_GT(tally.verdicts, 0u);
}

}  // namespace
}  // namespace mznode::check
