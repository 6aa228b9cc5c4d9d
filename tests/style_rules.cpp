#include "tests/style_rules.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "tests/class_rules.hpp"

namespace mznode::style {
namespace {

constexpr std::size_t max_lines = 450;

struct Rule {
  const char* pattern;
  const char* text;
};

/// What would let the world in past the Runtime.
const Rule world_rules[] = {
    {R"(\bstd::j?thread\b|\bpthread_|\bstd::async\b)", "threads belong to the runtime (Node::offload)"},
    {R"(\b(steady|system|high_resolution)_clock\b|\bclock_gettime\b|\bgettimeofday\b|\btime\(nullptr\))",
     "time comes from Node::now()"},
    {R"(\brandom_device\b|\bmt19937|\bs?rand\(\))", "chance comes from Node::random()"},
    {R"(#include <(iostream|fstream|cstdio|stdio\.h|filesystem|unistd\.h|fcntl\.h)>)",
     "no input or output here; messages and logs go through the Node"},
    {R"(\bsleep_for\b|\bsleep_until\b|\busleep\()", "nothing may block the loop (Node::sleep)"},
};

/// What would make a run differ between machines, compilers or libraries.
const Rule determinism_rules[] = {
    {R"(\bstd::(uniform_|normal_|exponential_|bernoulli_|poisson_|geometric_|discrete_)\w*distribution|\bstd::generate_canonical\b)",
     "distributions of the standard library differ between libraries"},
    {R"(\bstd::(shuffle|random_shuffle|sample)\b)", "std::shuffle and std::sample differ between libraries"},
    {R"(\bstd::(log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|sinh|cosh|tanh|cbrt)\(|[^\w.>:](log2|log10|expf?|powf?|sinf?|cosf?|tanf?)\()",
     "transcendental functions differ between machines; use an integer table"},
};

bool starts_with_any(std::string_view path, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return path.substr(0, prefix.size()) == prefix; });
}

template <class Rules>
void apply(const Rules& rules, const std::vector<std::string>& lines, std::vector<Finding>& findings) {
  for (const Rule& rule : rules) {
    const std::regex pattern(rule.pattern);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i], pattern)) findings.push_back({i + 1, rule.text});
    }
  }
}

/// Range-for over a name that this text declares as an unordered container.
void check_unordered(const std::string& plain, const std::vector<std::string>& lines, std::vector<Finding>& findings) {
  static const std::regex declaration(R"(\bunordered_(?:multi)?(?:map|set)<[^;(){}]*>\s*&?\s*(\w+)\s*[;={,)])");
  std::set<std::string> names;
  for (auto it = std::sregex_iterator(plain.begin(), plain.end(), declaration); it != std::sregex_iterator(); ++it)
    names.insert((*it)[1]);
  static const std::regex loop(R"(\bfor\s*\([^;)]*:\s*(?:\w+(?:\.|->))*(\w+)\s*\))");
  static const std::regex begin(R"((\w+)\s*\.\s*begin\(\))");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    for (const auto& pattern : {loop, begin}) {
      if (std::regex_search(lines[i], match, pattern) && names.contains(match[1])) {
        findings.push_back({i + 1, "the order of an unordered container differs between machines: " + match[1].str()});
      }
    }
  }
}

/// What a library may include. The build holds this by what each library is shown; here it is said in words.
const std::map<std::string, std::set<std::string>, std::less<>> visible = {
    {"json", {"json"}},
    {"node", {"json", "node"}},
    {"check", {"json", "check"}},
    {"trace", {"json", "node", "trace"}},
    {"sim", {"json", "node", "check", "trace", "sim"}},
    {"workloads", {"json", "node", "check", "trace", "sim", "workloads"}},
};

/// "json" of core/json/number.cpp, "workloads" of workloads/raft/log.hpp.
std::string library_of(std::string_view path) {
  if (starts_with_any(path, {"core/"})) path.remove_prefix(5);
  return std::string(path.substr(0, path.find('/')));
}

void check_layers(std::string_view path, const std::string& text, std::vector<Finding>& findings) {
  const std::string library = library_of(path);
  const auto may_see = visible.find(library);
  if (may_see == visible.end()) return;
  static const std::regex include(R"re(#include "mznode/(\w+)/)re");
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(lines[i], match, include) || may_see->second.contains(match[1].str())) continue;
    findings.push_back({i + 1, library + " does not stand on " + match[1].str()});
  }
}

/// The path without the directories of public headers: core/node/poller.hpp of
/// core/node/include/mznode/node/poller.hpp.
std::string without_include_root(std::string_view path) {
  static const std::regex root("/include/mznode/\\w+/");
  return std::regex_replace(std::string(path), root, "/");
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::vector<Finding> check_file(std::string_view path, std::string_view text) {
  std::vector<Finding> findings = lint::check_coroutines(text);
  const std::string plain = lint::without_comments_and_literals(text);
  const auto lines = lines_of(plain);
  if (lines.size() > max_lines)
    findings.push_back({max_lines, "a file has at most " + std::to_string(max_lines) + " lines"});
  if (starts_with_any(path, {"core/", "workloads/", "app/"})) {
    for (Finding& each : check_classes(text)) findings.push_back(std::move(each));
  }
  if (!starts_with_any(path, {"core/", "workloads/"})) return findings;
  check_layers(path, std::string(text), findings);
  apply(determinism_rules, lines, findings);
  check_unordered(plain, lines, findings);
  // What the world of a node is made of: the real runtime, the pool of threads, the host of processes, and the
  // simulator's seeded chance; and what ends a process that is wrong.
  const bool is_the_world = starts_with_any(
      without_include_root(path), {"core/node/stdio_runtime.", "core/node/poller.", "core/node/offload.",
                                   "core/node/descriptor.", "core/node/file_system.", "core/node/data_directory.",
                                   "core/node/invariant.", "core/sim/process_", "core/sim/chance.",
                                   // What bounds the time and the memory of a check.
                                   "core/check/bounded.",
                                   // The supervisor of other programs, which makes their clocks and waits.
                                   "core/trace/", "core/sim/virtual_process_host"});
  if (!is_the_world) apply(world_rules, lines, findings);
  return findings;
}

}  // namespace mznode::style
