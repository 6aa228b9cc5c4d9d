#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/line_buffer.hpp"
#include "mznode/sim/virtual_process_host.hpp"
#include "reply_times.hpp"

namespace mznode::sim {

/// One life of a node in virtual time. It has more than 12 members because the process, with what it is told, what it
/// says and logs, and when it wakes need each other in every event.
class VirtualProcessHost::Process {
 public:
  Process(VirtualProcessHost& host, std::string name, std::uint64_t life, std::filesystem::path directory);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Lets it begin. What it says is heard before anything else happens to it, or the time passes.
  void begin();
  void hear_beginning();
  void receive(const Packet& packet);
  bool is_traced_here() const { return tracer_ == nullptr; }
  bool may_run_ahead() const { return !turn_ && !is_paused_ && !has_ended_; }
  /// It is told now what it will receive next.
  void run_ahead(const Packet& packet);
  void pause();
  void resume();
  void skew(int drift_permille, Duration wall_offset);
  /// Lets it run until it can only wait, hears what it wrote, and notes when it will go on by itself.
  void run();

  std::size_t output_bytes() const { return output_bytes_; }
  void end_flood();
  std::string log_tail() const { return log_.tail(); }
  SilenceCause silence() const;
  bool has_ended() const { return has_ended_; }

 private:
  /// What it does between two rests, until it is heard.
  struct Turn {
    enum class Cause : std::uint8_t { beginning, message, time };
    Cause cause;
    std::uint64_t packet;
    std::future<void> end;
    /// What is to be said of it before it is heard.
    std::size_t unread_bytes;
    std::uint64_t stops;
    trace::Doubts doubts;
  };
  /// What it wrote in a turn. Of more than a node may write it is cut off, to the byte; of a log the rest is left out.
  struct Written {
    struct Piece {
      bool is_log;
      std::string bytes;
      Time at;
    };
    std::size_t most_bytes = 0;
    std::size_t most_lines = 0;
    std::size_t most_log_bytes = 0;
    std::vector<Piece> pieces = {};
    std::size_t bytes = 0;
    std::size_t lines = 0;
    std::size_t log_bytes = 0;
    /// What there is too much of, in words.
    std::string flood = {};

    bool output(std::string_view written, Time at);
    void log(std::string_view written);
    Written take();
  };

  static std::uint64_t seed_of(const Options& options, const std::string& node, std::uint64_t life);
  void on_tracer(trace::TracerThread::Work work);
  void post(trace::TracerThread::Work work);
  void begin_turn(Turn::Cause cause, std::uint64_t packet, std::string line);
  void end_turn();
  bool is_flooded() const;
  void count_output(std::size_t bytes);
  void take_output(std::string_view bytes, Time at);
  void take_log(std::string_view bytes);
  void take(std::string_view line, Time at);
  void carry(std::string_view line);
  void look();
  void set_alarm();

  void mute(const std::string& what);
  void condemn(const std::string& what);
  void report(const std::string& what);

  VirtualProcessHost& host_;
  std::string name_;
  std::filesystem::path directory_;
  bool is_paused_ = false;
  bool is_muted_ = false;
  bool has_ended_ = false;
  /// When it goes on by itself, in the run's queue of events; 0 for not at all.
  TimerId alarm_ = 0;
  /// What it wrote on a clock that was ahead of the run's, until its time has come.
  struct Early {
    TimerId alarm;
    std::string line;
  };
  std::deque<Early> early_;
  std::size_t output_bytes_ = 0;
  LineBuffer output_;
  LineBuffer log_lines_;
  std::size_t long_log_lines_ = 0;
  NodeLog log_;
  LineSample sample_;
  ReplyTimes times_;
  /// Where it is traced; none for the run's own thread.
  trace::TracerThread* tracer_;
  std::optional<Turn> turn_;
  /// The tracer's while a turn lasts.
  Written written_;
  std::unique_ptr<trace::TracedProcess> traced_;  // last: it calls the rest
};

}  // namespace mznode::sim
