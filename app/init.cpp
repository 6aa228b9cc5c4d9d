#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "command_line.hpp"
#include "mznode/json/printable.hpp"
#include "mznode/json/suggestion.hpp"
#include "program.hpp"
#include "store.hpp"
#include "templates.hpp"
#include "terminal.hpp"
#include "test_options.hpp"

namespace mznode::app {
namespace {

namespace fs = std::filesystem;

/// A language to begin in.
struct Language {
  /// As it is asked for, and as its directory below app/init/ is called.
  std::string_view name;
  std::string_view title;
  /// What else it is often called.
  std::array<std::string_view, 2> also;
  /// The file with the handlers, and the program that can be run, both in the directory.
  std::string_view source;
  std::string_view program;
  /// Builds it; DIR stands for the directory. Empty when there is nothing to build.
  std::string_view build;
};

constexpr std::array languages = {
    Language{"go", "Go", {"golang"}, "main.go", "node", "(cd DIR && go build -o node .)"},
    Language{"python", "Python", {"python3", "py"}, "node.py", "node.py", ""},
    Language{"rust",
             "Rust",
             {"rs"},
             "src/main.rs",
             "target/release/node",
             "cargo build --release --manifest-path DIR/Cargo.toml"},
    Language{"javascript", "JavaScript", {"js", "node"}, "node.js", "node.js", ""},
    Language{"java", "Java", {}, "Node.java", "node", "make -C DIR"},
    Language{"ruby", "Ruby", {"rb"}, "node.rb", "node.rb", ""},
    Language{"c++", "C++", {"cpp", "cxx"}, "node.cpp", "node", "make -C DIR"},
};

const Language& find_language(const std::string& name) {
  std::vector<std::string_view> known;
  for (const Language& language : languages) {
    const bool is_meant =
        name == language.name ||
        (!name.empty() && std::find(language.also.begin(), language.also.end(), name) != language.also.end());
    if (is_meant) return language;
    known.push_back(language.name);
  }
  throw std::invalid_argument(unknown_word("language to begin in", printable(name), known));
}

/// The options of `mznode init`, and what they set.
struct InitLine {
  std::string language;
  std::string directory = "my-node";
  CLI::App app{
      "Writes a small node to begin with, on nothing but the standard library of its language, and its build "
      "file. It passes challenge 1 as it is, and shows where the handlers of the others go."};

  InitLine() {
    app.name(called("mznode init LANGUAGE [DIR]"));
    app.option_defaults()->always_capture_default();
    app.add_option("language", language, "go, python, rust, javascript, java, ruby or c++")
        ->required()
        ->default_str("");
    app.add_option("directory", directory, "where; nothing that is there is overwritten");
  }
};

std::string with_directory(std::string_view command, const std::string& directory) {
  std::string text(command);
  constexpr std::string_view place = "DIR";
  if (const std::size_t at = text.find(place); at != std::string::npos)
    text.replace(at, place.size(), quoted(directory));
  return text;
}

/// Writes the files of the language and returns their names in the directory. Throws std::invalid_argument, and has
/// written nothing, when one is there already.
std::vector<std::string> write_templates(const Language& language, const fs::path& directory) {
  const std::string prefix = "init/" + std::string(language.name) + "/";
  std::vector<const Template*> wanted;
  for (const Template& each : templates()) {
    if (!each.path.starts_with(prefix)) continue;
    const fs::path path = directory / each.path.substr(prefix.size());
    std::error_code unknown;
    if (fs::exists(fs::symlink_status(path, unknown))) {
      throw std::invalid_argument(path.string() +
                                  " is there already, and nothing is overwritten; give another directory");
    }
    wanted.push_back(&each);
  }
  std::vector<std::string> names;
  for (const Template* each : wanted) {
    names.emplace_back(each->path.substr(prefix.size()));
    const fs::path path = directory / names.back();
    fs::create_directories(path.parent_path());
    write_file(path, std::string(each->text));
    constexpr fs::perms run = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    if (each->text.starts_with("#!")) fs::permissions(path, run, fs::perm_options::add);
  }
  return names;
}

int begin_in(const Language& language, const std::string& directory) {
  std::string files;
  for (const std::string& name : write_templates(language, directory)) files += (files.empty() ? "" : ", ") + name;
  const auto path = [&](std::string_view name) { return quoted((fs::path(directory) / name).string()); };
  std::cout << "A node in " << language.title << ", on nothing but its standard library, is in " << directory << ": "
            << files << "\n\nRun next:\n";
  if (!language.build.empty()) std::cout << "  " << with_directory(language.build, directory) << "\n";
  std::cout << "  " << quoted(program_command()) << " challenge 1 --bin " << path(language.program) << "\n\n"
            << "The handlers are in " << (fs::path(directory) / language.source).string()
            << "; a comment there says where\nthose of challenge 3a go.\n";
  return exit_valid;
}

}  // namespace

std::shared_ptr<const CLI::App> init_options() {
  return options_of<InitLine>();
}

int run_init(const Arguments& arguments) {
  InitLine line;
  try {
    const auto behind_separator = parse(line.app, arguments);
    if (!behind_separator) return exit_valid;
    if (!behind_separator->empty()) throw std::invalid_argument("unexpected argument " + behind_separator->front());
    return begin_in(find_language(line.language), line.directory);
  } catch (const std::invalid_argument& error) {
    print_error(called("mznode init: ") + error.what());
    return exit_usage;
  } catch (const fs::filesystem_error& error) {
    std::cerr << called("mznode init: ") << "cannot write " << error.path1().string() << ": " << error.code().message()
              << "\n";
    return exit_unknown;
  } catch (const std::runtime_error& error) {
    print_error(called("mznode init: ") + error.what());
    return exit_unknown;
  }
}

}  // namespace mznode::app
