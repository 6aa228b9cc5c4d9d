#include <array>
#include <cstdio>
#include <iostream>

#include "command_line.hpp"
#include "mznode/workloads/registry.hpp"
#include "program.hpp"

namespace mznode::app {
namespace {

/// A letter beyond ASCII, by its number, which any roff understands. `at` is left on its last byte.
std::string escaped_letter(const std::string& text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  unsigned letter = first & (0x3FU >> more);
  for (int i = 0; i < more && at + 1 < text.size(); ++i)
    letter = letter << 6 | (static_cast<unsigned char>(text[++at]) & 0x3FU);
  std::array<char, 16> escape;
  std::snprintf(escape.data(), escape.size(), "\\[u%04X]", letter);
  return escape.data();
}

/// Text as roff wants it: hyphens that can be copied, no commands by accident.
std::string escaped(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      result += escaped_letter(text, at);
    } else if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) result += "\\&";
      result += c;
    }
  }
  return result;
}

void paragraph(const std::string& text) {
  std::cout << ".PP\n" << escaped(text) << '\n';
}

void entry(const std::string& flag, const std::string& value, const std::string& text) {
  std::cout << ".TP\n\\fB" << escaped(flag) << "\\fR";
  if (!value.empty()) std::cout << " \\fI" << escaped(value) << "\\fR";
  std::cout << '\n' << escaped(text) << '\n';
}

void print_command(const Command& command) {
  const auto app = command.options();
  std::cout << ".SS " << escaped(called(app->get_name())) << '\n';
  paragraph(app->get_description());
  for (const OptionRow& row : option_rows(*app)) {
    entry(row.names, row.value,
          row.summary + (row.default_value.empty() ? "" : " (default " + row.default_value + ")"));
  }
}

void print_workload(const WorkloadInfo& workload) {
  std::cout << ".SS " << escaped(workload.name) << '\n';
  paragraph(workload.summary);
  for (const StrategyInfo& strategy : workload.strategies) {
    const Guarantees& guarantees = strategy.guarantees;
    std::string text = strategy.summary + ". Guarantees: ";
    text += guarantees.promises_nothing() ? "none" : guarantees.model;
    if (!guarantees.promises_nothing())
      text += guarantees.available ? ", available in a partition" : ", not available in a partition";
    if (!guarantees.caveat.empty()) text += ". " + guarantees.caveat;
    entry(strategy.name, "", text + ".");
    if (strategy.options.empty()) continue;
    std::cout << ".RS\n";
    for (const Option& option : strategy.options) {
      entry("--" + option.name, "N",
            option.summary + " (" + std::to_string(option.min) + " to " + std::to_string(option.max) + ", default " +
                std::to_string(option.default_value) + ")");
    }
    std::cout << ".RE\n";
  }
}

int print_page() {
  std::string title = program_name();
  for (char& c : title) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  std::cout << ".TH " << escaped(title) << " 1 \"\" \"mznode " MZNODE_VERSION "\" \"User commands\"\n.SH NAME\n"
            << escaped(program_name())
            << " \\- a node for every Maelstrom workload, and a network to test nodes on\n.SH SYNOPSIS\n";
  for (const Command& command : commands())
    std::cout << ".nf\n" << escaped(called(command.options()->get_name())) << "\n.fi\n";
  std::cout << ".SH DESCRIPTION\n";
  paragraph(
      "A node speaks Maelstrom's protocol, a line of JSON a message, on standard input and output, and logs to "
      "standard error. "
      "The other commands test nodes: this program's own in virtual time, or any program's as processes.");
  std::cout << ".SH COMMANDS\n";
  for (const Command& command : commands()) print_command(command);
  std::cout << ".SH WORKLOADS AND STRATEGIES\n";
  paragraph("The first strategy of a workload is its default. Strategies take their options as --name N.");
  for (const WorkloadInfo& workload : workloads()) print_workload(workload);
  std::cout << ".SH EXIT STATUS\n";
  entry("0", "", "all is valid");
  entry("1", "", "something is invalid");
  entry("2", "", "a verdict is unknown, or what was asked for cannot be done");
  std::cout << ".SH FILES\n";
  entry("store/WORKLOAD/TIME/", "",
        "what a test leaves: results.json, history.edn, history.jsonl, messages.jsonl, the nodes' logs "
        "and report.html; store/latest is the last one");
  std::cout << ".SH EXAMPLES\n.EX\n"
            << escaped(called(
                   "maelstrom test -w broadcast --bin mznode --node-count 25 -- --workload broadcast\n"
                   "mznode test -w broadcast --node-count 25 --rate 100 --latency 100 --nemesis partition --seed 7\n"
                   "mznode challenge 3d --bin ./my-node\n"
                   "mznode compare -w broadcast --strategy flood,star --sweep flush-ms=50,400 --report compare.html\n"
                   "mznode check -w lin-kv history.edn\n"))
            << ".EE\n";
  return exit_valid;
}

}  // namespace

std::shared_ptr<const CLI::App> man_options() {
  return no_options("mznode man", "Prints the manual page; read it with mznode man | man -l -.");
}

int run_man(const Arguments& arguments) {
  return run_plain("mznode man", *man_options(), arguments, print_page);
}

}  // namespace mznode::app
