#include <filesystem>
#include <functional>
#include <iostream>
#include <system_error>

#include "command_line.hpp"
#include "input_file.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"
#include "report/history_page.hpp"
#include "store.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "test_options.hpp"

namespace mznode::app {
namespace {

struct CheckCommand {
  std::string workload;
  std::vector<std::string> files;
  std::string compat;
  bool complete = false;
  bool strict_null_reads = false;
  check::SearchLimits limits;
  std::size_t search_memory_mib = limits.bytes >> 20;
  std::size_t max_file_size_mib = 1024;
  std::string initial_value;
  std::string consistency_models;
  std::vector<std::string> assume;
  bool verbose = false;
  /// Where to write a page about the history; empty for none.
  std::string page;
  /// What was typed.
  std::string typed;
};

std::vector<std::string_view> checker_names() {
  std::vector<std::string_view> names;
  for (const check::Checker& checker : check::checkers()) names.push_back(checker.name);
  return names;
}

std::string known_checkers() {
  std::string names;
  for (const std::string_view name : checker_names()) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

const std::vector<std::string> assumptions = {"wfr-keys", "sequential-keys", "linearizable-keys"};

Json initial_value_of(const std::string& text) {
  try {
    return Json::parse(text);
  } catch (const Error&) {
    throw std::invalid_argument("--initial-value takes a JSON value, such as 0 or '\"a\"', not " + text);
  }
}

/// Throws std::invalid_argument for a model that is not known, and for an initial value that is no JSON.
check::CheckOptions check_options_of(const CheckCommand& command) {
  check::CheckOptions options;
  options.compat_jepsen = command.compat == "jepsen";
  options.compat_elle_0_2_2 = command.compat == "elle-0.2.2";
  if (command.compat == "elle-0.2.7") options.complete = check::CompleteCheck::left_out;
  if (command.complete) options.complete = check::CompleteCheck::demanded;
  options.strict_null_reads = command.strict_null_reads;
  options.explain = command.verbose || !command.page.empty();
  options.strongest_models = command.verbose;
  options.limits = {.steps = command.limits.steps, .bytes = command.search_memory_mib << 20};
  if (!command.initial_value.empty()) options.initial_value = initial_value_of(command.initial_value);
  if (!command.consistency_models.empty()) {
    split_list("--consistency-models", command.consistency_models);
    options.consistency_models = check::ConsistencyModels::parse(command.consistency_models);
  }
  for (const auto& assumption : command.assume) {
    if (assumption == assumptions[0]) options.assume.wfr_keys = true;
    if (assumption == assumptions[1]) options.assume.sequential_keys = true;
    if (assumption == assumptions[2]) options.assume.linearizable_keys = true;
  }
  return options;
}

void report(const std::string& path, const std::string& problem) {
  std::cerr << printable(called("mznode check: ") + path + ": " + problem) << "\n";
}

using Judge = std::function<check::Verdict(const check::History& history, const check::CheckOptions& options)>;

/// That of a checker's name, or of a workload that was added with a checker of its own, which counts first.
Judge find_judge(const std::string& name) {
  std::vector<std::string_view> names = checker_names();
  for (const WorkloadInfo& workload : workloads()) {
    if (workload.check == nullptr) continue;
    names.push_back(workload.name);
    if (workload.name == name) {
      return [&workload](const auto& history, const auto& options) { return workload.judge(history, options); };
    }
  }
  if (const check::Checker* checker = check::find_checker(name)) {
    return [checker](const auto& history, const auto& options) { return checker->check(history, options); };
  }
  throw std::invalid_argument(unknown_word("checker", name, names));
}

/// Judges one file and prints its line. A file that cannot be judged is unknown. Throws std::runtime_error where the
/// page cannot be written.
check::Valid judge_file(const Judge& judge, const std::string& path, const CheckCommand& command,
                        const check::CheckOptions& options) {
  check::Valid valid = check::Valid::unknown;
  std::string details;
  std::string page;
  std::string reservation;
  try {
    check::History history = check::read_history(
        read_file(path, command.max_file_size_mib << 20,
                  "--max-file-size allows for more, and judging takes several times as much memory"));
    check::Verdict verdict = judge(history, options);
    valid = verdict.valid;
    if (!command.page.empty()) page = history_page(command.workload, path, command.typed, std::move(history), verdict);
    for (const std::string& line : verdict.explanation) details += line + "\n";
    verdict.explanation.clear();
    if (const auto* order = verdict.found<check::VersionOrderFinding>()) reservation = '\t' + order->text();
    if (valid == check::Valid::unknown && !verdict.error.empty()) report(path, verdict.error);
    details += check::to_details(verdict).dump(2) + "\n";
  } catch (const std::exception& error) {
    report(path, describe(error));
  }
  std::cout << printable(path) << '\t'
            << (valid == check::Valid::yes  ? "true"
                : valid == check::Valid::no ? "false"
                                            : "unknown")
            << reservation << '\n';
  if (command.verbose) std::cout << printable_lines(details);
  if (!page.empty()) write_file(command.page, page);
  return valid;
}

int judge_files(const CheckCommand& command) {
  const Judge judge = find_judge(command.workload);
  const check::Checker* checker = check::find_checker(command.workload);
  if (command.complete && (checker == nullptr || !checker->has_complete_checks)) {
    throw std::invalid_argument("--complete is about transactions on registers, rw-register and txn-rw-register; " +
                                command.workload + " has no complete checks");
  }
  if (!command.page.empty() && command.files.size() > 1) {
    throw std::invalid_argument("--report is about one history; there are " + std::to_string(command.files.size()));
  }
  std::error_code cannot_say;
  if (!command.page.empty() && std::filesystem::equivalent(command.page, command.files.front(), cannot_say)) {
    throw std::invalid_argument("--report would write over the history " + command.page + "; name another file");
  }
  const check::CheckOptions options = check_options_of(command);
  check::Valid worst = check::Valid::yes;
  for (const auto& file : command.files) worst = check::worst(worst, judge_file(judge, file, command, options));
  return exit_code(worst);
}

/// The options of `mznode check`, and what they set.
struct CheckLine {
  CheckCommand command;
  CLI::App app{
      "Judges recorded histories: Jepsen's EDN or JSON lines, also behind gzip. Prints "
      "FILE<TAB>true|false|unknown a line."};

  CheckLine() {
    app.name(called("mznode check -w NAME [options] FILE..."));
    app.option_defaults()->always_capture_default();
    app.add_option("-w,--workload", command.workload, "a workload, or a checker's own name: " + known_checkers())
        ->required()
        ->type_name("NAME");
    app.add_option("files", command.files, "the histories; - is standard input")
        ->required()
        ->default_str("")
        ->type_name("FILE");
    app.add_option("--compat", command.compat,
                   "jepsen: judge as upstream where this program is stricter, and transactions as Elle 0.2.2 does; "
                   "elle-0.2.2: the latter alone; elle-0.2.7: without the complete checks, which Elle has not")
        ->check(CLI::IsMember({"jepsen", "elle-0.2.2", "elle-0.2.7"}))
        ->type_name("NAME");
    app.add_flag(
        "--strict-null-reads", command.strict_null_reads,
        "lin-kv, cas-register: a read of null says that nothing was written; Knossos believes every such read");
    app.add_option("--initial-value", command.initial_value,
                   "lin-kv, cas-register: what each register holds at the beginning, as JSON")
        ->default_str("")
        ->type_name("JSON");
    add_number(app, "--max-file-size", command.max_file_size_mib, std::size_t{1}, std::size_t{1} << 20,
               "refuse files that are larger")
        ->type_name("MIB");
    add_number(app, "--search-steps", command.limits.steps, std::uint64_t{1}, UINT64_MAX,
               "lin-kv, cas-register: give up on a key after so many steps; --complete: on a model");
    add_number(app, "--search-memory", command.search_memory_mib, std::size_t{1}, std::size_t{1} << 20,
               "the same after so many MiB")
        ->type_name("MIB");
    app.add_option("--consistency-models", command.consistency_models,
                   "txn: what must be satisfied, separated by commas")
        ->default_str("strict-serializable")
        ->type_name("NAMES");
    app.add_flag("--complete", command.complete,
                 "rw-register: find every violation, however long the search of --search-steps takes, and refuse "
                 "models for which that is not known; without it, the search is given up after a second or so")
        ->excludes("--compat");
    app.add_option("--assume", command.assume,
                   "rw-register: from what the order of versions may be inferred: wfr-keys, "
                   "sequential-keys, linearizable-keys")
        ->delimiter(',')
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false)
        ->check(CLI::IsMember(assumptions))
        ->default_str("")
        ->type_name("NAMES");
    app.add_option("--report", command.page, "of one history: write a page about it (HTML)")->type_name("FILE");
    app.add_flag("-v,--verbose", command.verbose, "print what each verdict rests on");
  }
};

}  // namespace

std::shared_ptr<const CLI::App> check_options() {
  return options_of<CheckLine>();
}

int run_check(const Arguments& arguments) {
  CheckLine line;
  try {
    const auto behind_separator = parse(line.app, arguments);
    if (!behind_separator) return exit_valid;
    line.command.files.insert(line.command.files.end(), behind_separator->begin(), behind_separator->end());
    line.command.typed = quoted(program_command()) + " check";
    for (const std::string& argument : arguments) line.command.typed += " " + quoted(argument);
    return judge_files(line.command);
  } catch (const std::exception& error) {
    print_error(called("mznode check: ") + error.what());
    return exit_usage;
  }
}

}  // namespace mznode::app
