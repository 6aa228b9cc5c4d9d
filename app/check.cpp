#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <new>

#include "command_line.hpp"
#include "follow.hpp"
#include "input_file.hpp"
#include "judged.hpp"
#include "kept_memory.hpp"
#include "mznode/check/bounded.hpp"
#include "mznode/check/choices.hpp"
#include "mznode/check/formats.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/upstream_versions.hpp"
#include "mznode/json/error.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "mznode/workloads/registry.hpp"
#include "object_flags.hpp"
#include "program.hpp"
#include "progress.hpp"
#include "report/history_page.hpp"
#include "store.hpp"
#include "stored_history.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "test_options.hpp"

namespace mznode::app {
namespace {

/// The options of `mznode check`: a member for each.
struct CheckCommand {
  std::string workload;
  std::vector<std::string> files;
  /// The name of the histories' format; empty where their contents tell it.
  std::string format;
  std::string compat;
  bool complete = false;
  bool strict_null_reads = false;
  check::SearchLimits limits;
  std::size_t search_memory_mib = limits.bytes >> 20;
  std::size_t max_file_size_mib = 1024;
  std::string initial_value;
  std::string consistency_models;
  std::vector<std::string> assume;
  std::string transaction_order;
  bool follow = false;
  ObjectFlags objects;
  bool verbose = false;
  bool json = false;
  bool junit = false;
  bool tap = false;
  /// Seconds and MiB for each history; empty and 0 for any.
  std::string timeout;
  std::size_t memory_mib = 0;
  /// Where to write a page about the history; empty for none.
  std::string page;
  /// What was typed.
  std::string typed;

  /// Whether a form was asked for that tells what a verdict rests on.
  bool tells_why() const { return verbose || json || junit || tap; }
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
  if (!command.compat.empty()) check::follow_upstream(options, command.compat);
  if (command.complete) options.complete = check::CompleteCheck::demanded;
  options.strict_null_reads = command.strict_null_reads;
  options.explain = command.tells_why() || !command.page.empty();
  options.strongest_models = command.verbose || command.json;
  options.limits = {.steps = command.limits.steps, .bytes = command.search_memory_mib << 20};
  if (!command.initial_value.empty()) options.initial_value = initial_value_of(command.initial_value);
  if (!command.consistency_models.empty()) {
    split_list("--consistency-models", command.consistency_models);
    options.consistency_models = check::ConsistencyModels::parse(command.consistency_models);
  }
  for (const auto& assumption : command.assume) check::assume(options.assume, assumption);
  options.transaction_order = command.transaction_order;
  command.objects.set(options);
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

/// Judges what was read. Throws std::bad_alloc.
Judged judge_recorded(const Judge& judge, const std::string& path, check::RecordedHistory recorded,
                      const CheckCommand& command, const check::CheckOptions& options) {
  check::CheckOptions known = options;
  known.tells_time = recorded.tells_time;
  const check::Verdict verdict = judge(recorded.operations, known);
  Judged judged{.file = path, .valid = verdict.valid, .reason = verdict.error};
  if (verdict.valid == check::Valid::no) judged.reason = check::reason(verdict);
  for (const std::string& line : verdict.explanation) judged.explanation += line + "\n";
  if (const auto* order = verdict.found<check::VersionOrderFinding>()) judged.reservation = '\t' + order->text();
  judged.details = check::to_details(verdict).dump();
  judged.is_final = verdict.valid == check::Valid::no && !verdict.may_lack_time && recorded.tells_beginnings;
  if (!command.page.empty()) {
    judged.page = history_page(command.workload, path, command.typed, std::move(recorded.operations), verdict);
  }
  return judged;
}

/// Judges a text. What cannot be read is unknown, and stays so. Throws std::bad_alloc.
Judged judge_text(const Judge& judge, const std::string& path, const std::string& text, const CheckCommand& command,
                  const check::CheckOptions& options) {
  check::RecordedHistory recorded;
  try {
    recorded = check::read_recorded(text, command.format);
  } catch (const check::HistoryError& error) {
    Judged judged = not_judged(path, error.what());
    judged.is_final = true;
    return judged;
  }
  return judge_recorded(judge, path, std::move(recorded), command, options);
}

/// Judges one file. What cannot be judged is unknown. Throws std::bad_alloc.
Judged judge_file(const Judge& judge, const std::string& path, const CheckCommand& command,
                  const check::CheckOptions& options) {
  const std::string advice = "--max-file-size allows for more, and judging takes several times as much memory";
  const std::size_t max_bytes = command.max_file_size_mib << 20;
  try {
    const StoredHistory stored = files_of(path);
    if (stored.form == StoredHistory::Form::text) {
      return judge_text(judge, path, read_file(stored.files.front(), max_bytes, advice), command, options);
    }
    std::vector<std::pair<std::string, std::string>> contents;
    for (const std::string& file : stored.files) {
      contents.emplace_back(file, read_file(file, max_bytes, advice, Content::bytes));
    }
    check::RecordedHistory recorded = stored.form == StoredHistory::Form::cobra
                                          ? check::read_cobra(contents)
                                          : check::read_dbcop_binary(contents.front().second);
    return judge_recorded(judge, path, std::move(recorded), command, options);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const NoText& error) {
    return not_judged(path, error.what() + advice_on(path));
  } catch (const std::exception& error) {
    return not_judged(path, describe(error));
  }
}

check::Bounds bounds_of(const CheckCommand& command) {
  check::Bounds bounds{.bytes = command.memory_mib << 20};
  if (!command.timeout.empty()) bounds.time = std::chrono::milliseconds(thousandths("--timeout", command.timeout));
  if (bounds.time && bounds.time->count() == 0) throw std::invalid_argument("--timeout takes seconds above 0");
  return bounds;
}

/// The same within the bounds that were given, and with a line that tells a person how long it has taken.
Judged judge_bounded(const Judge& judge, const std::string& path, const CheckCommand& command,
                     const check::CheckOptions& options, const check::Bounds& bounds) {
  ProgressLine progress;
  if (!bounds.any() && !progress.is_shown()) {
    try {
      return judge_file(judge, path, command, options);
    } catch (const std::bad_alloc&) {
      return not_judged(path, check::memory_words(bounds));
    }
  }
  std::cout.flush();
  const check::BoundedAnswer answer = check::run_bounded(
      [&] { return packed(judge_file(judge, path, command, options)); }, bounds,
      [&](std::chrono::milliseconds elapsed, std::size_t bytes) {
        if (elapsed < std::chrono::seconds(1)) return;
        progress.show("judging " + printable(path) + " for " + std::to_string(elapsed.count() / 1000) + " s, with " +
                      std::to_string(bytes >> 20) + " MiB");
      });
  if (answer.answer) return unpacked(*answer.answer);
  std::string advice;
  if (bounds.time) advice += " --timeout " + command.timeout;
  if (bounds.bytes > 0) advice += " --memory " + std::to_string(command.memory_mib);
  return not_judged(path, answer.problem + (advice.empty() ? "" : " (" + advice.substr(1) + ")"));
}

/// Judges one file while it is written.
Judged judge_followed(const Judge& judge, const std::string& path, const CheckCommand& command,
                      const check::CheckOptions& options, const check::Bounds& bounds) {
  try {
    return follow({.path = path,
                   .max_bytes = command.max_file_size_mib << 20,
                   .judges_prefixes = check::judges_prefixes(command.workload),
                   .time = bounds.time},
                  [&](const std::string& text) { return judge_text(judge, path, text, command, options); });
  } catch (const std::bad_alloc&) {
    return not_judged(path, check::memory_words({}));
  } catch (const std::exception& error) {
    return not_judged(path, describe(error));
  }
}

/// What is said of all histories together, behind what was said of each.
std::string said_at_the_end(const std::vector<Judged>& all, const CheckCommand& command) {
  return command.junit ? as_junit(all, command.workload) : command.tap ? as_tap(all) : std::string();
}

/// The page of an earlier history must not be taken for that of one that could not be read.
void forget_page(const std::string& page) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(page, ignored)) std::filesystem::remove(page, ignored);
}

int judge_files(CheckCommand command) {
  if (const std::string_view known = word_in_any_case(command.workload, checker_names()); !known.empty()) {
    command.workload = known;
  }
  const Judge judge = find_judge(command.workload);
  const check::CheckOptions options = check_options_of(command);
  check::demand_fitting(command.workload, options, "--");
  const std::string of_one = !command.page.empty() ? "--report" : command.follow ? "--follow" : "";
  if (!of_one.empty() && command.files.size() > 1) {
    throw std::invalid_argument(of_one + " is about one history; there are " + std::to_string(command.files.size()));
  }
  if (!command.page.empty() && would_overwrite(command.page, command.files.front())) {
    throw std::invalid_argument("--report would write over the history " + command.page + "; name another file");
  }
  demand_writable({.report = command.page});
  keep_freed_memory();
  const check::Bounds bounds = bounds_of(command);
  check::Valid worst = check::Valid::yes;
  std::vector<Judged> all;
  for (const auto& file : command.files) {
    Judged judged = command.follow ? judge_followed(judge, file, command, options, bounds)
                                   : judge_bounded(judge, file, command, options, bounds);
    worst = check::worst(worst, judged.valid);
    if (judged.valid == check::Valid::unknown && !judged.reason.empty()) report(file, judged.reason);
    if (command.json) {
      std::cout << as_json(judged, command.workload);
    } else if (!command.junit && !command.tap) {
      std::cout << as_line(judged, command.verbose);
    }
    if (!judged.page.empty()) write_file(command.page, judged.page);
    if (judged.page.empty() && !command.page.empty()) forget_page(command.page);
    judged.page.clear();
    if (command.junit || command.tap) all.push_back(std::move(judged));
  }
  std::cout << said_at_the_end(all, command);
  return exit_code(worst);
}

/// The options of `mznode check`, and what they set.
struct CheckLine {
  CheckCommand command;
  CLI::App app{
      "Judges recorded histories, in Jepsen's EDN, as JSON lines and in other forms, also behind gzip. Prints "
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
    std::string formats;
    std::vector<std::string> names;
    for (const check::HistoryFormat& format : check::history_formats()) {
      names.emplace_back(format.name);
      formats += (formats.empty() ? "" : ", ") + names.back();
    }
    app.add_option("--format", command.format, "what they are written in: " + formats)
        ->check(CLI::IsMember(names, CLI::ignore_case))
        ->default_str("as they look")
        ->type_name("NAME");
    std::vector<std::string> versions;
    for (const check::UpstreamVersion& version : check::upstream_versions()) versions.emplace_back(version.name);
    app.add_option("--compat", command.compat,
                   "judge as that version of Jepsen or Elle where this program is stricter: jepsen, jepsen-0.3.7 to "
                   "0.3.13, elle-0.2.2 to 0.2.7")
        ->check(CLI::IsMember(versions, CLI::ignore_case))
        ->type_name("NAME");
    app.add_flag("--strict-null-reads", command.strict_null_reads,
                 "registers: a read of null says that nothing was written");
    app.add_option("--initial-value", command.initial_value, "registers: what each one holds at the beginning, as JSON")
        ->default_str("")
        ->type_name("JSON");
    add_number(app, "--max-file-size", command.max_file_size_mib, std::size_t{1}, check::most_mib,
               "refuse files that are larger")
        ->type_name("MIB");
    add_number(app, "--search-steps", command.limits.steps, std::uint64_t{1}, UINT64_MAX,
               "give up after so many steps on what may be linearizable; --complete: on a model");
    add_number(app, "--search-memory", command.search_memory_mib, std::size_t{1}, check::most_mib,
               "the same after so many MiB")
        ->type_name("MIB");
    app.add_option("--consistency-models", command.consistency_models,
                   "txn: what must be satisfied, separated by commas")
        ->default_str("strict-serializable")
        ->type_name("NAMES");
    app.add_flag("--complete", command.complete, "rw-register: find every violation, not only in a second or so")
        ->excludes("--compat");
    const std::vector<std::string> assumptions(check::assumption_names().begin(), check::assumption_names().end());
    app.add_option("--assume", command.assume,
                   "rw-register: what orders versions: wfr-keys, sequential-keys, linearizable-keys")
        ->delimiter(',')
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false)
        ->check(CLI::IsMember(assumptions))
        ->default_str("")
        ->type_name("NAMES");
    app.add_option("--transaction-order", command.transaction_order, "rw-register: the field with the order of commits")
        ->default_str("")
        ->type_name("FIELD");
    app.add_option("--timeout", command.timeout, "give a history up after so long; --follow: end with what is known")
        ->default_str("")
        ->type_name("SECONDS");
    add_number(app, "--memory", command.memory_mib, std::size_t{1}, check::most_mib,
               "give a history up that takes more to judge")
        ->default_str("")
        ->type_name("MIB");
    CLI::Option* follow = app.add_flag("--follow", command.follow,
                                       "judge a history while it is written, an operation a line, until it is violated "
                                       "or ends");
    follow->excludes("--memory");
    command.objects.declare(app);
    app.add_option("--report", command.page, "of one history: write a page about it (HTML)")->type_name("FILE");
    CLI::Option* verbose = app.add_flag("-v,--verbose", command.verbose, "print what each verdict rests on");
    CLI::Option* json = app.add_flag("--json", command.json, "print a JSON object a history, in a line");
    CLI::Option* junit = app.add_flag("--junit", command.junit, "print JUnit's XML, a case a history");
    CLI::Option* tap = app.add_flag("--tap", command.tap, "print the Test Anything Protocol, a case a history");
    for (CLI::Option* form : {json, junit, tap}) {
      for (CLI::Option* other : {verbose, json, junit, tap}) {
        if (other != form) form->excludes(other);
      }
    }
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
