#include <algorithm>
#include <iostream>

#include "challenges.hpp"
#include "command_line.hpp"
#include "mznode/check/choices.hpp"
#include "mznode/check/formats.hpp"
#include "mznode/check/objects.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/txn/models.hpp"
#include "mznode/check/upstream_versions.hpp"
#include "mznode/workloads/harness.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"
#include "setting_table.hpp"
#include "terminal.hpp"

namespace mznode::app {
namespace {

/// A word that may stand at a place, and what it means.
struct Candidate {
  std::string word;
  std::string meaning = {};
};
using Candidates = std::vector<Candidate>;

// Each asks the program itself what may follow, so that the scripts never lag behind its options. They fall back to the
// names of files.
constexpr const char* bash_script = R"(_mznode() {
  local IFS=$'\n'
  COMPREPLY=($("$1" complete "${COMP_WORDS[@]:1:COMP_CWORD}" | cut -f 1))
}
complete -o default -F _mznode mznode
)";
constexpr const char* zsh_script = R"(#compdef mznode
_mznode() {
  local -a lines
  lines=("${(@f)$("${words[1]}" complete "${(@)words[2,CURRENT]}")}")
  lines=("${(@)lines:#}")
  if (( ${#lines} )); then
    compadd -- "${(@)lines%%$'\t'*}"
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _mznode ]]; then _mznode "$@"; else compdef _mznode mznode; fi
)";
constexpr const char* fish_script =
    R"(complete -c mznode -a '(set -l words (commandline -opc); $words[1] complete $words[2..] (commandline -ct))'
)";

Candidates workload_names() {
  Candidates all;
  for (const WorkloadInfo& workload : workloads()) all.push_back({workload.name, workload.summary});
  return all;
}

/// The value of an option among the words that stand already.
std::string value_of(const Arguments& words, const std::string& name, const std::string& letter) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == name || words[i] == letter) return words[i + 1];
  }
  return {};
}

/// The strategies that the words before speak of: the named ones, or all of the workload.
std::vector<const StrategyInfo*> strategies_in(const Arguments& words) {
  std::vector<const StrategyInfo*> found;
  const std::string workload = value_of(words, "--workload", "-w");
  const std::string strategy = value_of(words, "--strategy", "-s");
  for (const WorkloadInfo& each : workloads()) {
    if (each.name != workload && each.module != workload) continue;
    for (const StrategyInfo& info : each.strategies) {
      if (strategy.empty() || ("," + strategy + ",").find("," + info.name + ",") != std::string::npos)
        found.push_back(&info);
    }
    break;
  }
  return found;
}

/// The words that an option takes; none where any value will do.
Candidates values_for(const std::string& option, const Command& command, const Arguments& words) {
  Candidates all;
  const auto add = [&all](auto&& names) {
    for (const auto& name : names) all.push_back({std::string(name)});
  };
  if (option == "--workload" || option == "-w") {
    if (command.name != "check") return workload_names();
    for (const check::Checker& checker : check::checkers())
      all.push_back({std::string(checker.name), std::string(checker.summary)});
    for (const WorkloadInfo& workload : workloads()) {
      if (workload.check != nullptr) all.push_back({workload.name, workload.summary});
    }
  } else if (option == "--strategy" || option == "-s") {
    Arguments others = words;
    others.resize(words.size() - 1);  // not the one that is being typed
    for (const StrategyInfo* strategy : strategies_in(others)) all.push_back({strategy->name, strategy->summary});
  } else if (option == "--nemesis") {
    for (const Fault fault : all_faults()) {
      all.push_back({std::string(fault_name(fault)), std::string(info_of(fault).summary)});
    }
    all.push_back({"swarm", "a mix drawn from the seed"});
  } else if (option == "--log-level") {
    add(std::vector{"trace", "debug", "info", "warn", "error", "off"});
  } else if (option == "--assume") {
    add(check::assumption_names());
  } else if (option == "--model" && command.name == "check") {
    for (const check::SequentialModelInfo& model : check::sequential_models()) {
      all.push_back({std::string(model.name), std::string(model.summary)});
    }
  } else if (option == "--format" && command.name == "check") {
    for (const check::HistoryFormat& format : check::history_formats()) {
      all.push_back({std::string(format.name), std::string(format.summary)});
    }
  } else if (option == "--compat" && command.name == "check") {
    for (const check::UpstreamVersion& version : check::upstream_versions()) {
      all.push_back({std::string(version.name), std::string(version.summary)});
    }
  } else {
    for (const Setting& setting : setting_table()) {
      if (setting.flag == option) add(setting.words);
    }
  }
  return all;
}

/// The options of a command and of the strategies that the words speak of.
Candidates flags_of(const Command& command, const Arguments& words) {
  Candidates all;
  const auto app = command.options();
  for (const CLI::Option* option : app->get_options()) {
    for (const auto& name : option->get_lnames()) all.push_back({"--" + name, option->get_description()});
  }
  for (const StrategyInfo* strategy : strategies_in(words)) {
    for (const Option& option : strategy->options) {
      const std::string flag = "--" + option.name;
      if (std::none_of(all.begin(), all.end(), [&](const Candidate& each) { return each.word == flag; })) {
        all.push_back({flag, option.summary});
      }
    }
  }
  return all;
}

Candidates first_words() {
  Candidates all;
  for (const Command& command : commands()) {
    if (!command.name.empty()) all.push_back({command.name, command.summary});
  }
  all.push_back({"version", "the version"});
  return all;
}

const Command& command_of(const Arguments& words) {
  for (const Command& command : commands()) {
    if (words.size() > 1 && command.name == words.front()) return command;
  }
  return commands().front();
}

/// What a command takes that stands by itself, behind no option.
Candidates names_for(const Command& command) {
  if (command.name == "completion") return {{"bash"}, {"zsh"}, {"fish"}};
  if (command.name == "init") return {{"go"}, {"python"}, {"rust"}, {"javascript"}, {"java"}, {"ruby"}, {"c++"}};
  if (command.name == "list") return workload_names();
  Candidates all;
  if (command.name != "challenge") return all;
  for (const Challenge& challenge : challenges()) all.push_back({challenge.name, challenge.task});
  return all;
}

/// Whether the last word may be such a name: it stands behind the command, or behind others like it.
bool is_first_name(const Arguments& words) {
  return !words.back().starts_with('-') && std::none_of(words.begin() + 1, words.end() - 1,
                                                        [](const std::string& word) { return word.starts_with('-'); });
}

/// What may stand in the place of the last word.
Candidates candidates_for(const Arguments& words) {
  const std::string& typed = words.back();
  const Command& command = command_of(words);
  if (std::find(words.begin(), words.end() - 1, "--") != words.end() - 1) return {};
  if (const Candidates named = names_for(command); !named.empty() && is_first_name(words)) return named;
  if (words.size() > 1) {
    Candidates values = values_for(words[words.size() - 2], command, words);
    if (!values.empty()) return values;
  }
  Candidates all;
  if (typed.starts_with('-') || typed.empty()) all = flags_of(command, words);
  if (words.size() == 1) {
    const Candidates more = first_words();
    all.insert(all.begin(), more.begin(), more.end());
  }
  return all;
}

int print_script(const std::string& shell) {
  if (shell == "bash") std::cout << called(bash_script);
  if (shell == "zsh") std::cout << called(zsh_script);
  if (shell == "fish") std::cout << called(fish_script);
  return exit_valid;
}

struct CompletionLine {
  std::string shell;
  CLI::App app{
      "Prints the script by which a shell completes this program's words. For bash: eval \"$(mznode completion bash)\" "
      "in "
      "~/.bashrc; for zsh the same with zsh in ~/.zshrc; for fish: mznode completion fish | source."};

  CompletionLine() {
    app.name(called("mznode completion bash|zsh|fish"));
    app.add_option("shell", shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  }
};

}  // namespace

std::shared_ptr<const CLI::App> completion_options() {
  return options_of<CompletionLine>();
}

int run_completion(const Arguments& arguments) {
  CompletionLine line;
  try {
    return parse(line.app, arguments) ? print_script(line.shell) : exit_valid;
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode completion: ") + error.what());
    return exit_usage;
  }
}

int run_complete(const Arguments& arguments) {
  const Arguments words = arguments.empty() ? Arguments{""} : arguments;
  // Of a list only its last part is completed.
  const std::size_t comma = words.back().rfind(',');
  const std::string kept = comma == std::string::npos ? "" : words.back().substr(0, comma + 1);
  const std::string part = words.back().substr(kept.size());
  for (const Candidate& candidate : candidates_for(words)) {
    const bool is_there = ("," + kept).find("," + candidate.word + ",") != std::string::npos;
    if (candidate.word.starts_with(part) && !is_there)
      std::cout << kept << candidate.word << '\t' << candidate.meaning << '\n';
  }
  return exit_valid;
}

}  // namespace mznode::app
