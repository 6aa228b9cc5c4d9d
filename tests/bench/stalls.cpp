// How a hiccup of the machine shows in broadcast's latencies: `stalls [SEEDS] [OPTION=VALUE]...`. The figures of 25
// nodes that are 100 ms apart, with windows of 396 and of 1600 ms, when everything, the network, or one node after
// another stands still for a moment again and again. The means and the worst of some seeds; the options are the
// strategy's.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>

#include "tests/workloads/dissemination/stalled_run.hpp"

namespace mznode::stalls {
namespace {

struct Limits {
  const char* what;
  std::map<std::string, std::string> options;
  double messages_per_operation;
  double median_ms;
  double max_ms;
};

const std::vector<Limits> tests = {{"3d", {}, 1.10, 400, 600}, {"3e", {{"flush-ms", "1600"}}, 0.33, 1000, 2000}};

const char* name_of(What what) {
  switch (what) {
    case What::host: return "the machine";
    case What::network: return "the network";
    case What::node: return "single nodes";
  }
  return "";
}

void measure(const Limits& test, std::map<std::string, std::string> options, const Stalls& stalls,
             std::uint64_t seeds) {
  options.insert(test.options.begin(), test.options.end());
  Figures mean;
  Figures worst;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Figures figures = broadcast_figures("star", options, stalls, seed);
    worst.is_valid = worst.is_valid && figures.is_valid;
    mean.messages_per_operation += figures.messages_per_operation / static_cast<double>(seeds);
    mean.max_ms += figures.max_ms / static_cast<double>(seeds);
    worst.messages_per_operation = std::max(worst.messages_per_operation, figures.messages_per_operation);
    worst.median_ms = std::max(worst.median_ms, figures.median_ms);
    worst.max_ms = std::max(worst.max_ms, figures.max_ms);
  }
  const bool is_met = worst.is_valid && worst.messages_per_operation <= test.messages_per_operation &&
                      worst.median_ms <= test.median_ms && worst.max_ms <= test.max_ms;
  std::printf("%-4s %-13s %4lld ms  %5.2f %5.2f  %6.0f  %6.0f %6.0f  %s\n", test.what, name_of(stalls.what),
              static_cast<long long>(stalls.length / 1ms), mean.messages_per_operation, worst.messages_per_operation,
              worst.median_ms, mean.max_ms, worst.max_ms,
              is_met           ? "met"
              : worst.is_valid ? "NOT met"
                               : "NOT VALID");
}

int run(int argc, char** argv) {
  std::uint64_t seeds = 10;
  std::map<std::string, std::string> options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      seeds = static_cast<std::uint64_t>(std::max(1, std::stoi(word)));
    } else {
      options[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  std::printf("test stalls of          msgs/op: mean, worst; median; max: mean, worst (ms)\n");
  for (const Limits& test : tests) {
    measure(test, options, {}, seeds);
    for (const What what : {What::host, What::network, What::node}) {
      const Duration mean_pause = what == What::node ? 5s : 1s;
      for (const Duration length : {20ms, 50ms, 100ms}) measure(test, options, {what, length, mean_pause}, seeds);
    }
  }
  return 0;
}

}  // namespace
}  // namespace mznode::stalls

int main(int argc, char** argv) {
  try {
    return mznode::stalls::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "stalls: " << error.what() << '\n';
    return 1;
  }
}
