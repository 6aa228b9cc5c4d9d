#include "mznode/sim/node_output.hpp"

#include "mznode/json/scanner.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::sim {
namespace {

std::string plain(std::string_view quoted) {
  std::string text;
  unescape(quoted.substr(1, quoted.size() - 2), text);
  return text;
}

/// The values of a line's members as they are spelled; empty for one that is missing.
struct Members {
  std::string_view src, dest, body, id;
  bool id_is_integer = false;
};

std::optional<std::string> read_members(Scanner& scanner, Members& members) {
  const auto invalid = [&] { return "it is not valid JSON at byte " + std::to_string(scanner.offset()); };
  do {
    std::string_view content;
    if (!scanner.string(content)) return invalid();
    std::string key;
    unescape(content, key);
    std::string_view value;
    if (!scanner.consume(':') || !scanner.value(value)) return invalid();
    if (key == "src") {
      members.src = value;
    } else if (key == "dest") {
      members.dest = value;
    } else if (key == "body") {
      members.body = value;
    } else if (key == "id") {
      members.id = value;
      members.id_is_integer = Scanner::is_number_start(value.front()) && scanner.number_is_integer();
    } else {
      return "it has the top-level key " + excerpt(key, 60) + ", which no message has";
    }
  } while (scanner.consume(','));
  if (!scanner.consume('}') || !scanner.at_end()) return invalid();
  return std::nullopt;
}

std::optional<std::string> demand_string(std::string_view name, std::string_view value) {
  if (value.empty()) return "it has no " + std::string(name);
  if (value.front() != '"') return "its " + std::string(name) + " is not a string";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_output(std::string_view line, OutputLine& result) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  Scanner scanner(line);
  if (scanner.at_end()) return "it is blank";
  // Those who read lines as Maelstrom does would see two.
  if (line.find('\r') != std::string_view::npos) return "it has a carriage return in its middle";
  if (!scanner.consume('{')) return "it is not a JSON object";
  Members members;
  if (!scanner.consume('}')) {
    if (auto problem = read_members(scanner, members)) return problem;
  } else if (!scanner.at_end()) {
    return "it is not valid JSON at byte " + std::to_string(scanner.offset());
  }
  if (auto problem = demand_string("src", members.src)) return problem;
  if (auto problem = demand_string("dest", members.dest)) return problem;
  if (members.body.empty()) return "it has no body";
  if (members.body.front() != '{') return "its body is not an object";
  if (!members.id.empty() && !members.id_is_integer) return "its id is not an integer";
  result = {.src = plain(members.src), .dest = plain(members.dest), .body = members.body};
  return std::nullopt;
}

}  // namespace mznode::sim
