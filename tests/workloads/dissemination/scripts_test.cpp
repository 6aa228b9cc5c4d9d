#include <iomanip>
#include <map>
#include <sstream>
#include <stdexcept>

#include "mznode/workloads/registry.hpp"
#include "tests/script.hpp"
#include "tests/workloads/dissemination/world.hpp"

// The scripts in tests/workloads/dissemination/scripts.
namespace mznode::dissemination {
namespace {

const std::filesystem::path directory =
    std::filesystem::path(MZNODE_SOURCE_DIR) / "tests/workloads/dissemination/scripts";

std::size_t node_of(const std::string& name) {
  if (name.size() < 2 || name[0] != 'n') throw std::invalid_argument("no node is called " + name);
  return std::stoul(name.substr(1));
}

/// Nodes of a strategy of broadcast that do what the commands of a script say. Their links are equally long, and each
/// message is told when it leaves, with the time since the beginning. The commands:
///
///   star 5 latency-ms=100 flush-ms=400   nodes n0, n1 … with that strategy, these links, and options
///   broadcast n1 7                       a client gives 7 to n1
///   wait 300                             so many milliseconds pass
///   cut n0, heal                         nothing comes to n0 or from it, and the end of that
///   read                                 what each node shows
class ScriptedNodes {
 public:
  std::string run(const std::string& command) {
    out_.str("");
    std::vector<std::string> words = script::words_of(command);
    const std::string verb = words.at(0);
    words.erase(words.begin());
    if (words.size() > 1 && words.at(1).starts_with("latency-ms=")) {
      start(verb, words);
      return out_.str();
    }
    if (!world_) throw std::invalid_argument("a script begins with its nodes");
    if (verb == "broadcast") {
      world_->broadcast(node_of(words.at(0)), std::stoi(words.at(1)));
    } else if (verb == "wait") {
      world_->run_for(std::chrono::milliseconds(std::stoul(words.at(0))));
    } else if (verb == "cut") {
      cut(node_of(words.at(0)));
    } else if (verb == "heal") {
      world_->heal();
      listen();
    } else if (verb == "read") {
      for (std::size_t node = 0; node < size_; ++node) tell_elements(node);
    } else {
      throw std::invalid_argument("there is no command " + verb);
    }
    return out_.str();
  }

 private:
  using Words = std::vector<std::string>;

  void start(const std::string& strategy, const Words& words) {
    size_ = std::stoul(words.at(0));
    std::map<std::string, std::string> options;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto equals = words[i].find('=');
      options[words[i].substr(0, equals)] = words[i].substr(equals + 1);
    }
    const std::int64_t latency_ms = std::stoll(options.extract("latency-ms").mapped());
    const StrategyInfo& info = find_strategy(find_workload("broadcast"), strategy);
    const sim::Installer install = [&info, options](Node& node) -> std::shared_ptr<void> {
      return info.install(node, OptionValues(info.options, options));
    };
    world_ = std::make_unique<World>(size_, install, latency_ms);
    begin_ = world_->now();
    listen();
  }

  void listen() {
    world_->listen([this](const sim::Packet& packet) { tell(packet); });
  }

  void cut(std::size_t node) {
    std::vector<std::size_t> others;
    for (std::size_t other = 0; other < size_; ++other) {
      if (other != node) others.push_back(other);
    }
    world_->cut({node}, others);
    world_->cut(others, {node});
  }

  void tell(const sim::Packet& packet) {
    const auto body = nlohmann::json::parse(packet.body);
    if (body["type"] != "gossip") return;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(world_->now() - begin_).count();
    out_ << std::setw(6) << ms << " ms  " << packet.src << " -> " << packet.dest << ":";
    for (const auto& element : body["elements"]) out_ << ' ' << element;
    if (body["from"] != body["to"]) {
      out_ << (body["elements"].empty() ? " nothing" : "") << " in [" << body["from"] << ", " << body["to"] << ")";
    }
    out_ << (body["from"] != body["to"] ? "; has " : " has ") << body["ack"];
    if (body["gap"] == true) out_ << ", and something later";
    if (body.contains("slack_ns") && !body["slack_ns"].is_null()) {
      out_ << ", which came in " << body["slack_ns"].get<std::int64_t>() / 1'000'000 << " ms before a departure";
    }
    out_ << '\n';
  }

  void tell_elements(std::size_t node) {
    out_ << "n" << node << ":";
    for (const int element : world_->read(node)) out_ << ' ' << element;
    out_ << '\n';
  }

  std::size_t size_ = 0;
  std::unique_ptr<World> world_;
  Time begin_;
  std::ostringstream out_;
};

MZNODE_SCRIPTS(DisseminationScript, directory, ScriptedNodes);

}  // namespace
}  // namespace mznode::dissemination
