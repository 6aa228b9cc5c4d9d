// Judges the labelled histories of logs that lie next to the source tree, where they do.

#include <gtest/gtest.h>

#include <iostream>

#include "mznode/check/registry.hpp"
#include "tests/check/labels.hpp"

namespace mznode::check {
namespace {

TEST(LabelledLogs, VerdictsAndErrorsAgree) {
  const std::filesystem::path histories = find_histories();
  if (histories.empty()) {
    std::cout << "no ../shared/histories: nothing to compare\n";
    return;
  }
  std::size_t compared = 0;
  for (const auto& label : read_labels(histories)) {
    if (label["model"] != "kafka") continue;
    SCOPED_TRACE(label["file"]);
    for (const char* form : {".edn", ".jsonl"}) {
      const auto file = (histories / label["file"].get<std::string>()).replace_extension(form);
      const Verdict verdict = find_checker("kafka")->check(read_history(contents(file)), {});
      EXPECT_EQ(to_details(verdict.valid), label["verdicts"]["kafka"]) << to_details(verdict).dump(1).substr(0, 4000);
      EXPECT_EQ(to_details(verdict)["error-types"], label["errors"]);
      EXPECT_EQ(to_details(verdict)["bad-error-types"], label["anomalies"]);
      ++compared;
    }
  }
  std::cout << compared << " verdicts compared\n";
  EXPECT_GT(compared, 0u);
}

}  // namespace
}  // namespace mznode::check
