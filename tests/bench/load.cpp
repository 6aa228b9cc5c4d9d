// Compares whole nodes under load with the floor node, which understands nothing: `load [--rounds N] MZNODE FLOOR
// [-- COMMAND…]`. COMMAND is another node to compare; a word {workload} in it stands for the workload's name, and
// without one it is taken for an echo node. All take turns in every round, and medians of the rounds' ratios are shown,
// because what a machine can do drifts while it is measured.

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_set>

#include "child.hpp"

namespace mznode::bench {
namespace {

constexpr int pipelined_messages = 300'000;
constexpr int latency_messages = 20'000;
constexpr int broadcast_values = 10'000;
constexpr int broadcast_reads = 200;
constexpr int startups = 15;

using Command = std::vector<std::string>;

std::string request(std::string_view type, int msg_id, const std::string& field = "") {
  std::string line = "{\"id\":" + std::to_string(msg_id) + ",\"src\":\"c" + std::to_string(msg_id % 8) +
                     "\",\"dest\":\"n0\",\"body\":{\"type\":\"";
  return line.append(type)
      .append("\"")
      .append(field)
      .append(",\"msg_id\":")
      .append(std::to_string(msg_id))
      .append("}}\n");
}

std::string echo_request(int msg_id) {
  // Payloads differ, as real ones do: a cache of the last one must not help.
  return request("echo", msg_id,
                 ",\"echo\":\"Please echo " + std::to_string(msg_id * std::int64_t{2654435761}) + "-0123456789\"");
}

/// What stands behind `"name":` in a reply, up to the next comma or brace.
std::string_view field(std::string_view line, std::string_view quoted_name_and_colon) {
  const std::size_t at = line.find(quoted_name_and_colon);
  if (at == std::string_view::npos) throw std::runtime_error("a reply without " + std::string(quoted_name_and_colon));
  line.remove_prefix(at + quoted_name_and_colon.size());
  return line.substr(0, line.find_first_of(",}"));
}

int answered(std::string_view line) {
  const std::string_view text = field(line, "\"in_reply_to\":");
  int id = -1;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

/// Throws unless every request from `first` on, `count` of them, is answered once and ids, if asked for, are unique.
void verify(std::string_view replies, int first, int count, bool with_ids) {
  std::vector<bool> seen(static_cast<std::size_t>(count));
  std::unordered_set<std::string_view> ids;
  for (std::size_t end = replies.find('\n'); end != std::string_view::npos; end = replies.find('\n')) {
    const std::string_view line = replies.substr(0, end);
    const int id = answered(line) - first;
    if (id < 0 || id >= count || seen[static_cast<std::size_t>(id)])
      throw std::runtime_error("a reply to nothing, or twice");
    seen[static_cast<std::size_t>(id)] = true;
    if (with_ids && !ids.insert(field(line, "\"id\":")).second) throw std::runtime_error("an id that was given before");
    replies.remove_prefix(end + 1);
  }
  if (std::find(seen.begin(), seen.end(), false) != seen.end()) throw std::runtime_error("a request without a reply");
}

struct Throughput {
  double messages_a_second;
  double cpu_ns_a_message;
};

/// Writes `requests`, as fast as the node reads, while its replies are read beside it.
Throughput pipelined(const Command& command, const std::string& requests, int first, int count, bool with_ids) {
  const Child node(command);
  std::vector<char> replies(requests.size() * 2);
  const double cpu_before = node.cpu_seconds();
  const double started = seconds();
  std::jthread writer([&] {
    try {
      node.write(requests);
    } catch (const std::runtime_error&) {
      // The reader below sees the end of the output.
    }
  });
  std::size_t size = 0;
  for (std::ptrdiff_t lines = 0; lines < count;) {
    const std::size_t got = node.read(std::span(replies).subspan(size));
    if (got == 0) throw std::runtime_error("the node ended");
    const char* from = replies.data() + size;
    lines += std::count(from, from + got, '\n');
    size += got;
  }
  const double taken = seconds() - started;
  const double cpu = node.cpu_seconds() - cpu_before;
  verify({replies.data(), size}, first, count, with_ids);
  return {count / taken, cpu / count * 1e9};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// One request at a time. On one CPU: waking up across CPUs takes longer than the node does.
double latency_us(const Command& command) {
  cpu_set_t before;
  ::sched_getaffinity(0, sizeof before, &before);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && CPU_COUNT(&one) == 0; --cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  ::sched_setaffinity(0, sizeof one, &one);
  std::vector<double> times;
  {
    const Child node(command);
    for (int i = 2; i < latency_messages; ++i) {
      const std::string line = echo_request(i);
      const double sent = seconds();
      node.write(line);
      const std::string reply = node.read_line();
      times.push_back((seconds() - sent) * 1e6);
      if (answered(reply) != i) throw std::runtime_error("a reply to another request");
    }
  }
  ::sched_setaffinity(0, sizeof before, &before);
  return median(times);
}

double read_us(const Command& command) {
  const Child node(command);
  node.write(request("topology", 2, ",\"topology\":{\"n0\":[]}"));
  node.read_line();
  int id = 3;
  for (int value = 0; value < broadcast_values; ++value, ++id) {
    node.write(request("broadcast", id, ",\"message\":" + std::to_string(value)));
    node.read_line();
  }
  std::vector<double> times;
  for (int i = 0; i < broadcast_reads; ++i, ++id) {
    const double sent = seconds();
    node.write(request("read", id));
    const std::string reply = node.read_line();
    times.push_back((seconds() - sent) * 1e6);
    if (std::count(reply.begin(), reply.end(), ',') < broadcast_values - 1)
      throw std::runtime_error("a read misses values");
  }
  return median(times);
}

/// Adds to the figures of one node.
using Figures = std::map<std::string, std::vector<double>>;
using Workload = std::function<Command(std::string_view)>;

void measure_echo(const Command& command, Figures& figures) {
  static const std::string requests = [] {
    std::string text;
    for (int i = 2; i < pipelined_messages + 2; ++i) text += echo_request(i);
    return text;
  }();
  const Throughput result = pipelined(command, requests, 2, pipelined_messages, false);
  figures["echo"].push_back(result.messages_a_second);
  figures["cpu"].push_back(result.cpu_ns_a_message);
  figures["latency"].push_back(latency_us(command));
  std::vector<double> milliseconds;
  for (int i = 0; i < startups; ++i) {
    const Child node(command);
    milliseconds.push_back(node.startup_seconds() * 1e3);
    if (i == 0) figures["rss"].push_back(static_cast<double>(node.peak_rss_kb()) / 1024);
  }
  figures["startup"].push_back(median(milliseconds));
}

void measure_unique_ids(const Command& command, bool with_ids, Figures& figures) {
  static const std::string requests = [] {
    std::string text;
    for (int i = 2; i < pipelined_messages + 2; ++i) text += request("generate", i);
    return text;
  }();
  figures["ids"].push_back(pipelined(command, requests, 2, pipelined_messages, with_ids).messages_a_second);
}

struct Node {
  std::string name;
  /// The command for a workload; empty when the node does not solve it.
  Workload command;
  bool is_floor = false;
  Figures figures = {};
};

void measure(Node& node) {
  measure_echo(node.command("echo"), node.figures);
  const Command ids = node.command("unique-ids");
  if (!ids.empty()) measure_unique_ids(ids, !node.is_floor, node.figures);
  const Command broadcast = node.command("broadcast");
  if (!broadcast.empty() && !node.is_floor) node.figures["read"].push_back(read_us(broadcast));
}

struct Row {
  const char* key;
  const char* what;
  const char* format;
  bool is_ratio;  // of the floor's figure
  bool is_more_better;
  double target;
};

constexpr Row rows[] = {
    {"echo", "pipelined echo, messages/s", "%.0f", true, true, 0.9},
    {"ids", "pipelined unique-ids, messages/s", "%.0f", true, true, 0.9},
    {"cpu", "CPU a message, ns", "%.0f", true, false, 1.3},
    {"latency", "closed loop p50 on one CPU, us", "%.2f", true, false, 1.15},
    {"startup", "exec to init_ok, ms", "%.2f", true, false, 2},
    {"read", "read of 10,000 broadcast values, us", "%.0f", false, false, 60},
    {"rss", "peak RSS, MB", "%.1f", false, false, 6},
};

std::string formatted(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// The median of the ratios of each round, not the ratio of the medians: both nodes of a round met the same machine.
double median_ratio(const std::vector<double>& figures, const std::vector<double>& floor) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < figures.size(); ++round) ratios.push_back(figures[round] / floor[round]);
  return median(ratios);
}

void print_row(const Row& row, const Node& node, const Node& floor, bool is_judged) {
  const auto found = node.figures.find(row.key);
  if (found == node.figures.end()) return;
  const auto floors = floor.figures.find(row.key);
  const bool has_floor = floors != floor.figures.end();
  const double value = median(found->second);
  const double ratio = has_floor ? median_ratio(found->second, floors->second) : 0;
  const double judged = row.is_ratio ? ratio : value;
  const std::string target =
      (row.is_more_better ? ">= " : "<= ") + formatted("%g", row.target) + (row.is_ratio ? " x" : "");
  const bool is_met = row.is_more_better ? judged >= row.target : judged <= row.target;
  std::printf("%-38s %-16.16s %12s %12s %8s  %s\n", row.what, node.name.c_str(), formatted(row.format, value).c_str(),
              has_floor ? formatted(row.format, median(floors->second)).c_str() : "-",
              has_floor ? formatted("%.2f", ratio).c_str() : "-",
              !is_judged ? "" : (target + (is_met ? "  met" : "  NOT met")).c_str());
}

Command substitute(const Command& command, std::string_view workload) {
  const bool has_place = std::find(command.begin(), command.end(), "{workload}") != command.end();
  if (!has_place && workload != "echo") return {};
  Command result = command;
  std::replace(result.begin(), result.end(), std::string("{workload}"), std::string(workload));
  return result;
}

int run(Command arguments) {
  int rounds = 5;
  if (arguments.size() > 1 && arguments[0] == "--rounds") {
    rounds = std::stoi(arguments[1]);
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (rounds < 1 || dashes - arguments.begin() != 2) {
    std::cerr << "usage: load [--rounds N] MZNODE FLOOR [-- OTHER NODE'S COMMAND, with {workload} in it]\n";
    return 2;
  }
  const Command floor_command = {arguments[1]};
  const Command our_command = {arguments[0], "--workload", "{workload}"};
  std::vector<Node> nodes;
  nodes.push_back({"floor", [=](std::string_view) { return floor_command; }, true});
  nodes.push_back({"mznode", [=](std::string_view workload) { return substitute(our_command, workload); }});
  if (dashes != arguments.end() && dashes + 1 != arguments.end()) {
    const Command other(dashes + 1, arguments.end());
    nodes.push_back({other[0], [=](std::string_view workload) { return substitute(other, workload); }});
  }
  for (int round = 0; round < rounds; ++round) {
    if (::isatty(2) != 0) std::cerr << "\rround " << round + 1 << " of " << rounds << '\r' << std::flush;
    for (Node& node : nodes) measure(node);
  }
  std::printf("%-38s %-16s %12s %12s %8s  %s\n", "medians of interleaved rounds", "node", "figure", "floor", "ratio",
              "target");
  for (const Row& row : rows) {
    for (std::size_t i = 1; i < nodes.size(); ++i) print_row(row, nodes[i], nodes[0], i == 1);
  }
  return 0;
}

}  // namespace
}  // namespace mznode::bench

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return mznode::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << '\n';
    return 1;
  }
}
