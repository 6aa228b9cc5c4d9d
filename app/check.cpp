#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "app/commands.hpp"
#include "app/summary.hpp"
#include "core/check/registry.hpp"

namespace mznode::app {
namespace {

struct CheckCommand {
  std::string workload;
  std::vector<std::string> files;
  std::string compat;
  bool strict_null_reads = false;
  check::SearchLimits limits;
  std::size_t search_memory_mib = limits.bytes >> 20;
  bool verbose = false;
};

std::string known_checkers() {
  std::string names;
  for (const check::Checker& checker : check::checkers()) names += (names.empty() ? "" : ", ") + std::string(checker.name);
  return names;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path);
  return text.str();
}

/// Judges one file and prints its line. A file that cannot be judged is unknown.
check::Valid judge_file(const check::Checker& checker, const std::string& path, const CheckCommand& command) {
  check::CheckOptions options;
  options.compat_jepsen = command.compat == "jepsen";
  options.strict_null_reads = command.strict_null_reads;
  options.explain = command.verbose;
  options.limits = {.steps = command.limits.steps, .bytes = command.search_memory_mib << 20};
  check::Valid valid = check::Valid::unknown;
  std::string details;
  try {
    check::Verdict verdict = checker.check(check::read_history(read_file(path)), options);
    valid = verdict.valid;
    for (const auto& line : verdict.details.value("explanation", nlohmann::ordered_json::array())) {
      details += line.get<std::string>() + "\n";
    }
    verdict.details.erase("explanation");
    details += verdict.details.dump(2) + "\n";
  } catch (const std::runtime_error& error) {
    std::cerr << "mznode check: " << path << ": " << error.what() << "\n";
  }
  std::cout << path << '\t' << (valid == check::Valid::yes ? "true" : valid == check::Valid::no ? "false" : "unknown") << '\n';
  if (command.verbose) std::cout << details;
  return valid;
}

}  // namespace

int run_check(const Arguments& arguments) {
  CheckCommand command;
  CLI::App app("Judges recorded histories: Jepsen's EDN or JSON lines. Prints FILE<TAB>true|false|unknown a line.");
  app.name("mznode check");
  app.add_option("-w,--workload", command.workload, "a workload, or a checker's own name: " + known_checkers())->required();
  app.add_option("files", command.files, "the histories")->required();
  app.add_option("--compat", command.compat, "jepsen: judge as upstream does where this program is stricter")
      ->check(CLI::IsMember({"jepsen"}));
  app.add_flag("--strict-null-reads", command.strict_null_reads,
               "lin-kv, cas-register: a read of null says that nothing was written; Knossos believes every such read");
  app.add_option("--search-steps", command.limits.steps, "lin-kv, cas-register: give up on a key after so many steps")
      ->capture_default_str();
  app.add_option("--search-memory", command.search_memory_mib, "the same after so many MiB")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20))
      ->capture_default_str();
  app.add_flag("-v,--verbose", command.verbose, "print what each verdict rests on");
  try {
    app.parse(Arguments(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return exit_valid;
  } catch (const CLI::ParseError& error) {
    std::cerr << "mznode check: " << error.what() << "\n";
    return exit_usage;
  }
  const check::Checker* checker = check::find_checker(command.workload);
  if (checker == nullptr) {
    std::cerr << "mznode check: there is no checker for " << command.workload << "; choose one of " << known_checkers() << "\n";
    return exit_usage;
  }
  check::Valid worst = check::Valid::yes;
  for (const auto& file : command.files) worst = check::worst(worst, judge_file(*checker, file, command));
  return exit_code(worst);
}

}  // namespace mznode::app
