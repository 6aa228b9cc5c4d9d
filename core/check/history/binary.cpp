#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "history/sessions.hpp"

namespace mznode::check {
namespace {

/// A cursor over bytes, whose errors tell where they stood.
class ByteCursor {
 public:
  ByteCursor(std::string_view bytes, std::string name, std::endian order)
      : bytes_(bytes), name_(std::move(name)), order_(order) {}

  bool at_end() const { return at_ == bytes_.size(); }

  std::uint8_t byte(const char* what) { return static_cast<std::uint8_t>(take(1, what).front()); }

  std::uint64_t number(const char* what) {
    const std::string_view taken = take(sizeof(std::uint64_t), what);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const std::size_t at = order_ == std::endian::big ? i : taken.size() - 1 - i;
      number = number << 8 | static_cast<unsigned char>(taken[at]);
    }
    return number;
  }

  std::string_view take(std::uint64_t count, const char* what) {
    start_ = at_;
    if (count > bytes_.size() - at_) fail(std::string("expected ") + what + " before the end");
    at_ += count;
    return bytes_.substr(start_, count);
  }

  bool flag(const char* what) {
    const std::uint8_t value = byte(what);
    if (value > 1) fail(std::string("expected 0 or 1, ") + what);
    return value == 1;
  }

  /// What is wrong with what was taken last.
  [[noreturn]] void fail(const std::string& why) const {
    throw HistoryError((name_.empty() ? "" : name_ + ", ") + "byte " + std::to_string(start_) + ": " + why);
  }

 private:
  std::string_view bytes_;
  std::string name_;
  std::endian order_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
};

/// Puts transactions together of Cobra's logs. What a read says of the write that it shows is compared with the write
/// when all logs are known (as Cobra's CheckValues does).
class CobraLogs {
 public:
  /// The log of one session: `S` and the number of a transaction, its events, and `C` and the number again; an event
  /// is `W` with the numbers of the write, the key and the value, or `R` with that of the transaction that wrote
  /// before them.
  void read(ByteCursor log, std::int64_t session) {
    while (!log.at_end()) {
      if (log.byte("S, the begin of a transaction") != 'S') log.fail("expected S, the begin of a transaction");
      const std::uint64_t number = log.number("the number of a transaction");
      transactions_.push_back({session, {}});
      for (std::uint8_t kind = log.byte("R, W or C"); kind != 'C'; kind = log.byte("R, W or C")) {
        if (kind != 'R' && kind != 'W') log.fail("expected R, W or C within a transaction");
        Event event{.is_write = kind == 'W', .said = {.writer = number}};
        if (!event.is_write) event.said.writer = log.number("the number of the transaction that wrote");
        event.write = log.number("the number of a write");
        event.key = log.number("a key");
        event.said.value = log.number("a value");
        if (event.is_write) writes_.emplace(std::pair(event.key, event.write), event.said);
        transactions_.back().events.push_back(event);
      }
      if (log.number("the number of the transaction") != number)
        log.fail("expected the number that the transaction began with");
    }
  }

  RecordedHistory history() {
    Sessions sessions(Sessions::Initial::none);
    for (const Transaction& each : transactions_) {
      const std::size_t transaction = sessions.begin(each.session, true);
      for (const Event& event : each.events) {
        const std::string key = std::to_string(event.key);
        event.is_write ? sessions.write(transaction, key, std::to_string(event.write))
                       : sessions.read(transaction, key, shown_by(event));
      }
    }
    return sessions.history();
  }

 private:
  // What a key held in the beginning, and where there was none or it was deleted.
  static constexpr std::uint64_t initial = 0xBEBEEBEE;
  static constexpr std::uint64_t absent = 0xDEADBEEF;

  /// What is said of a write by itself, and by those that read it: whose it was, and the hash of what was written.
  struct Said {
    std::uint64_t writer = 0;
    std::uint64_t value = 0;
    bool operator==(const Said&) const = default;
  };
  struct Event {
    bool is_write = false;
    std::uint64_t write = 0;
    std::uint64_t key = 0;
    Said said = {};
  };
  struct Transaction {
    std::int64_t session;
    std::vector<Event> events;
  };

  /// A version as JSON; one that nobody has written where the read says something else of the write than that itself.
  std::string shown_by(const Event& read) {
    if (read.write == absent) return "null";
    bool agrees = true;
    if (read.write == initial) {
      // Whatever a key held, all are to say the same.
      agrees = initial_.try_emplace(read.key, read.said.value).first->second == read.said.value;
      if (agrees) return "null";
    } else {
      const auto [begin, end] = writes_.equal_range(std::pair(read.key, read.write));
      agrees = begin == end || std::any_of(begin, end, [&](const auto& known) { return known.second == read.said; });
    }
    if (agrees) return std::to_string(read.write);
    const std::string name = read.write == initial ? "the initial one" : std::to_string(read.write);
    return "\"" + name + " by " + std::to_string(read.said.writer) + " of " + std::to_string(read.said.value) + "\"";
  }

  std::vector<Transaction> transactions_;
  std::multimap<std::pair<std::uint64_t, std::uint64_t>, Said> writes_;  // by the key and the number of the write
  std::map<std::uint64_t, std::uint64_t> initial_;                       // by the key: the value that was read first
};

}  // namespace

RecordedHistory read_cobra(const std::vector<std::pair<std::string, std::string>>& logs) {
  CobraLogs all;
  std::int64_t session = 0;
  for (const auto& [name, bytes] : logs) all.read({bytes, name, std::endian::big}, session++);
  return all.history();
}

RecordedHistory read_dbcop_binary(const std::string& bytes) {
  ByteCursor cursor(bytes, "", std::endian::little);
  constexpr int parameters = 5;
  constexpr int texts = 3;
  for (int i = 0; i < parameters; ++i) cursor.number("a parameter of the history");
  for (int i = 0; i < texts; ++i) {
    cursor.take(cursor.number("the length of a text"), "a text of this length: what it is, its begin or its end");
  }
  Sessions sessions(Sessions::Initial::zero);
  const std::uint64_t count = cursor.number("the number of sessions");
  for (std::uint64_t session = 0; session < count; ++session) {
    for (std::uint64_t left = cursor.number("the number of transactions"); left > 0; --left) {
      const std::size_t transaction = sessions.begin(static_cast<std::int64_t>(session), true);
      for (std::uint64_t events = cursor.number("the number of events"); events > 0; --events) {
        const bool is_write = cursor.flag("whether an event writes");
        const std::string key = std::to_string(cursor.number("a variable"));
        const std::string value = std::to_string(cursor.number("a version"));
        if (cursor.flag("whether an event succeeded")) {
          is_write ? sessions.write(transaction, key, value) : sessions.read(transaction, key, value);
        } else if (is_write) {
          // A read that failed has shown nothing.
          sessions.write(sessions.begin(static_cast<std::int64_t>(session), false), key, value);
        }
      }
      sessions.set_committed(transaction, cursor.flag("whether a transaction succeeded"));
    }
  }
  if (!cursor.at_end()) {
    cursor.byte("nothing");
    cursor.fail("expected the end of the history");
  }
  return sessions.history();
}

}  // namespace mznode::check
