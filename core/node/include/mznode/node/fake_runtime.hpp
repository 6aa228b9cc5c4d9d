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

#include "mznode/node/message.hpp"
#include "mznode/node/runtime.hpp"
#include "mznode/node/timers.hpp"

namespace mznode {

/// A message that a node under test sent.
struct SentMessage : Message {
  std::optional<std::int64_t> msg_id;
};

/// A whole world in memory, for tests of nodes: time stands still until it is told to move, chance comes from a seed,
/// messages and logs are kept for inspection, and offloaded work runs at once.
///
///     FakeRuntime world;
///     Node node(world);
///     node.on("echo", [](Echo request) { return request; });
///     world.init(node, "n1", {"n1", "n2"});
///     world.deliver("c1", R"({"type":"echo","msg_id":7,"echo":"hi"})");
///     EXPECT_EQ(world.take().body, Json::parse(R"({"type":"echo_ok","in_reply_to":7,"echo":"hi"})"));
///
/// It must outlive the process that it runs. What it is asked to send is checked as Maelstrom would check it: a message
/// that is not one line of valid JSON with a sender and a destination throws std::logic_error.
///
/// It has more than 30 public functions because it is both sides of a runtime: what the process sees, and what a test
/// does to it and sees of it.
class FakeRuntime final : public Runtime {
 public:
  explicit FakeRuntime(std::uint64_t seed = 1) : random_state_(seed) {}
  FakeRuntime(const FakeRuntime&) = delete;
  FakeRuntime& operator=(const FakeRuntime&) = delete;

  // ---- What the world does to the process

  /// Makes `process` the one that gets the messages; whatever an earlier one had set timers for is forgotten, as if it
  /// had been killed.
  void attach(Process& process);
  /// Forgets the process and its timers, as if it had been killed.
  void detach();
  /// Attaches `process` and sends it `init` from client "c0". Throws std::logic_error unless it answers `init_ok`,
  /// which is not kept among the sent messages.
  void init(Process& process, std::string_view id, const std::vector<std::string>& node_ids);
  /// Delivers a message with this body, the text of a JSON object.
  void deliver(std::string_view src, std::string_view body);
  /// Answers a request that the process sent: `fields` are added to the type and in_reply_to.
  void reply(const SentMessage& request, std::string_view type, const Json& fields = Json::from_valid("{}"));
  /// Answers a request with an error.
  void reply_error(const SentMessage& request, ErrorCode code, std::string_view text = "");
  /// Delivers a line as it is, without its line break.
  void deliver_line(std::string_view line);
  /// Ends the input.
  void close();

  // ---- Time

  /// Moves time on and runs the timers that become due, each at its time.
  void advance(Duration duration);
  /// Moves time on from timer to timer until none is left, or until `limit` has passed: with periodic work there is
  /// always one left. Returns true when none is left.
  bool run_until_idle(Duration limit = 1min);
  /// Opens the storage of nodes from now on, in the place of one that never fails.
  void set_storage(std::function<std::unique_ptr<Storage>(const std::string& node)> open) {
    open_storage_ = std::move(open);
  }
  /// Lets the calendar clock jump.
  void set_wall_time_ns(std::int64_t wall_time_ns) {
    wall_time_offset_ns_ = wall_time_ns - now_.time_since_epoch().count();
  }
  bool has_timers() { return timers_.next().has_value(); }
  /// When the next timer is due; nothing when there is none.
  std::optional<Time> next_timer() { return timers_.next(); }

  // ---- What the process did

  /// All messages it has sent and nobody has taken yet, oldest first.
  const std::vector<SentMessage>& sent() const { return sent_; }
  std::vector<SentMessage> take_all() { return std::exchange(sent_, {}); }
  /// Takes the only message there is. Throws std::logic_error when there is none or more than one.
  SentMessage take();

  struct LogEntry {
    LogLevel level;
    std::string text;
  };
  const std::vector<LogEntry>& logs() const { return logs_; }
  /// True when a text of at least this level was logged that contains `part`.
  bool logged(LogLevel at_least, std::string_view part) const;
  void clear_logs() { logs_.clear(); }

  // ---- Runtime

  Time now() const override { return now_; }
  std::int64_t wall_time_ns() const override { return wall_time_offset_ns_ + now_.time_since_epoch().count(); }
  TextBuffer& begin_message(std::string_view src, std::string_view dest) override;
  void finish_message() override;
  TimerId set_timer(Time at, std::function<void()> callback) override { return timers_.set(at, std::move(callback)); }
  void cancel_timer(TimerId id) override { timers_.cancel(id); }
  std::uint64_t random() override;
  void offload(std::function<void()> work, std::function<void()> done) override;
  /// Kept for the next process of that name; a sync is done at once.
  std::unique_ptr<Storage> open_storage(const std::string& node, const std::vector<std::string>& cluster) override;
  void log(LogLevel level, std::string_view text) override { logs_.push_back({level, std::string(text)}); }
  bool logs(LogLevel) const override { return true; }

 private:
  Process& process();
  void run_due_until(Time end);

  Process* process_ = nullptr;
  std::string id_ = "n1";
  Time now_{};
  std::int64_t wall_time_offset_ns_ = 1'700'000'000'000'000'000;
  std::uint64_t random_state_;
  Timers timers_;
  TextBuffer message_;
  std::vector<SentMessage> sent_;
  std::vector<LogEntry> logs_;
  std::map<std::string, SimulatedStorage::Disk, std::less<>> disks_;
  std::function<std::unique_ptr<Storage>(const std::string& node)> open_storage_;
};

}  // namespace mznode
