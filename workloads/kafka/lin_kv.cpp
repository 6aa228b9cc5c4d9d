#include <algorithm>
#include <charconv>
#include <deque>

#include "kafka/logs.hpp"
#include "mznode/node/kv.hpp"
#include "timeouts.hpp"

namespace mznode::kafka {
namespace {

/// When pages were looked at last, for as long as that matters and no more: a page may be of a key that does not exist.
class Looks {
 public:
  explicit Looks(Duration interval) : interval_(interval) {}

  bool is_due(const std::string& key, Offset page, Time now) const {
    const auto last = at_.find({key, page});
    return last == at_.end() || now - last->second >= interval_;
  }
  void note(const std::string& key, Offset page, Time now) {
    const auto [place, is_new] = at_.try_emplace({key, page}, now);
    if (!is_new && place->second >= now) return;  // an answer that comes late
    place->second = now;
    notes_.push_back({now, place});
    bytes_ += bytes_of(place);
    while (!notes_.empty() && (now - notes_.front().at >= interval_ || bytes_ > most_bytes)) forget_first();
  }

 private:
  using Times = std::map<std::pair<std::string, Offset>, Time>;
  struct Note {
    Time at;
    Times::iterator place;
  };
  /// What is forgotten is looked at once more.
  static constexpr std::size_t most_bytes = 4 << 20;
  static std::size_t bytes_of(Times::iterator place) {
    constexpr std::size_t overhead = 150;
    return place->first.first.size() + overhead;
  }

  void forget_first() {
    const Note note = notes_.front();
    notes_.pop_front();
    bytes_ -= bytes_of(note.place);
    if (note.place->second == note.at) at_.erase(note.place);  // else a later note is about it
  }

  Duration interval_;
  Times at_;
  /// In the order in which they were made, at most one a page and time.
  std::deque<Note> notes_;
  std::size_t bytes_ = 0;
};

/// The logs are in the service lin-kv: of each key, pages of so many messages, which are changed by compare-and-set and
/// only grow. So a page never has a value again that it had before, and a compare-and-set may be repeated: it takes
/// effect once. Nodes keep the pages that they have seen.
class LinKv final : public Strategy {
 public:
  LinKv(Node& node, const OptionValues& options)
      : node_(node),
        kv_(node, "lin-kv", service_timeout(node)),
        looks_(options.milliseconds("look-ms")),
        page_size_(options.integer("page-size")),
        max_poll_(options.integer("max-poll")) {
    node.on_init([this, &node] { prefix_ = node.id() + "-" + std::to_string(node.incarnation()) + "-"; });
    node.on("send", this, &LinKv::send);
    node.on("poll", this, &LinKv::poll);
    node.on("commit_offsets", this, &LinKv::commit_offsets);
    node.on("list_committed_offsets", this, &LinKv::list_committed_offsets);
  }

 private:
  /// Messages, each with the name of its send: by that a node that got no answer finds out where its message stands.
  using Page = std::vector<std::pair<Json, std::string>>;
  using PageNumber = Offset;

  struct Sending {
    Json message;
    Time deadline;
    Promise<std::optional<Offset>> offset;
  };
  struct Log {
    /// Without empty ones. Writers fill one page before they begin the next, so the last is behind full ones only.
    std::map<PageNumber, Page> pages = {};
    /// What is to be appended, by the numbers of the sends: those of one node share a compare-and-set instead of
    /// competing.
    std::map<std::uint64_t, std::shared_ptr<Sending>> sending = {};
    bool is_writing = false;
  };

  static Json page_key(const std::string& key, PageNumber number) {
    return Json("log-" + std::to_string(number) + "-" + key);
  }
  static Json committed_key(const std::string& key) { return Json("committed-" + key); }
  bool is_full(const Page& page) const { return static_cast<Offset>(page.size()) >= page_size_; }

  Task<SendOk> send(Send request) {
    Log& log = logs_[request.key];
    const Time deadline = node_.now() + request_timeout(node_);
    const std::shared_ptr<Sending> sending(new Sending{request.msg, deadline, node_.promise<std::optional<Offset>>()});
    log.sending.emplace(++last_number_, sending);
    if (!log.is_writing) node_.spawn(write(request.key));
    auto offset = co_await sending->offset.wait();
    if (!offset) throw Error(ErrorCode::timeout, "whether the message was appended is not known in time");
    co_return SendOk{*offset};
  }

  /// Appends what is to be appended to a log, until there is no more of it.
  Task<> write(std::string key) {
    Log& log = logs_[key];
    log.is_writing = true;
    for (int failures = 0; !log.sending.empty(); ++failures) {
      const auto [number, before] = last_page(log);
      const Page after = with(before, log.sending);
      const Time asked_at = node_.now();
      auto is_written = co_await try_write(key, number, before, after);
      if (is_written) {
        looks_.note(key, number, asked_at);
        learn(log, number, after);
        failures = 0;
      } else {
        co_await refresh(key, number, failures);
      }
      give_up_late_ones(log);
    }
    log.is_writing = false;
    if (log.pages.empty()) logs_.erase(key);
  }

  /// The page that the next message goes to, as far as it is known.
  std::pair<PageNumber, Page> last_page(const Log& log) const {
    if (log.pages.empty()) return {0, {}};
    const auto& [number, page] = *log.pages.rbegin();
    if (is_full(page)) return {number + 1, {}};
    return {number, page};
  }

  /// Takes in what a page holds, and answers the sends whose messages are new there: every message is learnt once.
  void learn(Log& log, PageNumber number, const Page& page) {
    if (page.empty()) return;
    Page& known = log.pages[number];
    for (std::size_t place = known.size(); place < page.size(); ++place) {
      const auto sending = log.sending.find(number_of(page[place].second));
      if (sending == log.sending.end()) continue;
      sending->second->offset.set(number * page_size_ + static_cast<Offset>(place));
      log.sending.erase(sending);
    }
    if (page.size() > known.size()) known = page;  // another answer may have been faster
  }

  /// The number of a send of this process, by its name; 0 for those of others.
  std::uint64_t number_of(std::string_view name) const {
    std::uint64_t number = 0;
    if (name.starts_with(prefix_)) std::from_chars(name.data() + prefix_.size(), name.data() + name.size(), number);
    return number;
  }

  Page with(Page page, const std::map<std::uint64_t, std::shared_ptr<Sending>>& sending) const {
    for (const auto& [number, each] : sending) {
      if (is_full(page)) break;
      page.emplace_back(each->message, prefix_ + std::to_string(number));
    }
    return page;
  }

  /// False when it failed, or when that is not known.
  Task<bool> try_write(std::string key, PageNumber number, Page before, Page after) {
    try {
      co_await kv_.cas(page_key(key, number), to_json(before), to_json(after), Kv::Create::yes);
      co_return true;
    } catch (const Error&) {
    }
    co_return false;
  }

  /// Finds out how a log goes on since a page, after a pause that lets other writers finish.
  Task<> refresh(std::string key, PageNumber number, int failures) {
    if (failures > 0) co_await kv_.pause(failures);
    try {
      bool is_last = false;
      while (!is_last) {
        auto page = co_await read_page(key, number);
        ++number;
        is_last = !is_full(page);
      }
    } catch (const Error& error) {
      node_.log(LogLevel::info, "page ", number, " of ", key, " could not be read: ", error.what());
    }
  }

  Task<Page> read_page(std::string key, PageNumber number) {
    const Time now = node_.now();
    auto value = co_await kv_.read_or(page_key(key, number), to_json(Page()));
    auto page = stored_as<Page>(value);
    if (static_cast<Offset>(page.size()) > page_size_) throw Error::received(ErrorCode::crash, "a page is too long");
    looks_.note(key, number, now);
    if (!page.empty()) learn(logs_[key], number, page);
    co_return page;
  }

  /// They have come in this order, with the same patience.
  void give_up_late_ones(Log& log) {
    auto& sending = log.sending;
    while (!sending.empty() && sending.begin()->second->deadline <= node_.now()) {
      sending.begin()->second->offset.set(std::nullopt);
      sending.erase(sending.begin());
    }
  }

  Task<PollOk> poll(Poll request) {
    check_offsets(request.offsets);
    const auto keys = static_cast<std::int64_t>(std::max<std::size_t>(request.offsets.size(), 1));
    const Offset share = std::max<Offset>(max_poll_ / keys, 1);
    std::vector<Task<bool>> reads;
    for (const auto& [key, from] : request.offsets) {
      // What others were sent stands behind what is known, wherever the poll begins.
      const Offset count = count_known(key, from, share);
      const PageNumber next = (from + count) / page_size_;
      if (count < share && looks_.is_due(key, next, node_.now())) reads.push_back(look(key, next));
    }
    co_await node_.when_all(std::move(reads));
    PollOk reply;
    for (const auto& [key, from] : request.offsets) {
      auto messages = known(key, from, count_known(key, from, share));
      if (!messages.empty()) reply.msgs.emplace(key, std::move(messages));
    }
    co_return reply;
  }

  Task<bool> look(std::string key, PageNumber number) {
    try {
      co_await read_page(key, number);
      co_return true;
    } catch (const Error&) {
      throw Error(ErrorCode::temporarily_unavailable, "the service does not answer");
    }
  }

  /// How many messages of a log are known from an offset on, up to the first gap and to `max`.
  Offset count_known(const std::string& key, Offset from, Offset max) const {
    const auto log = logs_.find(key);
    if (log == logs_.end()) return 0;
    Offset count = 0;
    while (count < max) {
      const auto page = log->second.pages.find((from + count) / page_size_);
      const Offset place = (from + count) % page_size_;
      if (page == log->second.pages.end() || place >= static_cast<Offset>(page->second.size())) break;
      count += static_cast<Offset>(page->second.size()) - place;
    }
    return std::min(count, max);
  }

  /// Messages of a log, all of which must be known.
  std::vector<std::pair<Offset, Json>> known(const std::string& key, Offset from, Offset count) const {
    std::vector<std::pair<Offset, Json>> messages;
    for (Offset offset = from; offset - from < count; ++offset) {
      const Page& page = logs_.at(key).pages.at(offset / page_size_);
      messages.emplace_back(offset, page.at(static_cast<std::size_t>(offset % page_size_)).first);
    }
    return messages;
  }

  Task<> commit_offsets(Poll request) {
    check_offsets(request.offsets);
    std::vector<Task<bool>> commits;
    for (const auto& [key, offset] : committed_.news(request.offsets)) commits.push_back(commit(key, offset));
    co_await node_.when_all(std::move(commits));
  }

  /// Raises the committed offset in the service. Every change raises it, so that a compare-and-set that comes late
  /// finds another value and does no harm.
  Task<bool> commit(std::string key, Offset offset) {
    const Time deadline = node_.now() + request_timeout(node_);
    for (int failures = 0; node_.now() < deadline; ++failures) {
      const Offsets known = committed_.of({key});
      if (!known.empty() && known.at(key) >= offset) co_return true;
      const Json from = known.empty() ? Json() : Json(known.at(key));
      try {
        co_await kv_.cas(committed_key(key), from, Json(offset), Kv::Create::yes);
        committed_.raise({{key, offset}});
        co_return true;
      } catch (const Error&) {
      }
      if (failures > 0) co_await kv_.pause(failures);
      try {
        co_await list(key);
      } catch (const Error&) {
      }
    }
    throw Error(ErrorCode::timeout, "whether the offset was committed is not known in time");
  }

  Task<Poll> list_committed_offsets(ListCommitted request) {
    std::vector<Task<bool>> lists;
    for (const auto& key : request.keys) lists.push_back(list(key));
    co_await node_.when_all(std::move(lists));
    co_return Poll{committed_.of(request.keys)};
  }

  Task<bool> list(std::string key) {
    try {
      auto value = co_await kv_.read_or(committed_key(key), Json());
      if (!value.is_null()) {
        const Offsets offsets = {{key, stored_as<Offset>(value)}};
        check_offsets(offsets);
        committed_.raise(offsets);
      }
      co_return true;
    } catch (const Error&) {
      throw Error(ErrorCode::temporarily_unavailable, "the service does not answer");
    }
  }

  Node& node_;
  Kv kv_;
  Looks looks_;
  Offset page_size_;
  Offset max_poll_;
  /// What the names of this process's sends begin with; their numbers follow.
  std::string prefix_;
  std::uint64_t last_number_ = 0;
  std::map<std::string, Log> logs_;
  /// No higher than what is in the service.
  CommittedOffsets committed_;
};

}  // namespace

StrategyInfo lin_kv_strategy() {
  return {
      .name = "lin-kv",
      .summary = "pages of messages and committed offsets in the service lin-kv, changed by compare-and-set",
      .guarantees = {.model = "linearizable sends and commits a key; polls lag",
                     .survives = message_faults({Fault::kill, Fault::skew}),
                     .caveat = "needs the service lin-kv; a poll may miss what other nodes were sent in the last "
                               "--look-ms, which later polls show"},
      .options = {{.name = "look-ms",
                   .default_value = 250,
                   .min = 0,
                   .max = 60'000,
                   .summary = "how long a node does not look again at a page; 0: every poll looks at what comes next"},
                  {.name = "page-size",
                   .default_value = 32,
                   .min = 1,
                   .max = 10'000,
                   .summary = "messages a page; the same on all nodes"},
                  max_poll_option()},
      .install = install<LinKv>,
      .asks = asks_a_service()};
}

}  // namespace mznode::kafka
