#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/node/runtime.hpp"
#include "mznode/node/timers.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::sim {

/// Who stands at an end of the network. Latency, faults and counting depend on it.
enum class Endpoint : std::uint8_t { node, service, client };

/// True for the names that clients have: a c and a number.
bool is_client_name(std::string_view name);

/// One message on the network.
struct Packet {
  /// Counts the messages of a run from 0.
  std::uint64_t id = 0;
  std::string src;
  std::string dest;
  /// The body's text.
  std::string body;
};

/// The shape of the latency between nodes, and between nodes and services (as Maelstrom's: constant, uniform from 0 to
/// twice the mean, exponential; whole milliseconds). Clients are always beside their node.
struct Latency {
  enum class Shape : std::uint8_t { constant, uniform, exponential };
  std::int64_t mean_ms = 0;
  Shape shape = Shape::constant;
};

/// How a message reaches its receiver. Maelstrom has one thread a receiver, which takes the message that is due first
/// and sleeps until it is: a later one that needs no time waits behind it. Ideal delivers each message when it is due.
enum class Delivery : std::uint8_t { maelstrom, ideal };

/// A fault as a rule on messages between nodes. All rules that are in force are asked in turn.
class Rule {
 public:
  virtual ~Rule() = default;
  struct Effect {
    bool drop = false;
    Duration delay{0};
    /// Further copies that are delivered, each delayed so much more.
    std::vector<Duration> copies;
  };
  /// Asked when a message is sent; `latency` is what it would take.
  virtual Effect on_send(const Packet&, Duration /*latency*/) { return {}; }
  /// Asked when the receiver takes the message up: true loses it.
  virtual bool cuts(std::string_view /*src*/, std::string_view /*dest*/) const { return false; }
};

/// What became of a message; the record that message counts, messages.jsonl and diagrams are made from.
struct JournalEntry {
  enum class Event : std::uint8_t { send, receive, drop };
  Time at;
  Event event;
  std::uint64_t packet = 0;
};

/// Owns what is counted of the messages of a run, and what is kept of them.
class Traffic {
 public:
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };
  struct Stats {
    Counts all;
    /// With a client at either end.
    Counts clients;
    /// Between nodes and services.
    Counts servers;
    /// The bytes of the bodies sent between servers.
    std::uint64_t server_bytes = 0;
  };
  using Links = std::map<std::pair<std::string, std::string>, std::uint64_t>;

  /// A message is sent; what becomes of it is told to count().
  void note_sent(const Packet& packet, Time now, bool has_client);
  void count(const Packet& packet, JournalEntry::Event event, Time now, bool has_client);
  const Stats& stats() const { return stats_; }

  /// Counts the messages of each sender to each receiver from now on, or forgets these counts and does so no more.
  void count_links(bool counts) {
    links_.reset();
    if (counts) links_.emplace();
  }
  bool counts_links() const { return links_.has_value(); }
  /// Of those that are counted.
  const Links& links() const { return *links_; }

  /// Keeps the journal and the packets from now on; without it only counts are kept.
  void keep_journal() { keeps_journal_ = true; }
  const std::vector<JournalEntry>& journal() const { return journal_; }
  /// The packets of the journal, by id.
  const std::vector<Packet>& packets() const { return packets_; }
  /// Gives the journal away, at the end of a run, and its packets.
  std::vector<JournalEntry> take_journal() { return std::move(journal_); }
  std::vector<Packet> take_packets() { return std::move(packets_); }

 private:
  Stats stats_;
  std::optional<Links> links_;
  bool keeps_journal_ = false;
  std::vector<JournalEntry> journal_;
  std::vector<Packet> packets_;
};

/// Carries messages between named endpoints, and breaks the links between nodes as its rules say.
class Network {
 public:
  using Counts = Traffic::Counts;
  using Stats = Traffic::Stats;
  using Receive = std::function<void(const Packet&)>;

  /// `timers` is the event queue of the simulation; `clock` tells its time.
  Network(Timers& timers, std::function<Time()> clock, Latency latency, Delivery delivery, const Chance& chance);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// `receive` is called for each message that arrives.
  void add(const std::string& name, Endpoint kind, Receive receive);
  /// Messages to a name that was removed are dropped.
  void remove(const std::string& name);
  bool exists(std::string_view name) const { return endpoints_.find(name) != endpoints_.end(); }

  /// Sends a message. Returns false when there is no `dest`; nothing is counted then.
  bool send(std::string_view src, std::string_view dest, std::string_view body);

  /// From now on it can say what is coming.
  void foresee() { arrivals_.emplace(); }
  /// The messages that nodes take up next in this instant, in order: all before which nothing happens but that nodes
  /// and services take up messages, so that each of them will come, whatever the others lead to.
  std::vector<std::shared_ptr<const Packet>> coming();

  void add_rule(std::shared_ptr<Rule> rule) { rules_.push_back(std::move(rule)); }
  void remove_rule(const std::shared_ptr<Rule>& rule) { std::erase(rules_, rule); }
  void clear_rules() { rules_.clear(); }

  /// What is counted and kept of the messages.
  Traffic& traffic() { return traffic_; }
  const Traffic& traffic() const { return traffic_; }
  const Stats& stats() const { return traffic_.stats(); }
  void keep_journal() { traffic_.keep_journal(); }
  const std::vector<JournalEntry>& journal() const { return traffic_.journal(); }
  const std::vector<Packet>& packets() const { return traffic_.packets(); }

 private:
  struct Waiting {
    Time due;
    std::uint64_t order;
    std::shared_ptr<const Packet> packet;
  };
  struct Queue {
    Endpoint kind;
    Receive receive;
    std::vector<Waiting> heap;
    bool is_taken = false;  // its thread sleeps until a message is due
    std::uint64_t generation = 0;
    /// Decides which of the messages that are due together comes first; nobody when they come as they were sent.
    std::unique_ptr<Random> order = {};
  };
  static bool later(const Waiting& a, const Waiting& b);
  /// What a timer will hand to a receiver.
  struct Arrival {
    std::string dest;
    std::uint64_t generation;
    std::shared_ptr<const Packet> packet;
    bool continues;
  };

  Duration latency(std::uint64_t message);
  /// Takes out the message that the receiver takes up next: one of those that are due first.
  static Waiting pop(Queue& queue);
  void enqueue(Queue& queue, const std::string& name, std::shared_ptr<const Packet> packet, Duration delay);
  void take_next(Queue& queue, const std::string& name);
  void deliver_at(Time at, const std::string& name, std::uint64_t generation, std::shared_ptr<const Packet> packet,
                  bool continues);
  bool is_cut(const Packet& packet) const;
  void count(const Packet& packet, JournalEntry::Event event, bool has_client);
  bool involves_client(const Packet& packet) const;

  Timers& timers_;
  std::function<Time()> clock_;
  Latency shape_;
  Delivery delivery_;
  Chance chance_;
  Random random_;
  std::map<std::string, Queue, std::less<>> endpoints_;
  std::vector<std::shared_ptr<Rule>> rules_;
  Traffic traffic_;
  /// By when they are due, where somebody asks what is coming; those that are past go when he does.
  std::optional<std::map<std::pair<Time, TimerId>, Arrival>> arrivals_;
  /// Numbers that count the messages, what waits in queues, and the endpoints.
  struct {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint64_t generation = 0;
  } next_;
};

}  // namespace mznode::sim
