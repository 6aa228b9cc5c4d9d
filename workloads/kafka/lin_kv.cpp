#include <algorithm>

#include "core/kv.hpp"
#include "workloads/kafka/logs.hpp"
#include "workloads/timeouts.hpp"

namespace mznode::kafka {
namespace {

/// The logs are in the service lin-kv: of each key, pages of so many messages, which are changed by compare-and-set and
/// only grow. So a page never has a value again that it had before, and a compare-and-set may be repeated: it takes
/// effect once. Nodes keep the pages that they have seen.
class LinKv final : public Strategy {
 public:
  LinKv(Node& node, const OptionValues& options)
      : node_(node),
        kv_(node, "lin-kv", service_timeout(node)),
        look_interval_(options.milliseconds("look-ms")),
        page_size_(options.integer("page-size")),
        max_poll_(options.integer("max-poll")) {
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
    std::string name;
    /// It can stand on no page before this one.
    PageNumber first_page;
    Time deadline;
    Promise<std::optional<Offset>> offset;
  };
  struct Log {
    /// Without empty ones. Writers fill one page before they begin the next, so the last is behind full ones only.
    std::map<PageNumber, Page> pages = {};
    /// When they were read last.
    std::map<PageNumber, Time> looked_at = {};
    /// What is to be appended; sends of one node share a compare-and-set instead of competing.
    std::vector<std::shared_ptr<Sending>> sending = {};
    bool is_writing = false;
  };

  static Json page_key(const std::string& key, PageNumber number) {
    return Json("log-" + std::to_string(number) + "-" + key);
  }
  static Json committed_key(const std::string& key) { return Json("committed-" + key); }
  bool is_full(const Page& page) const { return static_cast<Offset>(page.size()) >= page_size_; }

  Task<SendOk> send(Send request) {
    const std::string name =
        node_.id() + "-" + std::to_string(node_.incarnation()) + "-" + std::to_string(++last_number_);
    Log& log = logs_[request.key];
    const PageNumber first_page = log.pages.empty() ? 0 : log.pages.rbegin()->first;
    const Time deadline = node_.now() + request_timeout(node_);
    const std::shared_ptr<Sending> sending(
        new Sending{request.msg, name, first_page, deadline, node_.promise<std::optional<Offset>>()});
    log.sending.push_back(sending);
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
      auto is_written = co_await try_write(key, number, before, after);
      if (is_written) {
        learn(log, number, after);
        failures = 0;
      } else {
        co_await refresh(key, number, failures);
      }
      settle(log);
    }
    log.is_writing = false;
  }

  /// The page that the next message goes to, as far as it is known.
  std::pair<PageNumber, Page> last_page(const Log& log) const {
    if (log.pages.empty()) return {0, {}};
    const auto& [number, page] = *log.pages.rbegin();
    if (is_full(page)) return {number + 1, {}};
    return {number, page};
  }

  static void learn(Log& log, PageNumber number, const Page& page) {
    if (page.empty()) return;
    Page& known = log.pages[number];
    if (page.size() > known.size()) known = page;  // another answer may have been faster
  }

  Page with(Page page, const std::vector<std::shared_ptr<Sending>>& sending) const {
    for (const auto& each : sending) {
      if (is_full(page)) break;
      page.emplace_back(each->message, each->name);
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
    Log& log = logs_[key];
    log.looked_at[number] = now;
    learn(log, number, page);
    co_return page;
  }

  /// Answers those sends whose messages are found, and those that have waited too long.
  void settle(Log& log) {
    std::erase_if(log.sending, [&](const std::shared_ptr<Sending>& each) {
      auto offset = find(log, *each);
      if (!offset && node_.now() < each->deadline) return false;
      each->offset.set(offset);
      return true;
    });
  }

  std::optional<Offset> find(const Log& log, const Sending& sending) const {
    for (auto page = log.pages.lower_bound(sending.first_page); page != log.pages.end(); ++page) {
      const auto found = std::find_if(page->second.begin(), page->second.end(),
                                      [&](const auto& each) { return each.second == sending.name; });
      if (found != page->second.end()) return page->first * page_size_ + (found - page->second.begin());
    }
    return std::nullopt;
  }

  Task<PollOk> poll(Poll request) {
    check_offsets(request.offsets);
    const auto keys = static_cast<std::int64_t>(std::max<std::size_t>(request.offsets.size(), 1));
    const Offset share = std::max<Offset>(max_poll_ / keys, 1);
    std::vector<Task<bool>> reads;
    for (const auto& [key, from] : request.offsets) {
      if (known(key, from, share).empty() && is_time_to_look(key, from)) reads.push_back(look(key, from));
    }
    co_await node_.when_all(std::move(reads));
    PollOk reply;
    for (const auto& [key, from] : request.offsets) {
      auto messages = known(key, from, share);
      if (!messages.empty()) reply.msgs.emplace(key, std::move(messages));
    }
    co_return reply;
  }

  bool is_time_to_look(const std::string& key, Offset from) {
    const auto& looked_at = logs_[key].looked_at;
    const auto last = looked_at.find(from / page_size_);
    return last == looked_at.end() || node_.now() - last->second >= look_interval_;
  }

  Task<bool> look(std::string key, Offset from) {
    const PageNumber number = from / page_size_;
    try {
      co_await read_page(key, number);
      co_return true;
    } catch (const Error&) {
      throw Error(ErrorCode::temporarily_unavailable, "the service does not answer");
    }
  }

  /// The messages of a log that are known from an offset on, so many at most, and up to the first gap.
  std::vector<std::pair<Offset, Json>> known(const std::string& key, Offset from, Offset max) const {
    std::vector<std::pair<Offset, Json>> messages;
    const auto log = logs_.find(key);
    if (log == logs_.end()) return messages;
    for (Offset offset = from; static_cast<Offset>(messages.size()) < max; ++offset) {
      const auto page = log->second.pages.find(offset / page_size_);
      const Offset place = offset % page_size_;
      if (page == log->second.pages.end() || place >= static_cast<Offset>(page->second.size())) break;
      messages.emplace_back(offset, page->second[static_cast<std::size_t>(place)].first);
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
  Duration look_interval_;
  Offset page_size_;
  Offset max_poll_;
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
                   .summary = "how long a node does not look again at a page that had nothing new; 0: polls never lag"},
                  {.name = "page-size",
                   .default_value = 32,
                   .min = 1,
                   .max = 10'000,
                   .summary = "messages a page; the same on all nodes"},
                  max_poll_option()},
      .install = install<LinKv>};
}

}  // namespace mznode::kafka
