// Judges the labelled histories that lie next to the source tree, where they do.

#include <gtest/gtest.h>

#include <iostream>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"
#include "mznode/check/registry.hpp"
#include "tests/check/labels.hpp"

namespace mznode::check {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

ordered_json values_of(const ordered_json& operations) {
  ordered_json values = ordered_json::array();
  for (const ordered_json& operation : operations) values.push_back(operation["value"]);
  return values;
}

/// Compares what the label says about details of the checker `name`.
void expect_details(const ordered_json& expected, const ordered_json& details, const std::string& name) {
  for (const auto& [key, value] : expected.items()) {
    if (key == "bad" && name == "pn-counter") {
      EXPECT_EQ(values_of(details["errors"]), value);
    }
    if (key == "errors" && name != "counter") continue;
    if (details.contains(key)) {
      EXPECT_EQ(details[key], value) << key;
    }
  }
  if (name == "set-full") {
    EXPECT_TRUE(details.contains("lost-count") && details.contains("stale"));
  }
}

void expect_keys(const ordered_json& expected, const ordered_json& results) {
  EXPECT_EQ(results.size(), expected.size());
  for (const auto& [key, valid] : expected.items()) EXPECT_EQ(results[key]["valid?"], valid) << key;
}

/// The number of verdicts that were compared.
std::size_t check_label(const ordered_json& label, const std::string& text) {
  struct Case {
    const char* verdict;
    const char* checker;  // null for the one named as the model
    CheckOptions options;
  };
  static const Case cases[] = {
      {"set-full", "set-full", {}},     {"set-full-linearizable", "set-full", {.linearizable = true}},
      {"pn-counter", "pn-counter", {}}, {"counter", "counter", {}},
      {"unique-ids", "unique-ids", {}}, {"linearizable", nullptr, {}}};
  std::size_t compared = 0;
  for (const Case& known : cases) {
    if (!label["verdicts"].contains(known.verdict)) continue;
    const std::string checker = known.checker != nullptr ? known.checker : label["model"];
    const History history = read_history(text);
    for (const bool compat_jepsen : {false, true}) {
      CheckOptions options = known.options;
      options.compat_jepsen = compat_jepsen;
      const Verdict verdict = find_checker(checker)->check(history, options);
      EXPECT_EQ(to_details(verdict.valid), label["verdicts"][known.verdict]) << known.verdict << to_details(verdict);
      if (label.contains("detail")) expect_details(label["detail"], to_details(verdict), checker);
      if (label.contains("keys")) expect_keys(label["keys"], to_details(verdict)["results"]);
    }
    ++compared;
  }
  return compared;
}

TEST(LabelledHistories, VerdictsAgree) {
  const fs::path histories = find_histories();
  if (histories.empty()) {
    std::cout << "no ../shared/histories: nothing to compare\n";
    return;
  }
  std::size_t compared = 0;
  for (const ordered_json& label : read_labels(histories)) {
    const fs::path file = histories / label["file"].get<std::string>();
    SCOPED_TRACE(label["file"]);
    compared += check_label(label, contents(file));
    if (file.extension() != ".edn") continue;
    compared += check_label(label, contents(fs::path(file).replace_extension(".jsonl")));
  }
  std::cout << compared << " verdicts compared\n";
  EXPECT_GT(compared, 0u);
}

TEST(LabelledHistories, BothFormsReadAlikeAndAreWrittenAsTheyWere) {
  const fs::path histories = find_histories();
  if (histories.empty()) return;
  for (const ordered_json& label : read_labels(histories)) {
    const fs::path file = histories / label["file"].get<std::string>();
    SCOPED_TRACE(label["file"]);
    if (file.extension() != ".edn") {
      EXPECT_FALSE(read_history(contents(file)).empty());
      continue;
    }
    const std::string edn = contents(file);
    const std::string jsonl = contents(fs::path(file).replace_extension(".jsonl"));
    EXPECT_EQ(write_jsonl(read_history(edn)), jsonl);
    EXPECT_EQ(write_jsonl(read_history(jsonl)), jsonl);
    // JSON tells neither sets nor keys that are no strings, which the note :unseen of kafka's generator has.
    if (edn.find("#{") == std::string::npos && edn.find(":unseen") == std::string::npos) {
      EXPECT_EQ(write_edn(read_history(jsonl)), edn);
    }
    EXPECT_EQ(write_jsonl(read_history(write_edn(read_history(edn)))), jsonl);
  }
}

}  // namespace
}  // namespace mznode::check
