#include "mznode/sim/process_start_hint.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "mznode/sim/process_host.hpp"

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

/// What runs files of these names. A shell can run any other that is no program, and those of its own.
constexpr std::array<std::pair<const char*, const char*>, 8> interpreters = {{{".py", "python3"},
                                                                              {".js", "node"},
                                                                              {".mjs", "node"},
                                                                              {".rb", "ruby"},
                                                                              {".pl", "perl"},
                                                                              {".php", "php"},
                                                                              {".lua", "lua"},
                                                                              {".exs", "elixir"}}};

bool begins_with_interpreter(const fs::path& script) {
  std::ifstream file(script, std::ios::binary);
  std::array<char, 2> begin = {};
  return file.read(begin.data(), begin.size()) && begin[0] == '#' && begin[1] == '!';
}

std::optional<std::string> lacking_interpreter(const std::string& program, const std::string& given) {
  const auto found = std::find_if(interpreters.begin(), interpreters.end(),
                                  [&](const auto& each) { return fs::path(program).extension() == each.first; });
  if (found == interpreters.end() || begins_with_interpreter(program)) return std::nullopt;
  const std::string interpreter = found->second;
  return given + " has no line that says what runs it, so that a shell tried: begin it with #!/usr/bin/env " +
         interpreter + ", or give --bin " + interpreter + " -- " + program;
}

/// Nodes run in directories of their own, as Maelstrom's run in another one than Maelstrom.
std::optional<std::string> file_elsewhere(const std::vector<std::string>& arguments,
                                          const std::vector<NodeFailure>& failures) {
  for (const std::string& argument : arguments) {
    std::error_code error;
    const fs::path path = argument;
    const bool is_here = !argument.empty() && path.is_relative() && fs::is_regular_file(path, error);
    const bool is_missed = std::any_of(failures.begin(), failures.end(), [&](const NodeFailure& failure) {
      return failure.has_ended && failure.description.find(path.filename().string()) != std::string::npos;
    });
    if (!is_here || !is_missed) continue;
    return "each node runs in a directory of its own, in which there is no " + argument +
           ": give the whole path, as in -- " + fs::absolute(path, error).lexically_normal().string();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> start_hint(const std::string& program, const std::vector<std::string>& arguments,
                                      const std::vector<NodeFailure>& failures) {
  try {
    if (auto why = lacking_interpreter(resolve_program(program), program)) return why;
  } catch (const std::invalid_argument&) {
    return std::nullopt;  // it has gone since
  }
  return file_elsewhere(arguments, failures);
}

}  // namespace mznode::sim
